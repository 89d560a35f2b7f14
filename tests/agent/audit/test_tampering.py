"""Ways to tamper with a bundle: each is found and named by the audit, and where it can be seen
without the project's own code, by the independent checker too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from verify_agent.agent.audit import bundle, compare, ledger
from verify_agent.agent.audit.record import sha256
from verify_agent.proofs import independent_check

pytestmark = pytest.mark.slow

Files = dict[str, str]
STEP, TAIL = "obligations/C1/step.smt2", "obligations/C1/tail.smt2"
WITNESS = "obligations/C2/two-rejections.smt2"
FIGURE, PLOT_DATA = "figures/C2.life.svg", "data/C2.life.json"


@dataclass(frozen=True)
class Tampering:
    """A change, and the words that the audit and the independent checker must name it with.

    `by_both` is empty where only someone who can derive it anew can see it. Unless `careless`,
    the manifest is made anew after the change, as one who knows of it would.
    """

    name: str
    change: Callable[[Files], None]
    by_audit: str
    by_both: str = ""
    careless: bool = False


def edit(path: str, old: str, new: str) -> Callable[[Files], None]:
    """Replace a text that must be there."""

    def change(files: Files) -> None:
        assert old in files[path], (path, old)
        files[path] = files[path].replace(old, new, 1)

    return change


def remove(path: str) -> Callable[[Files], None]:
    return lambda files: files.__delitem__(path)


def goal_replaced(path: str, goal: str) -> Callable[[Files], None]:
    """The last assertion, the negated goal, becomes another one."""

    def change(files: Files) -> None:
        lines = files[path].splitlines()
        last = max(i for i, line in enumerate(lines) if line.startswith("(assert "))
        lines[last] = f"(assert {goal})"
        files[path] = "\n".join(lines) + "\n"

    return change


def asserted(path: str, formula: str) -> Callable[[Files], None]:
    """One assumption more, at the front."""
    return edit(path, "(assert ", f"(assert {formula})\n(assert ")


def in_json(
    path: str, change: Callable[[Any], None], indent: int | None = 1
) -> Callable[[Files], None]:
    def changed(files: Files) -> None:
        raw = json.loads(files[path])
        change(raw)
        files[path] = json.dumps(raw, indent=indent) + "\n"

    return changed


def in_policy(change: Callable[[Any], None]) -> Callable[[Files], None]:
    return in_json("policy.json", change, None)


def another_action(raw: Any) -> None:
    state = next(s for s in raw["states"].values() if len(s["choices"]) > 1)
    state["chosen"] = next(a for a in state["choices"] if a != state["chosen"])


def better_value(raw: Any) -> None:
    state = next(s for s in raw["states"].values() if s["choices"])
    state["value"] = "1000"


def likelier(raw: Any) -> None:
    for state in raw["states"].values():
        for choice in state["choices"].values():
            if len(choice["successors"]) > 1:
                choice["successors"][0][1] = "999/1000"
                return


def richer(raw: Any) -> None:
    next(c for s in raw["states"].values() for c in s["choices"].values())["reward"] = "5"


def no_rival(raw: Any) -> None:
    """A better action is left out, and the digest made anew."""
    state = next(s for s in raw["states"].values() if len(s["choices"]) > 2)
    del state["choices"][next(a for a in state["choices"] if a != state["chosen"])]
    raw["digest"] = independent_check.process_digest(raw)


def set_field(name: str, value: str) -> Callable[[Any], None]:
    return lambda raw: raw.__setitem__(name, value)


def relinked(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Files], None]:
    """The ledger's entries changed, and chain and head made anew."""

    def changed(files: Files) -> None:
        raws = [json.loads(line) for line in files[ledger.LEDGER].splitlines()]
        change(raws)
        previous, lines = ledger.FIRST, []
        for raw in raws:
            raw["previous"] = previous
            previous = raw["hash"] = ledger.digest(raw)
            lines.append(json.dumps(raw) + "\n")
        files[ledger.LEDGER] = "".join(lines)
        files[ledger.HEAD] = ledger.head_of(files[ledger.LEDGER])

    return changed


def in_entry(number: int, **fields: str) -> Callable[[Files], None]:
    return relinked(lambda raws: raws[number].update(fields))


def cut_ledger(files: Files) -> None:
    files[ledger.LEDGER] = "".join(files[ledger.LEDGER].splitlines(True)[:-1])


def stored_proof(files: Files) -> str:
    return next(p for p in sorted(files) if p.startswith("proofs/code/") and p.endswith(".smt2"))


def weaken_stored(files: Files) -> None:
    asserted(stored_proof(files), "false")(files)


def weaken_stored_with_care(files: Files) -> None:
    """With every hash of the folder and of the header made anew."""
    path = stored_proof(files)
    weaken_stored(files)
    query = "".join(x for x in files[path].splitlines(True) if not x.startswith("; "))
    files[path] = re.sub(r"query-sha256: \w+", f"query-sha256: {sha256(query)}", files[path])
    sums(files)


def sums(files: Files) -> None:
    names = [p for p in sorted(files) if p.startswith("proofs/code/") and p.endswith(".smt2")]
    text = "".join(f"{sha256(files[p])}  {p.rsplit('/', 1)[1]}\n" for p in names)
    files["proofs/code/SHA256SUMS"] = text


def remove_stored(files: Files) -> None:
    del files[stored_proof(files)]


def remove_stored_with_care(files: Files) -> None:
    remove_stored(files)
    sums(files)


def claim_of(raw: Any, name: str) -> Any:
    return next(c for c in raw["claims"] if c["id"] == name)


def impossible_run(raw: Any) -> None:
    next(iter(raw.values())).append(["hopeless | scalar | proof", "deliver", "delivered"])


REPORT = "report.json"
TAMPERINGS = (
    # -- obligations
    Tampering("one byte of an obligation", edit(STEP, "0.0", "0.1"), STEP, STEP),
    Tampering("a careless byte", edit(STEP, "0.0", "0.1"), f"{STEP}: changed", STEP, True),
    Tampering("goal replaced by true", goal_replaced(STEP, "false"), STEP, f"{STEP}: its goal"),
    Tampering(
        "goal replaced by something weaker",
        goal_replaced(TAIL, "(not (<= $S_k (+ 1.0 $S_k)))"),
        f"{TAIL}: not the obligation",
        f"{TAIL}: not what the claims state",
    ),
    Tampering(
        "contradictory assumptions",
        asserted(TAIL, "false"),
        f"{TAIL}: not the obligation",
        f"{TAIL}: its assumptions contradict",
    ),
    Tampering("an assumption too many", asserted(TAIL, "(= $L 0.0)"), TAIL, TAIL),
    Tampering("an assumption dropped", edit(TAIL, "(assert (<= 0.0 $L))\n", ""), TAIL, TAIL),
    Tampering("an obligation removed", remove(TAIL), f"{TAIL}: missing", f"{TAIL}: missing"),
    Tampering(
        "an obligation added",
        lambda f: f.__setitem__("obligations/C1/more.smt2", f[TAIL]),
        "obligations/C1/more.smt2",
        "obligations/C1/more.smt2: no claim",
    ),
    Tampering(
        "the expected answer turned round",
        edit(STEP, "expected: unsat", "expected: sat"),
        STEP,
        f"{STEP}: z3 says unsat, not sat",
    ),
    Tampering("a counter-model's number", edit(WITNESS, "5.0", "1.0"), WITNESS, f"{WITNESS}: z3"),
    # -- data and figures
    Tampering("a plot's data", edit(PLOT_DATA, "0.25", "0.35"), PLOT_DATA, PLOT_DATA),
    Tampering("a figure", edit(FIGURE, "cx=", "cx= "), FIGURE, FIGURE),
    Tampering(
        "a figure of measured times",
        edit("figures/C15.sweep.svg", "cy=", "cy= "),
        "figures/C15.sweep.svg: not the figure",
    ),
    Tampering(
        "measured data that are none",
        edit("data/C15.sweep.json", '"points"', '"spots"'),
        "data/C15.sweep.json",
    ),
    # -- policy
    Tampering("the policy's action", in_policy(another_action), "policy.json", "policy.json"),
    Tampering("a value of the policy", in_policy(better_value), "policy.json", "policy.json"),
    Tampering("a probability", in_policy(likelier), "policy.json", "policy.json: probabilities"),
    Tampering("a reward", in_policy(richer), "policy.json", "policy.json: the digest"),
    Tampering(
        "an action left out", in_policy(no_rival), "policy.json: its process is not the one in use"
    ),
    Tampering(
        "the certified gap", in_policy(set_field("gap", "7")), "policy.json", "the least gap"
    ),
    Tampering(
        "the certified error",
        in_policy(set_field("error", "0")),
        "policy.json",
        "policy.json: the error",
    ),
    Tampering("the policy removed", remove("policy.json"), "policy.json: missing", "policy.json"),
    # -- ledger
    Tampering(
        "a byte of the ledger",
        edit(ledger.LEDGER, "rejected", "admitted"),
        "entry 1 was changed",
        "entry 1 was changed",
    ),
    Tampering("the ledger's end cut off", cut_ledger, "ledger: the head", "ledger.head"),
    Tampering(
        "a quality in a rewritten ledger",
        in_entry(2, quality="9/20"),
        "entry 2: admitted at 9/20",
        "entry 2 was admitted below delta",
    ),
    Tampering(
        "an admission without its proof",
        in_entry(2, proof="0" * 64),
        "entry 2: the proof",
        "the proof of entry 2",
    ),
    Tampering("levels overspent", in_entry(1, level="1/2"), "more than alpha", "more than alpha"),
    Tampering(
        "the ledger removed",
        lambda f: (f.__delitem__(ledger.LEDGER), f.__delitem__(ledger.HEAD))[0],
        "report.json: /ledger",
        "wrong about whether there is a ledger",
    ),
    # -- stored proofs and runs
    Tampering("a stored proof weakened", weaken_stored, "the file was changed", "SHA256SUMS"),
    Tampering(
        "a stored proof weakened with care",
        weaken_stored_with_care,
        "not the proof that the prover",
    ),
    Tampering("a stored proof removed", remove_stored, "can't be read", "SHA256SUMS and gone"),
    Tampering("a stored proof removed with care", remove_stored_with_care, "missing"),
    Tampering(
        "a run with an impossible step",
        in_json("runs.json", impossible_run, None),
        "runs.json: run3 goes from",
        "runs.json: run3 goes from",
    ),
    # -- reports
    Tampering(
        "an outcome in the report",
        in_json(REPORT, lambda r: claim_of(r, "C2").update(outcome="proved")),
        "report.json: /claims",
        "C2 says proved, the claim says refuted",
    ),
    Tampering(
        "an answer in the report",
        in_json(
            REPORT, lambda r: claim_of(r, "C1")["obligations"][0]["answers"].update(cvc5="unknown")
        ),
        "report.json: /claims",
        "lacks an answer of both",
    ),
    Tampering("a claim left out", in_json(REPORT, lambda r: r["claims"].pop()), REPORT, REPORT),
    Tampering(
        "a problem hidden",
        in_json(REPORT, lambda r: claim_of(r, "C1").update(established=False)),
        "report.json: /claims",
        "C1 is called established",
    ),
    Tampering(
        "the report's prose", edit("report.md", "Refuted", "Proved"), "report.md: not the rendering"
    ),
    Tampering(
        "the page", edit("report.html", "Refuted", "Proved"), "report.html: not the rendering"
    ),
    Tampering(
        "a file slipped in",
        lambda f: f.__setitem__("notes.txt", "all is well"),
        "notes.txt: not listed",
        "notes.txt: there and not listed",
        True,
    ),
)


def problems_of(small: Any, files: Files) -> str:
    return "\n".join(compare.problems(files, small.again(files), small.code))


def independent_problems(small: Any, files: Files) -> str:
    return "\n".join(independent_check.check_folder(files, dict(small.pins)))


def test_the_honest_bundle_has_no_problem(small: Any) -> None:
    assert not small.derived.problems
    assert problems_of(small, dict(small.files)) == ""
    assert independent_problems(small, dict(small.files)) == ""


def test_every_link_of_the_reports_leads_to_a_record(small: Any) -> None:
    for report, pattern in (("report.md", r"\]\(([^)#]+)\)"), ("report.html", r'href="([^"#]+)"')):
        links = set(re.findall(pattern, small.files[report]))
        assert len(links) > 20
        for link in links:
            assert link in small.files or any(p.startswith(f"{link}/") for p in small.files), link


def test_there_are_enough_kinds() -> None:
    assert len({t.name for t in TAMPERINGS}) == len(TAMPERINGS) >= 30


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda t: t.name)
def test_it_is_found_and_named(tampering: Tampering, small: Any) -> None:
    files = dict(small.files)
    tampering.change(files)
    if not tampering.careless:
        files[bundle.MANIFEST] = bundle.manifest(files)
    assert tampering.by_audit in problems_of(small, files)
    if tampering.by_both:
        assert tampering.by_both in independent_problems(small, files)
