"""The tools of the agent; every tool has a contract."""
