"""`verify-agent explain ID`: one obligation, what was tried, what it rests on, how to go on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.verifier.evidence import FunctionReport, Obligation
    from verify_agent.verifier.subject import Subject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    from verify_agent.agent.cli.check_options import add_options

    parser.add_argument(
        "obligation",
        metavar="ID",
        help="`module:function/kind/digest` as reports and waivers name it, or its beginning",
    )
    parser.add_argument(
        "targets", nargs="*", metavar="PATH|MODULE", help="where to look (default: the settings')"
    )
    add_options(parser)


def run(args: argparse.Namespace) -> int:
    """Check the function (or recall what is known of it) and tell all about the obligation."""
    from dataclasses import replace

    from verify_agent.agent.cli.check_plan import plan_of, planned
    from verify_agent.agent.cli.check_session import Session
    from verify_agent.agent.cli.gate import ENOUGH
    from verify_agent.verifier.errors import BadInput

    name, _, inside = args.obligation.partition(":")
    qualname = inside.partition("/")[0]
    args.targets = args.targets or [name]
    plan = plan_of(args)
    modules = tuple(
        replace(m, contracted=frozenset({qualname}))
        for m in plan.selection.modules
        if m.name == name and any(f.qualname == qualname for f in m.functions)
    )
    if not modules:
        raise BadInput(
            f"there is no function `{name}:{qualname}` in {', '.join(args.targets)}",
            expected="an id such as `module:function/ensure/0123456789ab`",
        )
    plan = planned(replace(plan.selection, modules=modules), plan.settings, args)
    session = Session.of(args, plan.settings, tuple(args.targets), None)
    report, _ = session.check(plan)
    (function,) = report.functions
    (subject,) = modules[0].subjects
    chosen = [o for o in function.obligations if f"{name}:{o.id}".startswith(args.obligation)]
    if not chosen:
        known = ", ".join(f"`{name}:{o.id}`" for o in function.obligations)
        raise BadInput(f"there is no obligation `{args.obligation}`", expected=f"one of {known}")
    print("\n\n".join("\n".join(_told(name, function, o, subject)) for o in chosen))
    return ENOUGH


def _told(
    module: str, function: FunctionReport, obligation: Obligation, subject: Subject
) -> list[str]:
    from verify_agent.verifier.report.words import calls, plain

    line = obligation.span.line if obligation.span else function.line
    lines = [
        f"{module}:{obligation.id}",
        f"  where:    {function.path}:{line}",
        f"  verdict:  {obligation.verdict.value}",
    ]
    if obligation.reason:
        lines.append(f"  because:  {plain(obligation.reason)}")
    lines += [
        "  what is to show, in Python:",
        *(f"    {text}" for text in _formula(obligation, subject)),
    ]
    found = obligation.counterexample
    if found is not None:
        lines += ["  counterexample:", *(f"    >>> {call}" for call in calls(found))]
        lines += [f"    came:     {plain(found.outcome)}", f"    expected: {plain(found.expected)}"]
    lines.append("  what was tried:")
    for a in obligation.attempts:
        reason = f" ({plain(a.reason)})" if a.reason else ""
        known = ", from the cache" if a.cache else ""
        lines.append(
            f"    {a.engine} {a.version}: {a.outcome.value}{reason}, {a.seconds:.2f} s{known}"
        )
        lines += [f"      {row}" for detail in a.details for row in detail.splitlines()]
        if a.vc_sha256:
            lines.append(f"      formulas sha256 {a.vc_sha256}")
    lines += ["  rests on:", *(f"    - {a}" for a in obligation.assumptions or ("nothing yet",))]
    return [*lines, "  how to go on:", *(f"    - {a}" for a in _advice(obligation, subject))]


def _formula(obligation: Obligation, subject: Subject) -> list[str]:
    """The statement as one reads it in Python: for all arguments, if the preconditions, then."""
    signature = subject.signature
    given = ", ".join(f"{p.name}: {p.annotation or 'object'}" for p in signature.parameters)
    lines = [f"for all {given}" if given else "without arguments"]
    lines += [f"if {c.display}" for c in subject.contract.requires]
    called = f"{subject.qualname}({', '.join(signature.names)})"
    lines += [f"with OLD.{s.name} = {s.text} on entry" for s in subject.contract.snapshots]
    if obligation.kind == "ensure":
        earlier = [c.display for c in subject.contract.ensures]
        before = earlier[: earlier.index(obligation.text)] if obligation.text in earlier else []
        lines.append(f"then result = {called}")
        lines += [f"and {text}, which stands before" for text in before]
        return [*lines, f"gives: {obligation.text}"]
    return [*lines, f"then {called} keeps to: {obligation.kind}: {obligation.text}"]


def _advice(obligation: Obligation, subject: Subject) -> list[str]:
    from verify_agent.verifier.evidence import Verdict

    reasons = " ".join(a.reason for a in obligation.attempts)
    match obligation.verdict:
        case Verdict.PROVED | Verdict.CONFIRMED:
            return ["it holds; `--proofs DIR` writes the formulas for any solver"]
        case Verdict.REFUTED:
            return [
                "run the call above; then mend the code, or say what may be passed in a `require`"
            ]
        case Verdict.VACUOUS:
            return ["no input meets the preconditions: weaken them"]
        case Verdict.ERROR:
            return ["a tool broke: report it with this text"]
        case _:
            return _advice_on_open(reasons, subject)


def _advice_on_open(reasons: str, subject: Subject) -> list[str]:
    advice = []
    if "unsupported" in reasons:
        advice.append(
            "a construct above has no model: move it into a function of its own, under contract"
        )
    if "timeout" in reasons or "incomplete" in reasons:
        advice.append("give it more time with `--timeout`")
    if "model" in reasons or "loop" in reasons:
        advice.append("write what the loop keeps as an `assert` at the beginning of its body")
    if any(not p.annotation for p in subject.signature.parameters if p.name != "self"):
        advice.append("annotate every parameter: without types nothing can be shown")
    return advice or ["look at what each engine says above", "or take it on with a waiver"]
