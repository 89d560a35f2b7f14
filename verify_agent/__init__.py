"""verify-agent: an agent that ships nothing it can't show to be right."""

__version__ = "0.1.0"
