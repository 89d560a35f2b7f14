"""A job that does nothing: what is left of a call is the sandbox itself."""

from __future__ import annotations


def echo(payload: object) -> object:
    """The payload itself."""
    return payload
