"""The policy in use in words: where it comes from, what it chooses, why, and a run's path."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from verify_agent.agent.policy import counts_in_use, in_use, model_of, policy_of_class
from verify_agent.agent.policy_estimates import Estimates, keys
from verify_agent.agent.policy_file import class_name
from verify_agent.agent.policy_model import CLASSES, RunClass, all_states, start_of
from verify_agent.mdp.check import check_automaton, forecasts
from verify_agent.mdp.explain import why
from verify_agent.verifier.errors import BadInput


def overview(folder: Path) -> str:
    """Size and age of what the policy was learned from, and each class's start."""
    solutions, origin = in_use(folder)
    states = sum(len(all_states((c,))) - 2 for c in CLASSES) + 2
    if origin.observations:
        learned = f"{origin.observations} observations in {origin.runs} runs, the last on "
        learned += origin.updated
    else:
        learned = "no runs yet: it rests on the prior alone"
    lines = [f"model: {states} states in {len(CLASSES)} classes", f"learned from {learned}", ""]
    width = max(len(class_name(c)) for c in CLASSES)
    lines.append(f"{'class':<{width}}  worth at the start")
    for run_class in CLASSES:
        if run_class in solutions:
            value = solutions[run_class].values[start_of(run_class).name]
            lines.append(f"{class_name(run_class):<{width}}  {value:>8.2f}")
    return "\n".join(lines) + "\n"


def choices(run_class: RunClass, folder: Path) -> str:
    """Each state that a run of the class may meet: its standing, its worth, what is chosen."""
    solution = policy_of_class(run_class, folder).solution
    model = model_of((run_class,), folder)
    start = start_of(run_class).name
    met = check_automaton(model, solution.policy, [start], lambda s, a: True).reachable
    ends = forecasts(model, solution.policy, [start])[0]
    shares = ", ".join(f"{end} {float(p):.4f}" for end, p in ends.endings.items())
    lines = [
        f"{class_name(run_class)}: {shares}; expected {float(ends.cost):.2f} s in "
        f"{float(ends.steps):.2f} steps",
        "",
    ]
    shown = [s for s in all_states((run_class,)) if s.name in met and s.name in solution.policy]
    width = max(len(s.name) for s in shown)
    for state in shown:
        worth = f"{solution.values[state.name]:>8.2f}"
        lines.append(
            f"{state.name:<{width}}  {worth}  {solution.policy[state.name]}  [{state.known.value}]"
        )
    return "\n".join(lines)


def estimates(run_class: RunClass, folder: Path) -> str:
    """Every estimate of a class with its 95 % intervals and how much was observed."""
    known = Estimates(counts_in_use(folder).tallies)
    lines = ["", "estimates (mean and 95 % interval; observed beside the prior)"]
    for key in keys(*run_class):
        one = known[key]
        low, high = one.seconds_interval()
        lines.append(
            f"{key}: {float(one.mean_seconds):.2f} s [{low:.2f}, {high:.2f}], "
            f"observed {one.counted} times"
        )
        for outcome, mean in one.mean.items():
            low, high = one.interval(outcome)
            lines.append(f"    {outcome:<8} {float(mean):.3f} [{low:.3f}, {high:.3f}]")
    return "\n".join(lines)


def sensitive(run_class: RunClass, folder: Path) -> str:
    """The estimates that would change a choice, if moved within their intervals."""
    from verify_agent.agent.policy_sensitivity import sensitivity

    known = Estimates(counts_in_use(folder).tallies)
    solution = policy_of_class(run_class, folder).solution
    found = sensitivity(run_class, known, solution)
    if not found:
        return "\nno estimate, moved within its 95 % interval, changes a choice"
    lines = ["", "estimates that decide (moved alone within their 95 % intervals)"]
    for one in found:
        lines += [
            f"{one.key}, {one.what}: {one.now:.3f} -> {one.then:.3f}",
            f"    in {one.state}:",
            f"    {one.instead} instead of {one.chosen}, better by {one.gain:.3f} s",
        ]
    return "\n".join(lines)


def graph(run_class: RunClass, folder: Path) -> str:
    """The automaton of a class as SVG."""
    from verify_agent.mdp.picture import picture

    solution = policy_of_class(run_class, folder).solution
    return picture(model_of((run_class,), folder), solution.policy, [start_of(run_class).name])


def why_in(text: str, run_class: RunClass, folder: Path) -> str:
    """What each action is worth in the state of that name, or in those of whose names it is part.

    Raises `BadInput` where there is none, or where it is part of too many.
    """
    for one in CLASSES:
        if text in {s.name for s in all_states((one,))}:
            return why(policy_of_class(one, folder).solution, text)
    words = [w.strip() for w in text.split("|")]
    names = [s.name for s in all_states((run_class,))]
    found = [n for n in names if words != [""] and set(words) <= set(n.split(" | "))]
    if not found or len(found) > 12:
        raise BadInput(
            f"`{text}` is the name of {len(found) or 'no'} state{'s' * (len(found) != 1)}",
            expected="a state's name, or words of it that few states have",
            where="why",
            advice="`verify-agent policy show` names the states of a class",
        )
    solution = policy_of_class(run_class, folder).solution
    return "\n\n".join(why(solution, name) for name in found)


def path(run: str | None, folder: Path) -> str:
    """The states and actions of a finished run, with what the policy expected at each step."""
    from verify_agent.agent.run_store import FILE, trajectory

    file = folder / FILE
    if not file.exists():
        raise BadInput("no runs are kept here", expected=f"a file {FILE}", where=str(folder))
    query = "select id, task, ending, seconds from runs order by started desc, rowid desc"
    with closing(sqlite3.connect(file)) as connection:
        rows = {row[0]: row for row in connection.execute(query)}
    chosen = run or next(iter(rows), "")
    if chosen not in rows:
        known = ", ".join(list(rows)[:5]) or "none"
        raise BadInput(f"`{chosen}` is no run", expected=f"one of {known}", where="path")
    _, task, ending, seconds = rows[chosen]
    lines = [f"run {chosen}: {task}: {ending or 'not ended'}, {seconds or 0.0:.1f} s", ""]
    for number, kind, state, action, record in trajectory(folder, chosen):
        if kind == "decided":
            expected = f"expected worth {dict(record)[action]:.2f}" if record else "no other choice"
            lines += [f"{number}. {state}", f"   {action}: {expected}"]
            lines += [f"     {worth:>8.2f}  {other}" for other, worth in record[1:4]]
        else:
            after = record.get("after", "")
            lines.append(f"   -> {record['outcome']} in {record['seconds']:.2f} s: {after}")
    return "\n".join(lines)
