"""The verifier in an editor, over the Language Server Protocol: `verify-agent lsp` (extra `[lsp]`).

`findings` turns a report into diagnostics and hovers, `server` listens to the editor.
"""
