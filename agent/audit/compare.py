"""What is wrong with a bundle: everything in it against what is derived here and now."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from verify_agent.agent.audit import bundle, policy_record
from verify_agent.agent.audit.derive import (
    CODE,
    DATA,
    FIGURES,
    MEASURED,
    OBLIGATIONS,
    POLICY,
    PROOFS,
    RECORD,
    RUNS,
    Derived,
)
from verify_agent.agent.audit.record import VOLATILE, sha256
from verify_agent.agent.audit.render_html import html
from verify_agent.agent.audit.render_markdown import markdown
from verify_agent.proofs.figures import svg
from verify_agent.proofs.model import Line, Plot

_WHAT = {
    OBLIGATIONS: "not the obligation that the claim states",
    DATA: "not the data that is computed here",
    FIGURES: "not the figure that its data make",
    PROOFS: "not the proof that the prover makes here",
    RUNS: "can't be read as recorded runs",
}


#: Numbers in the record that say how many stored proofs were looked at.
_OF_A_SAMPLE = frozenset({"replayed", "hold"})


def problems(
    files: Mapping[str, str],
    derived: Derived,
    code: Mapping[str, str],
    *,
    sampled: bool = False,
) -> list[str]:
    """Everything in a bundle that is not what it should be, by path.

    `derived` was derived from the bundle's own records, `code` are the proofs of the project's
    code made afresh, by path. Where only a sample of the stored proofs was checked here, the
    numbers of them are not compared.
    """
    found = [*_manifest(files)]
    expected = {**derived.files, **code}
    for path in sorted(expected):
        if path not in files:
            found.append(f"{path}: missing")
    for path in sorted(files):
        found += _file(path, files, expected, _OF_A_SAMPLE if sampled else frozenset())
    found += [*_reports(files)]
    if POLICY in files:
        found += [f"{POLICY}: {p}" for p in policy_record.recheck(files[POLICY])]
    return [*dict.fromkeys([*found, *derived.problems])]


def _manifest(files: Mapping[str, str]) -> Iterator[str]:
    try:
        listed = json.loads(files[bundle.MANIFEST])["files"].items()
    except (KeyError, ValueError, TypeError, AttributeError):
        yield f"{bundle.MANIFEST}: missing or broken"
        return
    names = {path for path, _ in listed}
    for path, digest in listed:
        if path not in files:
            yield f"{path}: listed in the manifest and gone"
        elif sha256(files[path]) != digest:
            yield f"{path}: changed, its hash is not the manifest's"
    for path in sorted(files.keys() - names - {bundle.MANIFEST}):
        yield f"{path}: not listed in the manifest"


def _file(
    path: str, files: Mapping[str, str], expected: Mapping[str, str], left_out: frozenset[str]
) -> Iterator[str]:
    if path in (bundle.MANIFEST, bundle.MARKDOWN, bundle.HTML):
        return
    if path not in expected:
        yield f"{path}: nothing here makes such a file"
    elif path == RECORD:
        yield from _record(files[path], expected[path], left_out)
    elif path == POLICY and files[path] != expected[path]:
        yield from _policy(files[path], expected[path])
    elif path in MEASURED or _drawn_from(path) in MEASURED:
        yield from _measured(path, files)
    elif path != POLICY and files[path] != expected[path]:
        kind = path.split("/", 1)[0]
        yield f"{path}: {_WHAT.get(kind, 'not what is derived here')}"


def _policy(text: str, wanted: str) -> Iterator[str]:
    try:
        yield from (f"{POLICY}: {p}" for p in policy_record.differences(text, wanted))
    except ValueError as error:
        yield f"{POLICY}: {error}"


def _drawn_from(path: str) -> str:
    return f"{DATA}/{path.removeprefix(f'{FIGURES}/').removesuffix('.svg')}.json"


def _measured(path: str, files: Mapping[str, str]) -> Iterator[str]:
    """Times are never the same twice: the figure must be drawn from the data all the same."""
    source = _drawn_from(path) if path.endswith(".svg") else path
    try:
        plot = json.loads(files[source])["plot"]
        if plot is None:
            return
        lines = tuple(
            Line(
                line["label"], tuple((float(x), float(y)) for x, y in line["points"]), line["style"]
            )
            for line in plot["lines"]
        )
        drawn = svg(Plot(plot["title"], plot["x_label"], plot["y_label"], lines))
    except (KeyError, ValueError, TypeError) as error:
        yield f"{source}: can't be read: {type(error).__name__}"
        return
    if path.endswith(".svg") and drawn != files[path]:
        yield f"{path}: {_WHAT[FIGURES]}"


def _record(text: str, wanted: str, left_out: frozenset[str]) -> Iterator[str]:
    try:
        here = json.loads(text)
    except ValueError as error:
        yield f"{RECORD}: can't be read: {error}"
        return
    for place in _differences(here, json.loads(wanted), "", VOLATILE | left_out):
        yield f"{RECORD}: {place}"


def _differences(here: Any, wanted: Any, place: str, left_out: frozenset[str]) -> Iterator[str]:
    """The places where two records differ, but for what differs between any two audits."""
    match here, wanted:
        case dict(), dict():
            for key in sorted(here.keys() | wanted.keys()):
                if key not in left_out:
                    inside = f"{place}/{_label(wanted, here)}{key}"
                    yield from _differences(here.get(key), wanted.get(key), inside, left_out)
        case list(), list() if len(here) == len(wanted):
            for i, (one, other) in enumerate(zip(here, wanted, strict=True)):
                yield from _differences(one, other, f"{place}/{i}", left_out)
        case _ if here != wanted:
            yield f"{place} is {_short(here)}, derived here it is {_short(wanted)}"


def _label(*records: Mapping[str, Any]) -> str:
    return next((f"({r['id']})/" for r in records if isinstance(r.get("id"), str)), "")


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _reports(files: Mapping[str, str]) -> Iterator[str]:
    """The reports must be renderings of the bundle's own record."""
    figures = {path: text for path, text in files.items() if path.endswith(".svg")}
    try:
        record = json.loads(files[RECORD])
        rendered = {bundle.MARKDOWN: markdown(record), bundle.HTML: html(record, figures)}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        yield f"{RECORD}: no report can be made of it: {type(error).__name__}"
        return
    for path, text in rendered.items():
        if path not in files:
            yield f"{path}: missing"
        elif files[path] != text:
            yield f"{path}: not the rendering of {RECORD}"


def fresh_code_proofs() -> dict[str, str]:
    """The proofs of the project's own code, made here, by their path in a bundle."""
    from verify_agent.agent.audit.code_proofs import prove_code
    from verify_agent.agent.audit.derive import read_files
    from verify_agent.verifier.smt.store import write

    with tempfile.TemporaryDirectory() as scratch:
        write(Path(scratch), prove_code().proofs)
        return {f"{PROOFS}/{CODE}/{n}": t for n, t in read_files(Path(scratch)).items()}
