"""The language server: checks a file when it is opened or saved, mends and specifies on request.

The check is the command line's, in a process of its own; its cache leaves alone what the change
can't affect. Nothing of the project's runs in here.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from verify_agent import __version__
from verify_agent.agent.commands import Ended, run
from verify_agent.agent.lsp.findings import SOURCE, Finding, diagnostics, findings, hover
from verify_agent.agent.server.place import project_root

REPAIR, SPECIFY = "verify-agent.repair", "verify-agent.specify"
_TITLES = {REPAIR: "Repair {} (verified)", SPECIFY: "Specify {}: find contracts that it keeps"}
_KINDS = {REPAIR: "repair", SPECIFY: "specify"}
_MENDED = ("refuted",)


@dataclass
class Session:
    """What is known of the open files, by URI; `timeout` is in seconds a function."""

    server: LanguageServer
    timeout: float
    found: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    checks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def saw(self, uri: str) -> None:
        """Check the file; a check of it that runs already is stopped."""
        self.forget(uri, keep=True)
        self.checks[uri] = asyncio.ensure_future(self._check(uri))

    def forget(self, uri: str, *, keep: bool = False) -> None:
        """Stop the check of a file; what is known of it goes too, unless it is to be kept."""
        running = self.checks.pop(uri, None)
        if running is not None:
            running.cancel()
        if not keep:
            self.found.pop(uri, None)
            self._publish(uri, [])

    async def _check(self, uri: str) -> None:
        try:
            await self._checked(uri)
        except Exception as problem:  # the edge of a task: silence would read as success
            told = f"the check broke: {type(problem).__name__}: {problem}"
            self._publish(uri, [_refusal(Ended(4, "", told))])

    async def _checked(self, uri: str) -> None:
        path = _path(uri)
        if path is None:
            return
        folder = Path(project_root(str(path.parent)))
        with tempfile.TemporaryDirectory(prefix="verify-agent-lsp-") as own:
            report = Path(own, "report.json")
            arguments = ["check", "--quiet", "--timeout", str(self.timeout)]
            arguments += ["--report", f"json={report}", "--", str(path)]
            ended = await run(arguments, folder, _silent)
            if not report.is_file():
                self._publish(uri, [_refusal(ended)] if ended.errors.strip() else [])
                return
            record: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        self.found[uri] = findings(record, str(path))
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        self._publish(uri, diagnostics(self.found[uri], lines))

    def _publish(self, uri: str, made: list[lsp.Diagnostic]) -> None:
        self.server.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, diagnostics=made)
        )

    def hover(self, params: lsp.HoverParams) -> lsp.Hover | None:
        """What is known of the contracts under the cursor."""
        text = hover(self.found.get(params.text_document.uri, ()), params.position.line)
        if not text:
            return None
        return lsp.Hover(contents=lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=text))

    def actions(self, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        """Repair where a contract is refuted, specify for the function under the cursor."""
        uri = params.text_document.uri
        refuted = dict.fromkeys(
            str(d.data["function"])
            for d in params.context.diagnostics
            if d.source == SOURCE and isinstance(d.data, dict) and d.data.get("verdict") in _MENDED
        )
        wanted = [(REPAIR, name) for name in refuted]
        around = function_at(self._text(uri), params.range.start.line)
        if around and around not in refuted:
            wanted.append((SPECIFY, around))
        return [_action(command, uri, name) for command, name in wanted]

    async def carry_out(self, command: str, uri: str, qualname: str) -> None:
        """Run a repair or a specification, and hand the new text to the editor."""
        path, before = _path(uri), self._text(uri)
        kind = _KINDS[command]
        if path is None:
            return
        with tempfile.TemporaryDirectory(prefix="verify-agent-lsp-") as own:
            task, made = Path(own, "task.yaml"), Path(own, "made", path.name)
            made.parent.mkdir()
            keys = {"name": kind, "kind": kind, "target": f"{path}::{qualname}"}
            task.write_text(json.dumps(keys), encoding="utf-8")  # JSON is YAML
            arguments = ["run", "--quiet", "--output", str(made), "--", str(task)]
            ended = await run(arguments, Path(own), _silent)
            if ended.code != 0 or not made.is_file():
                said = ended.errors.strip() or f"{kind}: nothing to deliver for {qualname}"
                self._say(lsp.MessageType.Warning, said)
                return
            after = made.read_text(encoding="utf-8")
        if self._text(uri) != before:
            self._say(lsp.MessageType.Warning, f"{path.name} was changed meanwhile; ask again")
            return
        await self._put(uri, before, after, f"{kind} {qualname}")

    async def _put(self, uri: str, before: str, after: str, label: str) -> None:
        end = lsp.Position(len(before.splitlines()) + 1, 0)
        edit = lsp.TextEdit(range=lsp.Range(lsp.Position(0, 0), end), new_text=after)
        await self.server.workspace_apply_edit_async(
            lsp.ApplyWorkspaceEditParams(edit=lsp.WorkspaceEdit(changes={uri: [edit]}), label=label)
        )

    def _say(self, kind: lsp.MessageType, text: str) -> None:
        self.server.window_show_message(lsp.ShowMessageParams(type=kind, message=text))

    def _text(self, uri: str) -> str:
        return str(self.server.workspace.get_text_document(uri).source)


def function_at(text: str, line: int) -> str:
    """The qualified name of the innermost function on a line (from 0); empty where none is.

    >>> function_at("class A:\\n    def f(self):\\n        pass\\n", 2)
    'A.f'
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return ".".join(_way(tree, line + 1))


def _way(node: ast.AST, line: int) -> list[str]:
    """Names of the classes around, and of the outermost function, on a line."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
        if first <= line <= (child.end_lineno or child.lineno):
            if not isinstance(child, ast.ClassDef):
                return [child.name]
            inner = _way(child, line)
            return [child.name, *inner] if inner else []
    return []


def _action(command: str, uri: str, qualname: str) -> lsp.CodeAction:
    title = _TITLES[command].format(qualname)
    kind = lsp.CodeActionKind.QuickFix if command == REPAIR else lsp.CodeActionKind.Refactor
    asked = lsp.Command(title=title, command=command, arguments=[uri, qualname])
    return lsp.CodeAction(title=title, kind=kind, command=asked)


def _refusal(ended: Ended) -> lsp.Diagnostic:
    """Why the file was not checked, on its first line."""
    start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))
    warning = lsp.DiagnosticSeverity.Warning
    return lsp.Diagnostic(start, ended.errors.strip(), severity=warning, source=SOURCE)


def _path(uri: str) -> Path | None:
    path = to_fs_path(uri)
    return Path(path) if path and Path(path).is_file() else None


async def _silent(line: str) -> None:
    """Progress is not shown: the diagnostics come when they are there."""


def server_for(timeout: float) -> LanguageServer:
    """A language server that is ready to listen."""
    server = LanguageServer("verify-agent", __version__)
    session = Session(server, timeout)

    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        session.saw(params.text_document.uri)

    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        session.saw(params.text_document.uri)

    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        session.forget(params.text_document.uri)

    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        return session.hover(params)

    def acted(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return session.actions(params)

    async def repair(uri: str, qualname: str) -> None:
        await session.carry_out(REPAIR, uri, qualname)

    async def specify(uri: str, qualname: str) -> None:
        await session.carry_out(SPECIFY, uri, qualname)

    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(opened)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(saved)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(closed)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(hovered)
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)(acted)
    server.command(REPAIR)(repair)
    server.command(SPECIFY)(specify)
    return server


def serve(timeout: float) -> None:
    """Serve on standard input and output until the editor goes."""
    with contextlib.suppress(KeyboardInterrupt):
        server_for(timeout).start_io()
