"""A subject as text, for the payload of a job in the sandbox."""

from __future__ import annotations

import base64
import pickle

from verify_agent.verifier.subject import Subject


def pack(subject: Subject) -> str:
    """A subject as text, for the payload of a job."""
    return base64.b64encode(pickle.dumps(subject)).decode()


def unpack(text: str) -> Subject:
    """The subject that `pack` made text of; only for text that the host itself sent."""
    subject: Subject = pickle.loads(base64.b64decode(text))
    return subject
