"""The report as Markdown: one page of summary, then each claim, then the trusted base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Record = Mapping[str, Any]

#: The paper's own statements, in its order, and the claims that speak about each.
STATEMENTS = (
    ("Theorem 1", "the qualities converge to a fixed point", ("C1", "C2", "C3")),
    ("Theorem 2", "the tool selection policy is optimal", ("C5", "C6", "C7")),
    ("Theorem 3", "epsilon-optimal in O(log 1/epsilon) iterations", ("C4",)),
    ("Backward compatibility", "is preserved over all iterations", ("C8", "C9")),
    ("Formula (3)", "batching by a sliding window", ("C10",)),
    ("Formula (4)", "eviction of the least recently used", ("C11",)),
    ("Formula (5)", "early termination", ("C12",)),
    ("Formula (6)", "the quality score", ("C13",)),
    ("Algorithm 1", "intents by softmax", ("C14",)),
    ("Section 5.1", "tool selection costs O(|A| |S|^2)", ("C15",)),
    ("Section 3.1.2", "the protocol of tools", ("C16",)),
    ("Validation", "no false admission (ours)", ("C17",)),
)


def verdict_line(record: Record) -> str:
    """One sentence on the whole audit."""
    claims = record["claims"]
    held = sum(c["established"] for c in claims)
    answered = [o for c in claims for o in c["obligations"]]
    both = sum(len(o["answers"]) == 2 and not o["problems"] for o in answered)
    return (
        f"{held} of {len(claims)} claims have the outcome that is stated below; "
        f"{both} of {len(answered)} obligations were checked by both Z3 and cvc5."
    )


def markdown(record: Record) -> str:
    """The whole report."""
    parts = [*_summary(record), *_claims(record), *_rest(record)]
    return "\n".join(parts).rstrip("\n") + "\n"


def _summary(record: Record) -> Iterator[str]:
    yield "# Audit of the convergence claims"
    yield ""
    yield verdict_line(record)
    yield ""
    yield "## In one page"
    yield ""
    yield "| of the paper | says | verdict |"
    yield "|---|---|---|"
    for name, says, ids in STATEMENTS:
        claims = [c for c in record["claims"] if c["id"] in ids]
        yield f"| {name} | {says} | {verdicts(claims)} |"
    yield ""
    for claim in record["claims"]:
        yield f"- **[{claim['id']}](#{claim['id'].lower()}) {claim['title']}**: "
        yield f"  {claim['verdict']}. {claim['finding']}"
    yield ""
    yield f"**The run's own ledger.** {record['ledger']['says']}"
    yield ""
    yield f"**The policy in use.** {policy_line(record['policy'])}"
    yield ""


def verdicts(claims: list[Record]) -> str:
    """The verdicts of some claims in one cell."""
    told = [f"{c['verdict']} ([{c['id']}](#{c['id'].lower()}))" for c in claims]
    return "; ".join(told)


def policy_line(policy: Record) -> str:
    """One sentence on the policy."""
    if not policy["certified"]:
        return f"No certificate: {policy['state']}: {policy['reason']}."
    return (
        f"Optimal for its process of {policy['states']} states, by {policy['method']} in exact "
        f"rationals; the least gap is {policy['gap']:.4f} s ([certificate]({policy['file']}), "
        f"process {policy['digest'][:16]})."
    )


def _claims(record: Record) -> Iterator[str]:
    yield "## The claims"
    yield ""
    for claim in record["claims"]:
        yield from _claim(claim)


def _claim(claim: Record) -> Iterator[str]:
    yield f'<a id="{claim["id"].lower()}"></a>'
    yield f"### {claim['id']}: {claim['title']}"
    yield ""
    yield f"*{claim['source']}.* {claim['words']}"
    yield ""
    yield f"- formally: `{claim['formal']}`"
    yield f"- verdict: **{claim['verdict']}**"
    if claim["correction"]:
        yield f"- correction: {claim['correction']}"
    yield f"- found: {claim['finding']}"
    yield from (f"- assumed: {a}" for a in claim["assumptions"])
    if claim["axioms"]:
        yield f"- axioms: {', '.join(claim['axioms'])}"
    yield from (f"- **does not hold**: {p}" for p in claim["problems"])
    yield from (f"- nothing to check: {m}" for m in claim["missing"])
    yield ""
    if claim["obligations"]:
        yield "| obligation | states | Z3 | cvc5 |"
        yield "|---|---|---|---|"
        yield from map(_obligation, claim["obligations"])
        yield ""
    for shown in claim["shown"]:
        yield from _shown(shown)


def _obligation(entry: Record) -> str:
    answers = entry["answers"]
    told = " | ".join(
        f"{answers.get(s, 'not asked')} (wanted {entry['expected']})" for s in SOLVERS
    )
    return f"| [{entry['id']}]({entry['file']}) | {entry['says'].replace('|', '&#124;')} | {told} |"


SOLVERS = ("z3", "cvc5")


def _shown(shown: Record) -> Iterator[str]:
    told = shown.get("says") or shown.get("measured") or ""
    mark = "" if shown["holds"] or shown["missing"] else "**does not hold** "
    yield f"{mark}{shown['about']} {shown['missing'] or told} ([data]({shown['data']}))"
    yield ""
    if shown["figure"]:
        yield f"![{shown['about']}]({shown['figure']})"
        yield ""


def _rest(record: Record) -> Iterator[str]:
    yield "## Stored proofs, checked again"
    yield ""
    for stored in record["stored_proofs"]:
        where = stored["folder"]
        yield (
            f"- [{where}]({where}): {stored['hold']} of {stored['replayed']} hold with both "
            f"solvers; {stored['total']} are stored"
        )
        yield from (f"  - **fails**: {f}" for f in stored["fail"])
    yield ""
    yield "## The run's ledger"
    yield ""
    yield record["ledger"]["says"]
    yield ""
    yield from (f"- **does not hold**: {p}" for p in record["ledger"]["problems"])
    for finding in record["ledger"]["findings"].values():
        yield f"- {finding['says']} ([data]({finding['data']}))"
    yield ""
    yield "## What a reader must believe"
    yield ""
    yield "| part | is believed to | lines | version | tests against it |"
    yield "|---|---|---|---|---|"
    for part in record["trusted_base"]:
        tests = "not installed" if part["tests"] is None else part["tests"] or ""
        lines = part["lines"] or ""
        yield f"| {part['name']} | {part['believed']} | {lines} | {part['version']} | {tests} |"
    yield ""
    yield "Axioms, which no solver checked here:"
    yield ""
    for axiom in record["axioms"]:
        yield f"- **{axiom['id']}**: {axiom['statement']} ({axiom['source']})"
    yield ""
    tools = ", ".join(f"{name} {version}" for name, version in record["tools"].items())
    yield f"Made {record['made']} with {tools} on {record['platform']}."
