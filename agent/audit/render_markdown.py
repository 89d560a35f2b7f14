"""The report as Markdown: one page of summary, then each claim, then the trusted base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify_agent.agent.audit.record import told

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """A statement of the paper, the claims that speak about it, and what they come to.

    `comes_to` is printed only where all of the claims have their outcome.
    """

    name: str
    says: str
    claims: tuple[str, ...]
    comes_to: str


STATEMENTS = (
    Statement(
        "Theorem 1",
        "the qualities converge to a fixed point, as the improvement is a contraction",
        ("C1", "C2", "C3"),
        "True of contractions, but Algorithm 2 is none: its gate makes many fixed points. What "
        "holds instead: at most floor((1 - Q_0) / delta) admissions, so the quality settles.",
    ),
    Statement(
        "Theorem 2",
        "the tool selection policy is optimal",
        ("C5", "C6", "C7"),
        "True for the discounted reward of the model, certified exactly for the policy in use; "
        "the model is an estimate. Listing 1 as printed does not compute it.",
    ),
    Statement(
        "Theorem 3",
        "epsilon-optimal in O(log 1/epsilon) iterations",
        ("C4",),
        "True for closeness to the fixed point, false for closeness to the best quality; and it "
        "inherits what Theorem 1 lacks.",
    ),
    Statement(
        "Compatibility",
        "is preserved over all iterations, BC >= gamma",
        ("C8", "C9"),
        "True for refinement of contracts, and for a share of 1; any share below 1 can lose all.",
    ),
    Statement(
        "Formula (3)",
        "batches are sliding windows",
        ("C10",),
        "As printed a query falls into several batches; half-open consecutive windows are right.",
    ),
    Statement(
        "Formula (4)",
        "evict the least recently used",
        ("C11",),
        "One eviction may not be enough; evicting until it fits keeps the capacity.",
    ),
    Statement(
        "Formula (5)",
        "end a stream early",
        ("C12",),
        "Fires when it should, but alone it lets a stream run for ever; a limit is needed.",
    ),
    Statement(
        "Formula (6)",
        "the quality score",
        ("C13",),
        "Bounded and monotone once its terms are normalised and its weights convex.",
    ),
    Statement(
        "Algorithm 1",
        "intents by softmax",
        ("C14",),
        "A distribution in the reals, nearly one in floats; near enough, the answer can't change.",
    ),
    Statement(
        "Section 5.1",
        "tool selection costs O(|A| |S|^2)",
        ("C15",),
        "True of one sweep, not of the whole solution; measured.",
    ),
    Statement(
        "Section 3.1.2",
        "the protocol of tools",
        ("C16",),
        "No delivery without evidence in any reachable state, and every run ends.",
    ),
    Statement(
        "Validation",
        "admits no false improvement (ours)",
        ("C17",),
        "At most alpha over a whole life, on fresh instances; reusing a sealed set breaks it. The "
        "gate plays this game, and an audit plays each admission's test again.",
    ),
)


HOW_TO_READ = (
    "Each obligation is a file in SMT-LIB. `unsat` says that its assumptions and the negation of "
    "what it states can't hold together: it is proved. `sat` is wanted of a counter-model: its "
    "numbers do what they are said to do. What is not an obligation is an exact computation or a "
    "check on the project, with its data."
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
    yield "| of the paper | says | comes to | by |"
    yield "|---|---|---|---|"
    for statement in STATEMENTS:
        claims = [c for c in record["claims"] if c["id"] in statement.claims]
        cells = (statement.name, statement.says, comes_to(statement, claims), verdicts(claims))
        yield _row(cells)
    yield ""
    yield f"**The run's own ledger.** {record['ledger']['says']}"
    yield ""
    yield f"**The policy in use.** {policy_line(record['policy'])}"
    yield ""


def comes_to(statement: Statement, claims: list[Record]) -> str:
    """The sentence on a statement, if its claims have their outcomes; else that they have not."""
    if claims and all(c["established"] for c in claims):
        return statement.comes_to
    return "NOT ESTABLISHED on this run: see the claims."


def verdicts(claims: list[Record]) -> str:
    """The verdicts of some claims in one cell."""
    each = [f"{c['verdict']} ([{c['id']}](#{c['id'].lower()}))" for c in claims]
    return "; ".join(each)


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
    yield HOW_TO_READ
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
    answers = " | ".join(entry["answers"].get(solver, "not asked") for solver in SOLVERS)
    says = entry["says"].replace("|", "&#124;")
    return f"| [{entry['id']}]({entry['file']}) | {says} | {answers} |"


SOLVERS = ("z3", "cvc5")


def _shown(shown: Record) -> Iterator[str]:
    says = told(shown)["says"]
    mark = "" if shown["holds"] or shown["missing"] else "**does not hold** "
    yield f"{mark}{shown['about']} {shown['missing'] or says} ([data]({shown['data']}))"
    yield ""
    if told(shown)["table"]:
        yield from _table(told(shown)["table"])
    if shown["figure"]:
        yield f"![{shown['about']}]({shown['figure']})"
        yield ""


def _table(table: Record) -> Iterator[str]:
    yield _row(table["heading"])
    yield f"|{'---|' * len(table['heading'])}"
    yield from map(_row, table["rows"])
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


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
