"""The agent: tasks in, verified code and a report out."""
