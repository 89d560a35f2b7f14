"""Report -> JUnit XML: a suite a module, a case an obligation, as the windyroad schema has it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable

from verify_agent.verifier.evidence import FunctionReport, Obligation, Report, Verdict
from verify_agent.verifier.report.compare import global_id
from verify_agent.verifier.report.waivers import standing
from verify_agent.verifier.report.words import details, message, plain


def render_junit(report: Report, *, strict: bool = False) -> str:
    """The report as XML text that ends with a newline; `strict` makes `unknown` a failure.

    Functions that were left out stand in their suite's output: a case would count as run.
    """
    modules: dict[str, list[FunctionReport]] = {}
    for function in report.functions:
        modules.setdefault(function.id.partition(":")[0], []).append(function)
    left_out: dict[str, list[str]] = {}
    for skipped in report.skipped:
        module, _, name = skipped.id.partition(":")
        modules.setdefault(module, [])
        told = f"not checked: {name} ({plain(skipped.path)}:{skipped.line}): {skipped.reason}"
        left_out.setdefault(module, []).append(told)
    root = ElementTree.Element("testsuites")
    for number, (module, functions) in enumerate(modules.items()):
        suite = _suite(number, module, functions, report, strict)
        said = [*report.notes, *left_out.get(module, ())]
        ElementTree.SubElement(suite, "system-out").text = xml_text("\n".join(said))
        ElementTree.SubElement(suite, "system-err")
        root.append(suite)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(
    number: int, module: str, functions: list[FunctionReport], report: Report, strict: bool
) -> ElementTree.Element:
    excused = standing(report.waived)
    cases = [
        _case(f, o, strict, waived=global_id(f, o) in excused)
        for f in functions
        for o in f.obligations
    ]
    package, _, name = module.rpartition(".")
    suite = ElementTree.Element(
        "testsuite",
        {
            "package": xml_text(package),
            "id": str(number),
            "name": xml_text(name).strip() or "module",
            "timestamp": report.run.started[:19],
            "hostname": "localhost",
            "tests": str(len(cases)),
            "failures": _count(cases, "failure"),
            "errors": _count(cases, "error"),
            "skipped": _count(cases, "skipped"),
            "time": _seconds(o for f in functions for o in f.obligations),
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in sorted(report.run.tools.items()):
        pair = {"name": xml_text(key).strip() or "tool", "value": xml_text(value)}
        ElementTree.SubElement(properties, "property", pair)
    suite.extend(cases)
    return suite


def _case(
    function: FunctionReport, obligation: Obligation, strict: bool, *, waived: bool
) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        {
            "name": xml_text(f"{obligation.kind}: {plain(obligation.text)}"),
            "classname": xml_text(function.id.replace(":", ".")).strip() or "function",
            "time": _seconds([obligation]),
        },
    )
    outcome = "skipped" if waived else _outcome(obligation.verdict, strict)
    if outcome == "skipped":
        why = "waived" if waived else message(obligation)
        ElementTree.SubElement(case, "skipped", {"message": xml_text(why)})
    elif outcome:
        told = {"message": xml_text(message(obligation)), "type": obligation.verdict.value}
        body = ElementTree.SubElement(case, outcome, told)
        body.text = xml_text("\n".join(details(obligation)))
    return case


def _outcome(verdict: Verdict, strict: bool) -> str:
    match verdict:
        case Verdict.REFUTED | Verdict.VACUOUS | Verdict.CANDIDATE:
            return "failure"
        case Verdict.ERROR:
            return "error"
        case Verdict.UNKNOWN:
            return "failure" if strict else "skipped"
        case Verdict.TESTED | Verdict.CONFIRMED | Verdict.PROVED:
            return ""


def _count(cases: Iterable[ElementTree.Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))


def _seconds(obligations: Iterable[Obligation]) -> str:
    """The longest attempt of each: engines speak of all obligations of a function at once."""
    spent = sum(max((a.seconds for a in o.attempts), default=0.0) for o in obligations)
    return f"{spent:.3f}"


def xml_text(text: str) -> str:
    """The text with what XML 1.0 can't hold spelled out.

    >>> xml_text("a\\x00b")
    'a\\\\x00b'
    """
    return "".join(c if _allowed(ord(c)) else repr(c)[1:-1] for c in text)


def _allowed(code: int) -> bool:
    return (
        code in (0x9, 0xA, 0xD)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
