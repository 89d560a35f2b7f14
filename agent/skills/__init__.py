"""The skills: small functions under contract that steer the agent, and may be improved."""
