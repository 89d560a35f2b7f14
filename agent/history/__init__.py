"""What git knows of a function: who changed it, when, with which tests or contracts."""
