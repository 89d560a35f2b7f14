"""The tools and resources. Every tool runs the command line; nothing of a client's runs here."""

from __future__ import annotations

import json
import os
import tempfile
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resolve import ListRoots, Resolve
from mcp.types import ListRootsResult

from verify_agent import __version__
from verify_agent.agent.commands import Ended, run
from verify_agent.agent.mcp import answers
from verify_agent.agent.mcp.roots import granted, inside
from verify_agent.agent.server.place import project_root
from verify_agent.verifier.errors import BadInput

INSTRUCTIONS = """Formal verification of Python functions under icontract contracts. `check` says
of each function what is proved, tested or refuted (a refutation comes with a call that was run);
`prove` asks for proofs alone; `counterexample` lists what is refuted. `implement` writes a function
for a contract, `repair` mends one that breaks its contract, `optimize` looks for an equal and
faster one, `specify` finds contracts that a function keeps, `explain` tells all about one
obligation. Files must be in the folders that the client grants. `unknown` is no answer: never read
it as success."""
_KEPT_REPORTS = 50
_MOST_TEXT = 200_000


def _asked(ctx: Context) -> ListRoots | ListRootsResult:
    capabilities = ctx.client_capabilities
    if capabilities is not None and capabilities.roots is not None:
        return ListRoots()
    return ListRootsResult(roots=[])


Roots = Annotated[ListRootsResult, Resolve(_asked)]


@dataclass
class Tools:
    """The tools with what they share: folders that were granted at the start, and reports."""

    folders: tuple[Path, ...] = ()
    reports: OrderedDict[str, str] = field(default_factory=OrderedDict)

    async def check(
        self,
        ctx: Context,
        roots: Roots,
        path: str,
        function: str = "",
        evidence: str = "",
        timeout: float = 20.0,
    ) -> dict[str, Any]:
        """Are the contracts of a Python file, folder or function kept?

        `function` is `name` or `Class.method`; `evidence` the least that is asked for: tested,
        confirmed or proved, empty for all that the engines can find; `timeout` seconds a function.
        """
        levels = ("tested", "confirmed", "proved")
        more = ["--evidence", _one_of(evidence, levels, "evidence")] if evidence else []
        return await self._checked(ctx, roots, path, function, timeout, more)

    async def prove(
        self,
        ctx: Context,
        roots: Roots,
        path: str,
        function: str = "",
        timeout: float = 20.0,
    ) -> dict[str, Any]:
        """Can the contracts be proved, for all inputs, by two solvers?"""
        more = ["--engine", "deductive", "--evidence", "proved"]
        return await self._checked(ctx, roots, path, function, timeout, more)

    async def counterexample(
        self, ctx: Context, roots: Roots, path: str, function: str = "", timeout: float = 20.0
    ) -> dict[str, Any]:
        """Calls that break a contract, each of them run; none found is no proof."""
        found = await self._checked(ctx, roots, path, function, timeout, [])
        refuted = [
            {**o, "function": f["function"]}
            for f in found.pop("functions")
            for o in f["obligations"]
            if o["verdict"] == answers.REFUTED
        ]
        return {**found, "counterexamples": refuted}

    async def implement(
        self,
        ctx: Context,
        signature: str,
        ensures: list[str],
        requires: list[str] = [],  # noqa: B006 - a default of the tool's schema, never changed
        examples: list[str] = [],  # noqa: B006
        description: str = "",
        seconds: float = 60.0,
    ) -> dict[str, Any]:
        """Write a function that meets a contract, with evidence; `code` is the module's text.

        `signature` as in `clamp(x: int, lo: int, hi: int) -> int`; conditions are expressions
        over the parameters and `result`.
        """
        name = signature.partition("(")[0].strip()
        task = {
            "name": name if name.isidentifier() else "task",
            "kind": "implement",
            "signature": signature,
            "ensures": ensures,
            "requires": requires,
            "examples": examples,
            "description": description,
        }
        return await self._ran(ctx, {k: v for k, v in task.items() if v}, seconds)

    async def repair(
        self, ctx: Context, roots: Roots, path: str, function: str, seconds: float = 60.0
    ) -> dict[str, Any]:
        """The smallest verified edit of a function that breaks its contract, as a diff.

        Nothing is written to the file.
        """
        return await self._about(ctx, roots, "repair", path, function, seconds)

    async def optimize(
        self, ctx: Context, roots: Roots, path: str, function: str, seconds: float = 60.0
    ) -> dict[str, Any]:
        """A function that is proved equal and measured faster; none found is a normal result."""
        return await self._about(ctx, roots, "optimize", path, function, seconds)

    async def specify(
        self, ctx: Context, roots: Roots, path: str, function: str, seconds: float = 60.0
    ) -> dict[str, Any]:
        """Contracts that the function provably keeps, best first, written above it in `code`."""
        return await self._about(ctx, roots, "specify", path, function, seconds)

    async def explain(
        self, ctx: Context, roots: Roots, obligation: str, path: str, timeout: float = 20.0
    ) -> dict[str, Any]:
        """One obligation: what was tried, what it rests on, how to go on.

        `obligation` is an `id` as `check` gives it, or its beginning.
        """
        file = self._inside(path, roots)
        folder = Path(project_root(str(file.parent)))
        limit = ["--timeout", str(timeout)]
        ended = await run(["explain", *limit, "--", obligation, str(file)], folder, _heard(ctx))
        _refuse(ended)
        return {"text": ended.output, "exit_code": ended.code}

    async def _checked(
        self,
        ctx: Context,
        roots: ListRootsResult,
        path: str,
        function: str,
        timeout: float,
        more: list[str],
    ) -> dict[str, Any]:
        file = self._inside(path, roots)
        folder = Path(project_root(str(file if file.is_dir() else file.parent)))
        target = f"{file}::{function}" if function else str(file)
        with tempfile.TemporaryDirectory(prefix="verify-agent-mcp-") as own:
            report = Path(own, "report.json")
            arguments = ["check", *more, "--timeout", str(timeout), "--report", f"json={report}"]
            ended = await run([*arguments, "--", target], folder, _heard(ctx))
            return self._answer(ended, report)

    async def _about(
        self,
        ctx: Context,
        roots: ListRootsResult,
        kind: str,
        path: str,
        function: str,
        seconds: float,
    ) -> dict[str, Any]:
        file = self._inside(path, roots)
        task = {"name": kind, "kind": kind, "target": f"{file}::{function}"}
        return await self._ran(ctx, task, seconds)

    async def _ran(self, ctx: Context, task: dict[str, Any], seconds: float) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="verify-agent-mcp-") as own:
            folder, name = Path(own), task["name"]
            file, made = folder / "task.yaml", folder / "made" / f"{name}.py"
            made.parent.mkdir()
            file.write_text(yaml.safe_dump(task), encoding="utf-8")
            arguments = ["run", "--budget-seconds", str(seconds), "--output", str(made)]
            ended = await run([*arguments, "--", str(file)], folder, _heard(ctx))
            found = self._answer(ended, made.with_name(f"{name}.report.json"))
            if ended.code == 0:
                texts = {p.name: p for p in sorted(made.parent.iterdir()) if p.is_file()}
                found["code"] = _text(made)
                diffs = [_text(p) for n, p in texts.items() if n.endswith(".diff")]
                if diffs:
                    found["diff"] = diffs[0]
        return found

    def _inside(self, path: str, roots: ListRootsResult) -> Path:
        """The path, if the client's roots allow it; the start's folders where it names none."""
        folders = granted(str(root.uri) for root in roots.roots) or self.folders
        try:
            return inside(path, folders)
        except BadInput as problem:
            raise ToolError(str(problem)) from problem

    def _answer(self, ended: Ended, report: Path) -> dict[str, Any]:
        if not report.is_file():
            _refuse(ended)
            raise ToolError(f"no report was made: {ended.output[-2000:]}")
        text = report.read_text(encoding="utf-8")
        record = json.loads(text)
        number = record["run"]["id"]
        self.reports[number] = text
        while len(self.reports) > _KEPT_REPORTS:
            self.reports.popitem(last=False)
        return {
            "verdict": record["verdict"],
            "complete": record["complete"],
            "meaning": answers.MEANINGS.get(ended.code, f"exit code {ended.code}"),
            "exit_code": ended.code,
            "functions": answers.functions(record),
            "notes": record["notes"],
            "report": f"verify-agent://reports/{number}",
        }

    def known(self) -> str:
        """The reports that can be read, as JSON: address, verdict, when."""
        listed = []
        for number, text in self.reports.items():
            record = json.loads(text)
            listed.append(
                {
                    "uri": f"verify-agent://reports/{number}",
                    "verdict": record["verdict"],
                    "started": record["run"]["started"],
                }
            )
        return json.dumps(listed, indent=2)

    def report(self, number: str) -> str:
        """One report in full, as JSON."""
        if number not in self.reports:
            raise ValueError(f"there is no report {number}; the newest {_KEPT_REPORTS} are kept")
        return self.reports[number]


def _one_of(given: str, allowed: tuple[str, ...], name: str) -> str:
    if given not in allowed:
        raise ToolError(f"`{given}` is no {name}; expected one of {', '.join(allowed)}")
    return given


def _refuse(ended: Ended) -> None:
    """A command that refused its input, or broke, is an error of the tool's, in its words."""
    if ended.code in (2, 4):
        raise ToolError(ended.errors.strip() or answers.MEANINGS[ended.code])


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")[:_MOST_TEXT] if path.is_file() else ""


def _heard(ctx: Context) -> Any:
    """Lines as progress: their number, and the text."""
    count = 0

    async def heard(line: str) -> None:
        nonlocal count
        if line.strip():
            count += 1
            await ctx.report_progress(count, message=line.strip()[:300])

    return heard


def server_for(folders: tuple[Path, ...]) -> MCPServer:
    """The server; `folders` are granted to a client that lists no roots."""
    made = MCPServer("verify-agent", version=__version__, instructions=INSTRUCTIONS)
    tools = Tools(folders)
    for tool in (
        tools.check, tools.prove, tools.counterexample, tools.implement, tools.repair,
        tools.optimize, tools.specify, tools.explain,
    ):  # fmt: skip
        made.add_tool(tool)
    json_text = "application/json"
    made.resource("verify-agent://reports", name="reports", mime_type=json_text)(tools.known)
    made.resource("verify-agent://reports/{number}", name="report", mime_type=json_text)(
        tools.report
    )
    return made


def serve(folders: tuple[Path, ...]) -> None:
    """Serve on standard input and output until they end."""
    os.environ["NO_COLOR"] = "1"
    server_for(folders).run("stdio")
