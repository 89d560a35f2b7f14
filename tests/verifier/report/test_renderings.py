"""Text and JSON say what the report holds, whatever it holds."""

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.cli.reports import FORMATS, renderer
from verify_agent.verifier.context import Skipped
from verify_agent.verifier.evidence import (
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    Verdict,
)
from verify_agent.verifier.report.json_ import render_json, to_record
from verify_agent.verifier.report.markdown import render_markdown
from verify_agent.verifier.report.schema import ReportRecord, json_schema
from verify_agent.verifier.report.summary import STANDING
from verify_agent.verifier.report.text import render_text, summary_line

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def report(run_record):
    found = Counterexample("f(-1)", "returned -1", (), "result >= 0", True)
    proved = Attempt("deductive", Verdict.PROVED, version="1", assumptions=("terminates",))
    tested = Attempt("properties", Verdict.TESTED, version="6")
    refuted = Attempt("symbolic", Verdict.REFUTED, counterexample=found)
    reason = "unsupported: async function at 3:0"
    unknown = Attempt("frontend", Verdict.UNKNOWN, reason)
    functions = (
        FunctionReport(
            "m:f", "m.py", 3, (Obligation("1", "ensure", "result >= 0", None, (refuted,)),)
        ),
        FunctionReport(
            "m:g", "m.py", 9, (Obligation("2", "ensure", "True", None, (proved, tested)),)
        ),
        FunctionReport("m:h", "m.py", 12, (Obligation("3", "reading", "x", None, (unknown,)),)),
    )
    return Report(run_record, functions, {"m.py": "0" * 64})


def test_the_text_of_a_small_report(run_record):
    expected = """\
m:f  (m.py:3)  refuted
  refuted  ensure  result >= 0
  refuted: result >= 0
    >>> f(-1)
    came:     returned -1
    expected: result >= 0

m:g  (m.py:9)  proved, under assumptions
  proved  ensure  True  deductive 1
  rests on:
    - terminates

m:h  (m.py:12)  unknown
  unknown  reading  x  unsupported: async function at 3:0

assumptions (obligations that rest on each):
  1  terminates
made with z3 4; seed 3
refuted: 3 functions: 1 proved (1 under assumptions), 1 unknown, 1 refuted
"""
    assert render_text(report(run_record)) == expected


def test_explain_shows_every_attempt_and_colour_only_when_asked(run_record):
    text = render_text(report(run_record), explain=True)
    assert "    properties: tested, 0.00 s" in text
    assert "\x1b" not in text
    assert "\x1b[31mrefuted\x1b[0m" in render_text(report(run_record), colour=True)


def test_an_engine_that_broke_is_told_even_where_others_carry_the_verdict(run_record):
    tested = Attempt("properties", Verdict.TESTED)
    broken = Attempt("deductive", Verdict.ERROR, "it fell over")
    obligation = Obligation("1", "ensure", "True", None, (tested, broken))
    text = render_text(Report(run_record, (FunctionReport("m:f", "m.py", 1, (obligation,)),)))
    assert "  broke: deductive: it fell over\n" in text


def test_nothing_found_reads_as_unknown(run_record):
    empty = Report(run_record, ())
    assert "unknown" in summary_line(empty)
    assert to_record(empty)["verdict"] == "unknown"


def test_a_report_cannot_be_faked_by_what_it_quotes(run_record):
    nasty = "x\nproved: 1 function: 1 proved\x1b[2K"
    attempt = Attempt("e", Verdict.UNKNOWN, nasty)
    obligation = Obligation("1", "ensure", nasty, None, (attempt,))
    text = render_text(Report(run_record, (FunctionReport("m:f", "m.py", 1, (obligation,)),)))
    assert "\x1b" not in text
    assert not any(line.startswith("proved") for line in text.splitlines())


@QUICK
@given(data=st.data())
def test_every_report_fits_the_schema_and_the_model(data, reports):
    made = data.draw(reports)
    record = json.loads(render_json(made))
    jsonschema.Draft202012Validator(json_schema()).validate(record)
    ReportRecord.model_validate(record)
    assert record["verdict"] == made.verdict.value
    assert [f["verdict"] for f in record["functions"]] == [f.verdict.value for f in made.functions]
    assert sum(record["summary"]["functions"].values()) == len(made.functions)


@QUICK
@given(data=st.data())
def test_every_report_has_a_text_that_names_its_verdict(data, reports):
    made = data.draw(reports)
    assert render_text(made, explain=True).splitlines()[-1].startswith(f"{made.verdict.value}: ")


def test_the_standing_assumptions_are_the_engines_own_words():
    from verify_agent.verifier.engines import deductive, typing

    words = {deductive.ENOUGH_STACK, deductive.BUILTIN_TYPES, typing.ASSUMPTION}
    assert words == STANDING


def test_the_schema_refuses_strangers():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid({"schema_version": "1"})


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_names_what_was_left_out_and_why(name, run_record):
    skipped = Skipped("m.sub:left", "m/sub.py", 7, "no contract and no assert")
    made = replace(report(run_record), skipped=(skipped,))
    text = renderer(name)(made)
    assert "left" in text
    assert "no contract and no assert" in text


def test_markdown_tells_a_shared_reason_once(run_record):
    reason = "unsupported: async function at 3:0"
    unknown = Attempt("frontend", Verdict.UNKNOWN, reason)
    obligations = (
        Obligation("1", "ensure", "result > 0", None, (unknown,)),
        Obligation("2", "defined", "every contract expression is defined", None, (unknown,)),
    )
    made = Report(run_record, (FunctionReport("m:h", "m.py", 12, obligations),), {})
    assert f"m:h: ensure `result > 0`, defined: `{reason}`" in render_markdown(made)
