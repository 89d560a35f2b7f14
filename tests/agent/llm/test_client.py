"""Each way in which an endpoint can fail is told apart, and none hangs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from verify_agent.agent.llm.client import Client, patient
from verify_agent.agent.llm.endpoint import Endpoint, endpoint
from verify_agent.agent.llm.provider import Message, ProviderError, Request, Trouble
from verify_agent.agent.llm.reading import Early, read
from verify_agent.contracts.model import Parameter, Signature

from .conftest import FENCED, Fake

ASKED = Request((Message("user", "double x"),), "m", 0.0, 100, 0)
DOUBLE = Signature("double", (Parameter("x", "int"),), "int")


def client(fake: Fake, model: str, silence: float = 5.0) -> tuple[Client, Request]:
    made = Client(Endpoint("openai", fake.url, model, "secret-key"), silence)
    return made, replace(ASKED, model=model)


def answer(fake: Fake, model: str, seconds: float = 120.0, silence: float = 60.0) -> str:
    made, request = client(fake, model, silence)
    pieces = made.stream(request, time.monotonic() + seconds)
    return "".join(p.text for p in pieces)


def test_an_answer_comes_whole(fake: Fake) -> None:
    assert answer(fake, "m") == FENCED
    assert fake.asked[0]["messages"] == [{"role": "user", "content": "double x"}]


@pytest.mark.parametrize(
    ("model", "trouble"),
    [
        ("status-401", Trouble.BAD_KEY),
        ("status-403", Trouble.BAD_KEY),
        ("status-404", Trouble.UNKNOWN_MODEL),
        ("status-429", Trouble.RATE_LIMITED),
        ("status-400", Trouble.REFUSED),
        ("status-500", Trouble.SERVER),
        ("status-503", Trouble.SERVER),
        ("gone", Trouble.UNREACHABLE),
        ("cut", Trouble.CUT),
        ("html", Trouble.CUT),
        ("not-json", Trouble.MALFORMED),
        ("wrong-shape", Trouble.MALFORMED),
    ],
)
def test_troubles_are_told_apart(fake: Fake, model: str, trouble: Trouble) -> None:
    with pytest.raises(ProviderError) as caught:
        answer(fake, model)
    assert caught.value.trouble is trouble
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize("model", ["silent", "stalls"])
def test_an_endpoint_that_hangs_is_given_up(fake: Fake, model: str) -> None:
    with pytest.raises(ProviderError) as caught:
        answer(fake, model, silence=0.3)
    assert caught.value.trouble is Trouble.TIMEOUT


def test_nobody_there() -> None:
    nowhere = Client(Endpoint("openai", "http://127.0.0.1:9", "m", "k"))
    with pytest.raises(ProviderError) as caught:
        list(nowhere.stream(ASKED, time.monotonic() + 5))
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_what_passes_is_tried_again_in_sight(fake: Fake) -> None:
    made, request = client(fake, "busy-once")
    heard: list[str] = []
    waited: list[float] = []
    pieces = patient(made, request, time.monotonic() + 10, heard.append, waited.append)
    assert "".join(p.text for p in pieces) == FENCED
    assert waited == [0.0]
    assert heard == ["openai: the endpoint asks to slow down; again in 0.0 s"]


def test_it_is_tried_thrice_and_a_refused_key_once(fake: Fake) -> None:
    for model, tries in (("status-500", 3), ("status-401", 1)):
        fake.asked.clear()
        made, request = client(fake, model)
        with pytest.raises(ProviderError):
            list(patient(made, request, time.monotonic() + 60, sleep=lambda s: None))
        assert len(fake.asked) == tries


def test_reading_ends_when_the_function_stands(fake: Fake) -> None:
    fake.answers = [FENCED + "\n" + "word " * 2_000]
    made, request = client(fake, "m")
    reply = read(made.stream(request, time.monotonic() + 20), request, Early(DOUBLE))
    assert reply.stopped_early
    assert len(reply.text) < 100
    whole = read(made.stream(request, time.monotonic() + 20), request)
    assert not whole.stopped_early
    assert whole.answer_tokens > 10 * reply.answer_tokens


def test_a_model_that_is_not_sure_is_heard_to_the_end(fake: Fake) -> None:
    made, request = client(fake, "m")
    sure = Early(DOUBLE, confidence=0.99)
    assert not read(made.stream(request, time.monotonic() + 20), request, sure).stopped_early


def test_an_endless_answer_ends(fake: Fake) -> None:
    fake.answers = ["def triple(x):\n    return x\n"]
    made, request = client(fake, "endless")
    reply = read(made.stream(request, time.monotonic() + 60), request, Early(DOUBLE))
    assert reply.stopped_early
    assert len(reply.text) < 30_000


def test_endpoints_come_from_the_environment() -> None:
    found = endpoint("cerebras", "", {"CEREBRAS_API_KEY": "hidden"})
    assert found.url == "https://api.cerebras.ai"
    assert "hidden" not in repr(found)
    cases: list[tuple[str, dict[str, str], Trouble]] = [
        ("cerebras", {}, Trouble.NO_KEY),
        ("openai", {}, Trouble.REFUSED),
        ("openai", {"OPENAI_BASE_URL": "https://example.org/v1"}, Trouble.NO_KEY),
        ("openai", {"OPENAI_BASE_URL": "http://localhost:1/v1"}, Trouble.UNKNOWN_MODEL),
    ]
    for name, environment, trouble in cases:
        with pytest.raises(ProviderError) as caught:
            endpoint(name, "", environment)
        assert caught.value.trouble is trouble
