"""The report as one HTML file that works from disk: the figures are inside, links go to records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from verify_agent.agent.audit.record import told
from verify_agent.agent.audit.render_markdown import HOW_TO_READ, STATEMENTS, comes_to, verdict_line

Record = Mapping[str, Any]

_STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; } td, th { border: 1px solid #bbb;
padding: .25rem .5rem; text-align: left; vertical-align: top; } code { background: #f3f3f3; }
.good { color: #17611f; } .bad { color: #a3170c; font-weight: bold; } .open { color: #7a5200; }
section { border-top: 1px solid #ddd; margin-top: 1.5rem; } svg { max-width: 100%; height: auto; }
"""


def html(record: Record, figures: Mapping[str, str]) -> str:
    """The whole report; `figures` are SVG texts by path."""
    body = "\n".join([*_summary(record), *_claims(record, figures), *_rest(record, figures)])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<title>Audit of the convergence claims</title>"
        f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _summary(record: Record) -> Iterator[str]:
    yield "<h1>Audit of the convergence claims</h1>"
    yield f"<p>{escape(verdict_line(record))}</p>"
    rows = []
    for statement in STATEMENTS:
        claims = [c for c in record["claims"] if c["id"] in statement.claims]
        cells = (statement.name, statement.says, comes_to(statement, claims))
        rows.append([*map(escape, cells), "<br>".join(map(_verdict, claims))])
    yield _table(["of the paper", "says", "comes to", "by"], rows)
    yield f"<p><b>The run's own ledger.</b> {escape(record['ledger']['says'])}</p>"


def _verdict(claim: Record) -> str:
    kind = "good" if claim["established"] else "bad" if claim["problems"] else "open"
    anchor = escape(claim["id"])
    word = f'<span class="{kind}">{escape(claim["verdict"])}</span>'
    return f'<a href="#{anchor}">{anchor}</a> {word}'


def _claims(record: Record, figures: Mapping[str, str]) -> Iterator[str]:
    yield f"<h2>The claims</h2><p>{escape(HOW_TO_READ)}</p>"
    for claim in record["claims"]:
        yield f'<section id="{escape(claim["id"])}"><h2>{escape(claim["id"])}: '
        yield f"{escape(claim['title'])}</h2>"
        yield f"<p><i>{escape(claim['source'])}.</i> {escape(claim['words'])}</p>"
        yield f"<p><code>{escape(claim['formal'])}</code></p>"
        yield f"<p>{_verdict(claim)}. {escape(claim['finding'])}</p>"
        notes = [f"correction: {claim['correction']}"] if claim["correction"] else []
        notes += [f"assumed: {a}" for a in claim["assumptions"]]
        notes += [f"axioms: {', '.join(claim['axioms'])}"] if claim["axioms"] else []
        notes += [f"DOES NOT HOLD: {p}" for p in claim["problems"]]
        notes += [f"nothing to check: {m}" for m in claim["missing"]]
        yield f"<ul>{''.join(f'<li>{escape(n)}</li>' for n in notes)}</ul>"
        if claim["obligations"]:
            yield _table(["obligation", "states", "Z3", "cvc5"], map(_row, claim["obligations"]))
        for shown in claim["shown"]:
            yield from _shown(shown, figures)
        yield "</section>"


def _row(entry: Record) -> list[str]:
    link = f'<a href="{escape(entry["file"])}">{escape(entry["id"])}</a>'
    answers = [escape(str(entry["answers"].get(s, "not asked"))) for s in ("z3", "cvc5")]
    return [link, escape(entry["says"]), *answers]


def _shown(shown: Record, figures: Mapping[str, str]) -> Iterator[str]:
    says = shown["missing"] or told(shown)["says"]
    mark = "" if shown["holds"] or shown["missing"] else '<span class="bad">does not hold</span> '
    link = f'<a href="{escape(shown["data"])}">data</a>'
    yield f"<p>{mark}{escape(shown['about'])} {escape(says)} ({link})</p>"
    if told(shown)["table"]:
        cells = ([escape(cell) for cell in row] for row in told(shown)["table"]["rows"])
        yield _table(told(shown)["table"]["heading"], cells)
    if shown["figure"]:
        yield figures.get(shown["figure"], '<p class="bad">its figure is missing</p>')


def _rest(record: Record, figures: Mapping[str, str]) -> Iterator[str]:
    yield "<section><h2>Stored proofs, checked again</h2><ul>"
    for stored in record["stored_proofs"]:
        where = escape(stored["folder"])
        yield f'<li><a href="{where}">{where}</a>: {stored["hold"]} of {stored["replayed"]} hold, '
        yield f"{stored['total']} are stored</li>"
        yield from (f'<li class="bad">{escape(f)}</li>' for f in stored["fail"])
    yield "</ul></section>"
    yield f"<section><h2>The run's ledger</h2><p>{escape(record['ledger']['says'])}</p><ul>"
    yield from (f'<li class="bad">{escape(p)}</li>' for p in record["ledger"]["problems"])
    for finding in record["ledger"]["findings"].values():
        link = f'<a href="{escape(finding["data"])}">data</a>'
        yield f"<li>{escape(finding['says'])} ({link})</li>"
    yield "</ul>"
    yield from (text for path, text in figures.items() if path.startswith("figures/ledger."))
    yield "</section><section><h2>What a reader must believe</h2>"
    yield _table(
        ["part", "is believed to", "lines", "version", "tests against it"],
        (
            [
                escape(part["name"]),
                escape(part["believed"]),
                str(part["lines"] or ""),
                escape(part["version"]),
                "not installed" if part["tests"] is None else str(part["tests"] or ""),
            ]
            for part in record["trusted_base"]
        ),
    )
    axioms = (
        f"<li><b>{escape(a['id'])}</b>: {escape(a['statement'])}</li>" for a in record["axioms"]
    )
    yield f"<h3>Axioms</h3><ul>{''.join(axioms)}</ul></section>"
    tools = ", ".join(f"{name} {version}" for name, version in record["tools"].items())
    yield f"<p>Made {escape(record['made'])} with {escape(tools)}.</p>"


def _table(heading: list[str], rows: Any) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in heading)
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
