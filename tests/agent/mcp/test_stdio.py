"""The server over standard input and output, met with the SDK's own client."""

import json
import os
import sys
from pathlib import Path

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import ListRootsResult, Root

BROKEN = """
from icontract import ensure


@ensure(lambda x, result: result > x)
def half(x: int) -> int:
    return x // 2


@ensure(lambda x, result: result == x + 1)
def following(x: int) -> int:
    return x + 1
"""


def client(*roots: Path, folders: tuple[Path, ...] = ()) -> Client:
    async def listed(context: object) -> ListRootsResult:
        return ListRootsResult(roots=[Root(uri=root.as_uri()) for root in roots])

    command = ["-m", "verify_agent", "mcp", *map(str, folders)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    server = StdioServerParameters(command=sys.executable, args=command, env=environment)
    return Client(server, list_roots_callback=listed) if roots else Client(server)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "setup.cfg").write_text("")
    (tmp_path / "m.py").write_text(BROKEN)
    return tmp_path.resolve()


def text_of(result: object) -> str:
    return "".join(part.text for part in result.content)


def test_the_tools_and_what_is_refused(project):
    async def talk() -> None:
        async with client(project) as agent:
            tools = {t.name: t for t in (await agent.list_tools()).tools}
            assert set(tools) == {
                "check", "prove", "counterexample", "implement", "repair", "optimize", "specify",
                "explain",
            }  # fmt: skip
            for tool in tools.values():
                assert tool.description
                assert not {"ctx", "roots"} & set(tool.input_schema["properties"])
            outside = await agent.call_tool("check", {"path": "/etc/hostname"})
            assert outside.is_error
            assert "outside of what the client grants" in text_of(outside)
            missing = await agent.call_tool("check", {"path": "nothing.py"})
            assert missing.is_error
            assert "error[VA003]" in text_of(missing)
            wrong = await agent.call_tool("check", {"path": "m.py", "evidence": "sure"})
            assert wrong.is_error
            assert "`sure` is no evidence" in text_of(wrong)
            bad = await agent.call_tool("implement", {"signature": "f(", "ensures": ["result"]})
            assert bad.is_error
            assert "error[VA002]" in text_of(bad)
            with pytest.raises(MCPError):
                await agent.read_resource("verify-agent://reports/none")

    anyio.run(talk)


def test_without_roots_nothing_is_open(project):
    async def talk() -> None:
        async with client() as agent:
            found = await agent.call_tool("check", {"path": str(project / "m.py")})
            assert found.is_error
            assert "the client grants no folder" in text_of(found)

    anyio.run(talk)


@pytest.mark.slow
def test_a_session(project):
    said: list[str] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        said.append(message or "")

    async def talk() -> None:
        async with client(folders=(project,)) as agent:
            found = await agent.call_tool("check", {"path": "m.py"}, progress_callback=progress)
            answer = found.structured_content
            assert answer["verdict"] == "refuted"
            assert answer["exit_code"] == 1
            verdicts = {f["function"]: f["verdict"] for f in answer["functions"]}
            assert verdicts == {"m:half": "refuted", "m:following": "proved"}
            report = await agent.read_resource(answer["report"])
            assert json.loads(report.contents[0].text)["verdict"] == "refuted"
            listed = await agent.read_resource("verify-agent://reports")
            assert answer["report"] in listed.contents[0].text

            proved = await agent.call_tool("prove", {"path": "m.py", "function": "following"})
            assert proved.structured_content["verdict"] == "proved"

            broken = await agent.call_tool("counterexample", {"path": "m.py", "function": "half"})
            (one,) = broken.structured_content["counterexamples"]
            assert one["counterexample"]["call"].startswith("half(")

            told = await agent.call_tool("explain", {"obligation": one["id"], "path": "m.py"})
            assert "verdict:  refuted" in told.structured_content["text"]

            made = await agent.call_tool(
                "implement",
                {
                    "signature": "larger(a: int, b: int) -> int",
                    "ensures": ["result >= a and result >= b", "result in (a, b)"],
                },
                progress_callback=progress,
            )
            assert made.structured_content["verdict"] == "proved"
            assert "def larger(a: int, b: int) -> int:" in made.structured_content["code"]

    anyio.run(talk)
    assert any("synthesize" in line for line in said)


@pytest.mark.slow
def test_a_call_that_is_cancelled_leaves_nothing(project):
    (project / "m.py").write_text(
        "from icontract import ensure\n\n\n@ensure(lambda n, result: result == n)\n"
        "def slow(n: int) -> int:\n    while n % 7 != 3 or n * n % 11 != 5:\n        n += 1\n"
        "    return n\n"
    )

    def ours() -> list[str]:
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                text = entry.read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(project) in text and "mcp" not in text.split("\0"):
                found.append(text)
        return found

    async def talk() -> None:
        async with client(folders=(project,)) as agent:
            with anyio.move_on_after(1.0) as scope:
                await agent.call_tool("check", {"path": "m.py", "timeout": 60})
            assert scope.cancelled_caught
            with anyio.fail_after(60):
                while ours():
                    await anyio.sleep(0.1)
            assert (await agent.list_tools()).tools

    anyio.run(talk)
