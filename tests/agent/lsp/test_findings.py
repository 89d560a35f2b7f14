"""Reports as diagnostics and hovers."""

from lsprotocol import types as lsp

from verify_agent.agent.lsp.findings import diagnostics, findings, hover
from verify_agent.agent.lsp.server import REPAIR, SPECIFY, _action, function_at

SHOWN = {
    "setup": ["xs = [1]"],
    "call": "f(xs)",
    "outcome": "returned 2",
    "expected": "1",
    "replayed": True,
}


def obligation(kind, verdict, line=None, shown=None, reason=""):
    place = line and {"line": line, "end_line": None, "column": None, "end_column": None}
    return {
        "id": f"f/{kind}/0", "kind": kind, "text": "result > x", "range": place,
        "verdict": verdict, "reason": reason, "counterexample": shown,
        "attempts": [{"engine": "deductive", "outcome": verdict}],
    }  # fmt: skip


def report(*obligations):
    function = {"id": "m:f", "path": "/m.py", "line": 4, "obligations": list(obligations)}
    return {"functions": [function, {**function, "path": "/other.py"}]}


def test_a_refutation_is_an_error_with_its_call():
    found = findings(report(obligation("ensure", "refuted", 3, SHOWN)), "/m.py")
    (one,) = diagnostics(found, ["", "", "    @ensure(…𝔸)", "def f"])
    assert one.severity is lsp.DiagnosticSeverity.Error
    assert one.message == "refuted: result > x\nf(xs): returned 2"
    assert one.range == lsp.Range(lsp.Position(2, 4), lsp.Position(2, 16))
    assert one.data == {"function": "f", "verdict": "refuted"}
    text = hover(found, 2)
    assert "xs = [1]\nf(xs)  # returned 2" in text
    assert "expected: 1" in text
    assert hover(found, 1) == ""


def test_a_candidate_shows_no_call_that_was_not_borne_out():
    claimed = {**SHOWN, "replayed": False}
    found = findings(report(obligation("ensure", "candidate", 3, claimed, "a model")), "/m.py")
    (one,) = diagnostics(found, ["", "", "@ensure", "def f"])
    assert one.severity is lsp.DiagnosticSeverity.Warning
    assert "f(xs)" not in one.message + hover(found, 2)


def test_what_every_function_must_do_is_shown_where_it_is_not_kept():
    kinds = [("ensure", "proved", 3), ("frame", "proved", None), ("defined", "unknown", None)]
    found = findings(report(*(obligation(k, v, line) for k, v, line in kinds)), "/m.py")
    made = diagnostics(found, ["", "", "@ensure", "def f"])
    assert [(d.code, d.range.start.line) for d in made] == [("proved", 2), ("unknown", 3)]
    assert made[0].severity is lsp.DiagnosticSeverity.Hint


def test_a_report_on_lines_that_are_gone_is_shown_at_the_end():
    found = findings(report(obligation("ensure", "proved", 30)), "/m.py")
    (one,) = diagnostics(found, ["x"])
    assert one.range.end == lsp.Position(0, 1)
    assert diagnostics(found, [])[0].range.end == lsp.Position(0, 0)


def test_functions_are_found_by_line():
    text = "@d\ndef f():\n    def g():\n        pass\n\n\n"
    text += "class A:\n    x = 1\n\n    def h(self): ...\n"
    names = [function_at(text, line) for line in range(10)]
    assert names == ["f", "f", "f", "f", "", "", "", "", "", "A.h"]
    assert function_at("def (", 0) == ""


def test_an_action_names_its_command_file_and_function():
    for command, word in ((REPAIR, "Repair"), (SPECIFY, "Specify")):
        made = _action(command, "file:///m.py", "A.f")
        assert made.title.startswith(f"{word} A.f")
        assert made.command.command == command
        assert made.command.arguments == ["file:///m.py", "A.f"]
