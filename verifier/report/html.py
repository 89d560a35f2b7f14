"""Report -> one HTML file that works from disk without a network: filters, sources, calls."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from html import escape

from verify_agent.verifier.evidence import FunctionReport, Obligation, Report, Verdict
from verify_agent.verifier.report import compare, waivers
from verify_agent.verifier.report.compare import global_id
from verify_agent.verifier.report.html_page import PAGE, SCRIPT, STYLE
from verify_agent.verifier.report.summary import assumption_counts, engines_of, own_assumptions
from verify_agent.verifier.report.text import summary_line
from verify_agent.verifier.report.words import calls, plain

_SLOWEST = 10
#: So many functions at most are shown with their counterexamples from the start.
_OPEN = 3
_FAILED = (Verdict.ERROR, Verdict.REFUTED, Verdict.VACUOUS)


def render_html(report: Report, sources: Mapping[str, str] | None = None) -> str:
    """The page. `sources` are the texts by path; a file that is not there is left out."""
    texts = sources or {}
    body = "".join(
        (
            _filters(report),
            f'<section id="functions">{_functions(report)}</section>',
            '<p id="nothing" hidden>No function matches the filters.</p>',
            _section("Sources", "".join(_source(p, t, report) for p, t in texts.items())),
            _section("Since the baseline", _changes(report)),
            _section("Waivers", _list(waivers.line(w) for w in report.waived)),
            _section("Slowest obligations", _slowest(report)),
            _section("What it rests on", _trusted(report)),
            _section("Notes", _list(report.notes)),
            _section("Not checked", _skipped(report)),
        )
    )
    return PAGE.format(
        title=f"{report.verdict.value}: verify-agent",
        style=STYLE,
        script=SCRIPT,
        verdict=_pill(report.verdict),
        summary=_e(summary_line(report)),
        run=_e(f"{report.run.started}, Python {report.run.python}, {report.run.platform}"),
        incomplete=""
        if report.complete
        else '<p class="incomplete">Incomplete: something was '
        "skipped or stopped before its end.</p>",
        body=body,
    )


def _e(text: str) -> str:
    return escape(plain(text), quote=True)


def _pill(verdict: Verdict) -> str:
    return f'<span class="pill {verdict.value}">{verdict.value}</span>'


def _filters(report: Report) -> str:
    counts = {v: sum(f.verdict is v for f in report.functions) for v in Verdict}
    buttons = "".join(
        f'<button type="button" class="filter {v.value}" data-verdict="{v.value}" '
        f'aria-pressed="false">{v.value} <b>{n}</b></button>'
        for v, n in counts.items()
        if n
    )
    kinds = sorted({o.kind for f in report.functions for o in f.obligations})
    options = "".join(f'<option value="{_e(k)}">{_e(k)}</option>' for k in kinds)
    return (
        f'<nav aria-label="filters">{buttons}'
        f'<select id="kind" aria-label="kind of obligation"><option value="">every kind</option>'
        f"{options}</select>"
        '<input id="search" type="search" placeholder="function, file or condition" '
        'aria-label="search"><output id="shown"></output></nav>'
    )


def _functions(report: Report) -> str:
    """The worst first, in the order of the text otherwise; some failures stand open."""
    ordered = sorted(report.functions, key=lambda f: f.verdict.rank)
    failed = {id(f) for f in ordered[:_OPEN] if f.verdict in _FAILED}
    return "".join(_function(f, opened=id(f) in failed) for f in ordered)


def _function(function: FunctionReport, *, opened: bool = False) -> str:
    rows = "".join(_row(function, o, opened=opened) for o in function.obligations)
    told = " ".join([function.id, function.path, *(o.text for o in function.obligations)]).lower()
    kinds = " ".join(sorted({o.kind for o in function.obligations}))
    line = _line_id(function.path, function.line)
    resting = own_assumptions(function)
    under = f'<p class="rests">rests on: {_e("; ".join(resting))}</p>' if resting else ""
    notes = "".join(f'<p class="note">{_e(n)}</p>' for n in function.notes)
    return (
        f'<details{" open" * opened} class="function" id="{_e(function.id)}"'
        f' data-verdict="{function.verdict.value}" data-kinds="{_e(kinds)}"'
        f' data-told="{_e(told)}"><summary>{_pill(function.verdict)} '
        f'<code>{_e(function.id)}</code> <a class="place" href="#{line}">'
        f"{_e(function.path)}:{function.line}</a></summary>"
        f"<table><thead><tr><th>verdict</th><th>kind</th><th>what is to show</th><th>by</th>"
        f"<th>seconds</th></tr></thead><tbody>{rows}</tbody></table>{under}{notes}</details>"
    )


def _row(function: FunctionReport, obligation: Obligation, *, opened: bool) -> str:
    by = ", ".join(engines_of(obligation)) if obligation.verdict.positive else obligation.reason
    name = _e(global_id(function, obligation))
    row = (
        f'<tr id="{name}"><td>{_pill(obligation.verdict)}</td><td>{_e(obligation.kind)}</td>'
        f"<td><code>{_e(obligation.text)}</code></td><td>{_e(by)}</td>"
        f"<td>{_seconds(obligation):.2f}</td></tr>"
    )
    return row + _shown(obligation, opened=opened) + _tried(obligation)


def _shown(obligation: Obligation, *, opened: bool) -> str:
    found = obligation.counterexample
    if found is None:
        return ""
    code = _escaped_lines(calls(found))
    said = f"came: {_e(found.outcome)}"
    if found.expected:
        said += f"<br>expected: {_e(found.expected)}"
    run = "run under CPython" if found.replayed else "not borne out by a run"
    return (
        '<tr class="inner"><td colspan="5">'
        f'<details{" open" * opened} class="counterexample"><summary>'
        f"counterexample ({run})</summary><pre>{code}</pre>"
        f'<button type="button" class="copy">copy</button><p>{said}</p></details></td></tr>'
    )


def _tried(obligation: Obligation) -> str:
    if not obligation.attempts:
        return ""
    lines = []
    for a in obligation.attempts:
        cached = ", from the cache" if a.cache else ""
        reason = f": {plain(a.reason)}" if a.reason else ""
        lines.append(
            f"{a.engine} {a.version}: {a.outcome.value}{reason} ({a.seconds:.2f} s{cached})"
        )
        lines += [f"  {line}" for detail in a.details for line in detail.splitlines()]
    return (
        '<tr class="inner"><td colspan="5"><details class="tried"><summary>what was tried'
        f"</summary><pre>{_escaped_lines(lines)}</pre></details></td></tr>"
    )


def _source(path: str, text: str, report: Report) -> str:
    """The text of a file; a line of an obligation has its weakest verdict in the margin."""
    verdicts: dict[int, Verdict] = {}
    for function in (f for f in report.functions if f.path == path):
        for line, verdict in [
            (function.line, function.verdict),
            *((o.span.line if o.span else function.line, o.verdict) for o in function.obligations),
        ]:
            known = verdicts.get(line)
            verdicts[line] = min(known, verdict, key=lambda v: v.rank) if known else verdict
    lines = "".join(
        _source_line(path, number, line, verdicts.get(number))
        for number, line in enumerate(text.splitlines(), 1)
    )
    return (
        f'<details class="source"><summary><code>{_e(path)}</code></summary>'
        f'<div class="code">{lines}</div></details>'
    )


def _source_line(path: str, number: int, line: str, verdict: Verdict | None) -> str:
    word = verdict.value if verdict else ""
    return (
        f'<div id="{_line_id(path, number)}" class="line {word}"><span class="number">{number}'
        f'</span><span class="margin">{word}</span><span>{escape(line)}</span></div>'
    )


def _line_id(path: str, number: int) -> str:
    return _e(f"line-{path}-{number}")


def _changes(report: Report) -> str:
    if report.changes is None:
        return ""
    return _list(compare.lines(report.changes)) or "<p>Nothing changed.</p>"


def _slowest(report: Report) -> str:
    """The slowest tries, one for each engine and function: an engine speaks of all at once."""
    spent: dict[tuple[str, str], tuple[float, str]] = {}
    for function in report.functions:
        for obligation in function.obligations:
            for attempt in (a for a in obligation.attempts if a.seconds > 0 and not a.cache):
                key = (function.id, attempt.engine)
                seconds, _ = spent.get(key, (0.0, ""))
                if attempt.seconds > seconds:
                    spent[key] = (attempt.seconds, global_id(function, obligation))
    slow = sorted(spent.items(), key=lambda pair: -pair[1][0])[:_SLOWEST]
    rows = "".join(
        f'<tr><td>{seconds:.2f} s</td><td>{_e(engine)}</td><td><a href="#{_e(name)}">'
        f"{_e(function)}</a></td></tr>"
        for (function, engine), (seconds, name) in slow
    )
    return f"<table>{rows}</table>" if rows else ""


def _seconds(obligation: Obligation) -> float:
    return max((a.seconds for a in obligation.attempts if not a.cache), default=0.0)


def _trusted(report: Report) -> str:
    tools = [f"{name} {version}" for name, version in sorted(report.run.tools.items())]
    rests = [f"{n} obligations: {text}" for text, n in assumption_counts(report)]
    layers = [f"sandbox: {', '.join(report.run.sandbox)}"] if report.run.sandbox else []
    files = [f"{path}: sha256 {digest}" for path, digest in report.subjects.items()]
    command = f"repeat with: verify-agent {shlex.join(report.run.argv)}"
    return _list([*tools, *rests, *layers, *files, command])


def _skipped(report: Report) -> str:
    return _list(f"{s.id} ({s.path}:{s.line}): {s.reason}" for s in report.skipped)


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_e(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>" if content else ""


def _escaped_lines(lines: Iterable[str]) -> str:
    return "\n".join(escape(line) for line in lines)
