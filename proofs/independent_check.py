"""A second opinion on an audit's folder that shares no code with this project.

It imports the standard library, Z3's and cvc5's bindings, and nothing else. It reads the folder
that `verify-agent audit` wrote (or a bundle, unpacked) and a list of pins: the SHA-256 sums of
what the claims state, from a copy of the project that *you* trust and have read. Then it asks
both solvers about every obligation, recomputes the policy's certificate in rationals and the
ledger's chain, and names everything that does not hold.

    python independent_check.py FOLDER [--pins pins.json]

Exit code 0 where everything holds, 1 where something does not, 2 for bad input.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

LIMIT_MS = 30_000
Folder = dict[str, str]


def read_folder(root: Path) -> Folder:
    """Every file of a folder by its path, as text (with replacement of what is none)."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def sha256(text: str) -> str:
    """Of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


# -- the manifest and the pins -------------------------------------------------------------------


def check_manifest(files: Folder) -> Iterator[str]:
    """Every listed file is there and unchanged, and no other is."""
    try:
        listed: dict[str, str] = json.loads(files["manifest.json"])["files"]
    except (KeyError, ValueError, TypeError):
        yield "manifest.json: missing or broken"
        return
    for path, digest in listed.items():
        if path not in files:
            yield f"{path}: listed and gone"
        elif sha256(files[path]) != digest:
            yield f"{path}: changed, its hash is another"
    for path in files.keys() - listed.keys() - {"manifest.json"}:
        yield f"{path}: there and not listed"


def check_pins(files: Folder, pins: dict[str, Any]) -> Iterator[str]:
    """Obligations, exact data and figures are those of the copy that the reader trusts."""
    for kind in ("obligations", "exhibits"):
        for path, digest in pins[kind].items():
            if path not in files:
                yield f"{path}: missing, the claims have it"
            elif sha256(files[path]) != digest:
                yield f"{path}: not what the claims state"
    for path in files:
        if path.startswith("obligations/") and path not in pins["obligations"]:
            yield f"{path}: no claim has it"


def check_record(files: Folder, pins: dict[str, Any]) -> Iterator[str]:
    """The record's claims, outcomes and answers are those that were pinned and found."""
    try:
        record = json.loads(files["report.json"])
        outcomes = {c["id"]: c["outcome"] for c in record["claims"]}
        listed = {o["file"]: o for c in record["claims"] for o in c["obligations"]}
        bad = [c["id"] for c in record["claims"] if c["established"] != (not c["problems"])]
        ledger, policy = record["ledger"]["present"], record["policy"]
    except (KeyError, ValueError, TypeError) as error:
        yield f"report.json: broken: {type(error).__name__}: {error}"
        return
    for claim, outcome in pins["outcomes"].items():
        if outcomes.get(claim) != outcome:
            yield f"report.json: {claim} says {outcomes.get(claim)}, the claim says {outcome}"
    yield from (f"report.json: {c} is called established against its problems" for c in bad)
    for path, entry in listed.items():
        if path not in files or sha256(files[path]) != entry["sha256"]:
            yield f"report.json: {path} is not the file that it speaks of"
        if set(entry["answers"].values()) != {entry["expected"]} or len(entry["answers"]) != 2:
            yield f"report.json: {path} lacks an answer of both solvers"
    if ledger != ("ledger.jsonl" in files):
        yield "report.json: it is wrong about whether there is a ledger"
    digest = f'"digest": "{policy.get("digest")}"'
    if policy.get("certified") and digest not in files.get("policy.json", ""):
        yield "report.json: its policy is not the one of policy.json"


# -- obligations -----------------------------------------------------------------------------------


@functools.cache
def ask_z3(text: str) -> str:
    """`sat`, `unsat` or `unknown`."""
    import z3

    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", LIMIT_MS)
    try:
        solver.from_string(text)
    except z3.Z3Exception as error:
        return f"error: {error}"
    return str(solver.check())


@functools.cache
def ask_cvc5(text: str) -> str:
    """`sat`, `unsat` or `unknown`."""
    import cvc5

    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("tlimit-per", str(LIMIT_MS))
    symbols = cvc5.SymbolManager(manager)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "obligation")
    answer = "no answer"
    try:
        while not (command := parser.nextCommand()).isNull():
            output = str(command.invoke(solver, symbols)).strip()
            if command.getCommandName() == "check-sat":
                answer = output
    except RuntimeError as error:
        return f"error: {error}"
    return answer


SOLVERS: dict[str, Callable[[str], str]] = {"z3": ask_z3, "cvc5": ask_cvc5}


def header(text: str) -> dict[str, str]:
    """The comments at the head of a file, by key."""
    pairs = (line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("; "))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def check_obligations(files: Folder) -> Iterator[str]:
    """Both solvers give the expected answer, and a lemma is not true for a silly reason."""
    for path, text in files.items():
        if path.startswith("obligations/"):
            expected = header(text).get("expected", "unsat")
            for name, ask in SOLVERS.items():
                answer = ask(text)
                if answer != expected:
                    yield f"{path}: {name} says {answer}, not {expected}"
            if expected == "unsat":
                yield from check_meaning(path, text)


def check_meaning(path: str, text: str) -> Iterator[str]:
    """The assumptions can hold together, and the goal needs them."""
    lines = text.splitlines()
    places = [i for i, line in enumerate(lines) if line.startswith("(assert ")]
    if not places:
        yield f"{path}: it asserts nothing"
        return
    without_goal = "\n".join(line for i, line in enumerate(lines) if i != places[-1])
    if satisfiable(without_goal) != "sat":
        yield f"{path}: its assumptions contradict each other"
    only_goal = "\n".join(line for i, line in enumerate(lines) if i not in places[:-1])
    if len(places) > 1 and satisfiable(only_goal) != "sat":
        yield f"{path}: its goal is true without the assumptions"


def satisfiable(text: str) -> str:
    """Z3's word, or cvc5's where Z3 has none."""
    answer = ask_z3(text)
    return answer if answer in ("sat", "unsat") else ask_cvc5(text)


def check_stored_proofs(files: Folder) -> Iterator[str]:
    """Every stored proof of code: its hash, its query's hash, and its provers' word again."""
    folders = {path.rsplit("/", 1)[0] for path in files if path.startswith("proofs/")}
    for folder in sorted(folders):
        sums = dict(
            line.split("  ", 1)[::-1]
            for line in files.get(f"{folder}/SHA256SUMS", "").splitlines()
            if "  " in line
        )
        here = {p.rsplit("/", 1)[1] for p in files if p.startswith(f"{folder}/")} - {"SHA256SUMS"}
        for name in sorted(here | set(sums)):
            yield from check_stored_proof(f"{folder}/{name}", files, sums.get(name))


def check_stored_proof(path: str, files: Folder, wanted: str | None) -> Iterator[str]:
    """One of them."""
    if path not in files:
        yield f"{path}: listed in SHA256SUMS and gone"
        return
    text = files[path]
    if sha256(text) != wanted:
        yield f"{path}: not the file of SHA256SUMS"
    told = header(text)
    query = "".join(line for line in text.splitlines(True) if not line.startswith("; "))
    if told.get("query-sha256") != sha256(query):
        yield f"{path}: its query is not the one that was proved"
    answers = {name: ask(text) for name, ask in SOLVERS.items()}
    for name, answer in answers.items():
        if answer == "sat" or (answer != "unsat" and name in told.get("proved-by", "").split()):
            yield f"{path}: {name} says {answer}"


# -- the policy ------------------------------------------------------------------------------------


def check_policy(files: Folder) -> Iterator[str]:
    """The policy is optimal for its process, in rationals, by gaps between actions' values.

    With r = max |V - T_pi V|, V is within e = r / (1 - gamma) of V_pi, and a policy whose actions
    win everywhere by 2 gamma e under V is optimal (Puterman 1994, 6.2-6.4).
    """
    yield from policy_problems(files.get("policy.json", ""))


@functools.cache
def policy_problems(text: str) -> tuple[str, ...]:
    """What is wrong with the text of a record of a policy."""
    try:
        return tuple(certificate_problems(json.loads(text)))
    except (KeyError, ValueError, TypeError, ZeroDivisionError) as error:
        return (f"policy.json: broken: {type(error).__name__}: {error}",)


def certificate_problems(raw: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a record of a policy."""
    states, gamma = raw["states"], Fraction(raw["discount"])
    if not 0 < gamma < 1:
        yield f"policy.json: the discount {gamma} is not in (0, 1)"
        return
    if raw["digest"] != process_digest(raw):
        yield "policy.json: the digest is not the process's"
    values = {name: Fraction(state["value"]) for name, state in states.items()}
    residual, gaps = Fraction(0), list[tuple[Fraction, str]]()
    for name, state in states.items():
        worths = dict[str, Fraction]()
        for action, choice in state["choices"].items():
            chances = [(target, Fraction(p)) for target, p in choice["successors"]]
            if sum(p for _, p in chances) != 1 or any(p <= 0 for _, p in chances):
                yield f"policy.json: probabilities of `{name}` / `{action}` are none"
            future = sum((p * values[target] for target, p in chances), Fraction(0))
            worths[action] = Fraction(choice["reward"]) + gamma * future
        if not worths:
            residual = max(residual, abs(values[name]))
            continue
        if state["chosen"] not in worths:
            yield f"policy.json: `{name}` chooses {state['chosen']}, which is not enabled"
            return
        ours = worths.pop(state["chosen"])
        residual = max(residual, abs(values[name] - ours))
        gaps += [(ours - worth, name) for worth in worths.values()]
    error = residual / (1 - gamma)
    least, where = min(gaps, default=(2 * gamma * error, ""))
    if least < 2 * gamma * error:
        yield f"policy.json: not shown optimal in `{where}`: gap {float(least):.3g}"
    if error > Fraction(raw["error"]):
        yield f"policy.json: the error of its values is {float(error):.3g}, more than it says"
    if raw["gap"] is not None and abs(Fraction(raw["gap"]) - least) > Fraction(1, 10**6):
        yield "policy.json: the least gap is another than it says"


def check_runs(files: Folder) -> Iterator[str]:
    """Every step of a recorded run is a step that the process can take."""
    try:
        states = json.loads(files["policy.json"])["states"]
        runs = json.loads(files["runs.json"])
        for run, steps in runs.items():
            for before, action, after in steps:
                choice = states.get(before, {"choices": {}})["choices"].get(action)
                if choice is None or after not in [t for t, _ in choice["successors"]]:
                    yield f"runs.json: {run} goes from `{before}` by {action} to `{after}`"
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        yield f"runs.json: broken: {type(error).__name__}: {error}"


def process_digest(raw: dict[str, Any]) -> str:
    """The SHA-256 of everything that a policy depends on."""
    states, discount = raw["states"], str(Fraction(raw["discount"]))
    lines: list[Any] = [[list(states), raw["actions"], discount]]
    for name, state in states.items():
        for action, choice in state["choices"].items():
            successors = [[t, str(Fraction(p))] for t, p in choice["successors"]]
            lines.append([name, action, str(Fraction(choice["reward"])), successors])
    return sha256(json.dumps(lines))


# -- the ledger ------------------------------------------------------------------------------------


def check_ledger(files: Folder) -> Iterator[str]:
    """The chain of hashes, the head, the qualities, the bound on admissions, and the levels."""
    if "ledger.jsonl" not in files:
        yield from ["ledger.head: a head without a ledger"] * ("ledger.head" in files)
        return
    sums = {sha256(text) for text in files.values()}
    previous, entries = "0" * 64, list[dict[str, Any]]()
    *lines, rest = files["ledger.jsonl"].split("\n")
    for number, line in enumerate(lines):
        try:
            raw = json.loads(line)
            kept = {key: value for key, value in raw.items() if key != "hash"}
            text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
            if raw["hash"] != sha256(text) or json.dumps(raw) != line:
                yield f"ledger.jsonl: entry {number} was changed"
            if raw["previous"] != previous or raw["number"] != number:
                yield f"ledger.jsonl: entry {number} does not follow the one before it"
            previous, _, _ = raw["hash"], raw["kind"], raw["proof"]
            raw |= {k: Fraction(raw[k]) for k in ("quality", "delta", "level", "alpha")}
            entries.append(raw)
        except (KeyError, ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
            yield f"ledger.jsonl: entry {number} can't be read: {error}"
            return
    if rest or files.get("ledger.head", "") != f"{len(entries)} {previous}\n":
        yield "ledger.head: the ledger ends otherwise"
    yield from check_life(entries, sums)


def check_life(entries: list[dict[str, Any]], sums: set[str]) -> Iterator[str]:
    """Every step keeps the rules of the gate."""
    if not entries or entries[0]["kind"] != "start":
        yield "ledger.jsonl: it does not begin with a start"
        return
    delta, alpha, full = entries[0]["delta"], entries[0]["alpha"], "proposal" in entries[0]
    if delta <= 0 or any((e["delta"], e["alpha"]) != (delta, alpha) for e in entries):
        yield "ledger.jsonl: delta or alpha changed, or delta is not positive"
        return
    admitted, floor, tripped, committed = 0, entries[0]["quality"], False, None
    for number, entry in enumerate(entries[1:], 1):
        before, after, kind = entries[number - 1]["quality"], entry["quality"], entry["kind"]
        if not 0 <= after <= 1:
            yield f"ledger.jsonl: entry {number} has the quality {after}"
        if kind not in ("admitted", "rolled back") and after != before:
            yield f"ledger.jsonl: entry {number} was {kind}, and the quality moved"
        if kind == "rolled back":
            admitted, floor = 0, after
        elif kind in ("rejected", "committed", "tripped", "reset"):
            tripped = kind == "tripped" or (tripped and kind != "reset")
        elif kind in ("admitted", "proposer admitted"):
            admitted += kind == "admitted"
            if kind == "admitted" and after < before + delta:
                yield f"ledger.jsonl: entry {number} was admitted below delta"
            if (kind == "admitted") == (entry.get("skill") in ("proposal_weight", "step_size")):
                yield f"ledger.jsonl: entry {number} changes something else than it says"
            if entry["proof"] not in sums:
                yield f"ledger.jsonl: the proof of entry {number} is not there"
            if admitted * delta > 1 - floor:
                yield f"ledger.jsonl: entry {number} is one admission too many"
            if tripped or (full and entry.get("proposal") != committed):
                yield f"ledger.jsonl: entry {number} was admitted uncommitted or after a trip"
        else:
            yield f"ledger.jsonl: entry {number} is of no known kind"
        committed = entry.get("proposal") if kind == "committed" else None
    if any(e["level"] < 0 for e in entries) or sum(e["level"] for e in entries) > alpha:
        yield "ledger.jsonl: the levels spend more than alpha"


def check_folder(files: Folder, pins: dict[str, Any]) -> Iterator[str]:
    """Everything, in the order of the parts above."""
    yield from check_manifest(files)
    yield from (*check_pins(files, pins), *check_record(files, pins))
    for check in (check_obligations, check_stored_proofs, check_policy, check_runs, check_ledger):
        yield from check(files)


def main(arguments: list[str]) -> int:
    """Check a folder and print what does not hold."""
    pins_path = Path(__file__).resolve().with_name("pins.json")
    if "--pins" in arguments:
        at = arguments.index("--pins")
        pins_path = Path("".join(arguments[at + 1 : at + 2]))
        del arguments[at : at + 2]
    if len(arguments) != 1 or not Path(arguments[0]).is_dir() or not pins_path.is_file():
        print("usage: independent_check.py FOLDER [--pins pins.json]", file=sys.stderr)
        return 2
    files = read_folder(Path(arguments[0]))
    problems = list(check_folder(files, json.loads(pins_path.read_text(encoding="utf-8"))))
    for problem in problems:
        print(f"FAILS  {problem}")
    obligations = sum(path.startswith("obligations/") for path in files)
    proofs = sum(path.startswith("proofs/") and path.endswith(".smt2") for path in files)
    ledger = "a ledger" if "ledger.jsonl" in files else "no ledger (nothing of it was checked)"
    print(f"{obligations} obligations, {proofs} proofs of code, a policy, {ledger}")
    print("everything that was looked at holds" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
