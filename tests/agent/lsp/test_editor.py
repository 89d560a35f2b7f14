"""The language server with a scripted editor."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

BROKEN = """from icontract import ensure


@ensure(lambda a, b, result: result >= a and result >= b)
@ensure(lambda a, b, result: result == a or result == b)
def larger(a: int, b: int) -> int:
    return a


def doubled(x: int) -> int:
    return x + x
"""


class Editor:
    """A client that keeps what it is told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = LanguageClient("editor", "1")
        self.shown: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()
        self.edits: asyncio.Queue[lsp.ApplyWorkspaceEditParams] = asyncio.Queue()
        self.said: list[str] = []

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.shown.put_nowait(params)

        @self.client.feature(lsp.WORKSPACE_APPLY_EDIT)
        def edited(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
            self.edits.put_nowait(params)
            return lsp.ApplyWorkspaceEditResult(applied=True)

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def told(params: lsp.ShowMessageParams) -> None:
            self.said.append(params.message)

    async def __aenter__(self) -> "Editor":
        await self.client.start_io(sys.executable, "-m", "verify_agent", "lsp", "--stdio")
        abilities = lsp.ClientCapabilities()
        await self.client.initialize_async(
            lsp.InitializeParams(capabilities=abilities, root_uri=self.root.as_uri())
        )
        self.client.initialized(lsp.InitializedParams())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    def open(self, path: Path) -> lsp.TextDocumentIdentifier:
        item = lsp.TextDocumentItem(path.as_uri(), "python", 1, path.read_text())
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return lsp.TextDocumentIdentifier(path.as_uri())

    async def diagnostics(self) -> list[lsp.Diagnostic]:
        return list((await asyncio.wait_for(self.shown.get(), 300)).diagnostics)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "setup.cfg").write_text("")
    return tmp_path.resolve()


def test_a_file_that_is_no_python_is_told(root):
    path = root / "m.py"
    path.write_text("def f(:\n")

    async def edit() -> None:
        async with Editor(root) as editor:
            document = editor.open(path)
            (one,) = await editor.diagnostics()
            assert one.severity is lsp.DiagnosticSeverity.Warning
            assert "error[VA003]" in one.message
            assert "this is not Python" in one.message
            there = lsp.HoverParams(document, lsp.Position(0, 0))
            assert await editor.client.text_document_hover_async(there) is None
            editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))
            assert await editor.diagnostics() == []

    asyncio.run(edit())


@pytest.mark.slow
def test_a_session(root):
    path = root / "m.py"
    path.write_text(BROKEN)

    async def edit() -> None:
        async with Editor(root) as editor:
            document = editor.open(path)
            shown = await editor.diagnostics()
            (refuted,) = [d for d in shown if d.code == "refuted"]
            assert refuted.range.start.line == 3
            assert "larger(" in refuted.message
            assert {d.code for d in shown if d.range.start.line == 4} == {"proved"}

            hovered = await editor.client.text_document_hover_async(
                lsp.HoverParams(document, lsp.Position(3, 5))
            )
            assert "**refuted**" in hovered.contents.value
            assert "larger(" in hovered.contents.value

            context = lsp.CodeActionContext([refuted])
            (repair,) = await editor.client.text_document_code_action_async(
                lsp.CodeActionParams(document, refuted.range, context)
            )
            assert repair.title == "Repair larger (verified)"
            here = lsp.Range(lsp.Position(9, 0), lsp.Position(9, 0))
            (specify,) = await editor.client.text_document_code_action_async(
                lsp.CodeActionParams(document, here, lsp.CodeActionContext([]))
            )
            assert specify.title.startswith("Specify doubled")

            # This client reads the action's command as text, so it is named here.
            asked = lsp.ExecuteCommandParams("verify-agent.repair", [document.uri, "larger"])
            await editor.client.workspace_execute_command_async(asked)
            made = await asyncio.wait_for(editor.edits.get(), 300)
            (change,) = made.edit.changes[document.uri]
            assert "def doubled(x: int) -> int:" in change.new_text
            assert change.new_text != BROKEN

            path.write_text(change.new_text)
            editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(document))
            assert {d.code for d in await editor.diagnostics()} == {"proved"}

    asyncio.run(edit())
    assert os.listdir(root / ".verify-agent")
