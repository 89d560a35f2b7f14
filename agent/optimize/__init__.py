"""Better implementations of a function: found, measured, and proved equal by the engines."""
