"""The classes, constants, helpers and bodies of random modules, and texts that make instances."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

#: What the attributes of the classes are, beside those that a module adds.
SPOT = {"x": "int", "colour": "Colour"}
BOX = {"n": "int", "open": "bool"}
CRATE = {"box": "Box", "k": "int"}
EXTRA = {
    "sizes": "tuple[int, ...]",
    "mark": "str",
    "other": "Colour | None",
    "live": "bool",
    "kind": "Kind",
}


@dataclass
class Instances:
    """Writes expressions by type over the classes of one module."""

    rng: random.Random
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    defaults: dict[str, dict[str, str]] = field(default_factory=dict)
    properties: dict[str, dict[str, str]] = field(default_factory=dict)
    methods: dict[str, dict[str, str]] = field(default_factory=dict)
    helpers: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def pick(self, *texts: str) -> str:
        """One of the texts."""
        return self.rng.choice(texts)

    def maybe(self, share: float) -> bool:
        """True with that probability."""
        return self.rng.random() < share

    # -- what a module holds ---------------------------------------------------------------------

    def constants(self) -> str:
        """Module constants; the ones with a dubious name are shadowed now and then."""
        self.fixed = {"LIMIT": "int", "STEPS": "tuple[int, ...]"}
        lines = [f"LIMIT = {self.pick('3', '-1', '0', 'True')}", "STEPS = (1, LIMIT, -2)"]
        if self.maybe(0.3):
            lines.append("SEEN: list[int] = []")
            self.fixed["SEEN"] = "list[int]"
        return "\n".join(lines)

    def classes(self) -> str:
        """Enumerations, a frozen dataclass, an ordinary one, and at times one that derives."""
        members = ["RED", "GREEN", "BLUE"][: self.rng.randint(2, 3)]
        values = self.pick("'r' 'g' 'b'", "1 2 3", "0 1 2").split()
        lines = ["class Colour(enum.Enum):"]
        lines += [f"    {m} = {v}" for m, v in zip(members, values, strict=False)]
        lines += ["", "class Kind(enum.Enum):", "    ODD = 1", "    EVEN = 2", ""]
        self.names["Colour"] = " ".join(members)
        self.fields = {"Spot": dict(SPOT), "Box": dict(BOX)}
        self.defaults = {"Spot": {}, "Box": {}}
        self.properties = {"Spot": {}, "Box": {}}
        self.methods = {"Spot": {}, "Box": {}}
        for klass, head in (("Spot", "@dataclass(frozen=True)"), ("Box", "@dataclass")):
            for name in self.rng.sample(sorted(EXTRA), self.rng.randint(0, 2)):
                self.fields[klass][name] = EXTRA[name]
            if klass == "Box" and self.maybe(0.4):
                self.fields[klass]["spot"] = "Spot"
            lines += [head, f"class {klass}:", *self._fields(klass), *self._members(klass), ""]
        self.fields["Crate"] = dict(CRATE)
        for known in (self.defaults, self.properties, self.methods):
            known["Crate"] = {}
        lines += ["@dataclass", "class Crate:", *(f"    {n}: {k}" for n, k in CRATE.items()), ""]
        if self.maybe(0.2):
            lines += ["@dataclass(frozen=True)", "class Sub(Spot):", "    more: int = 1", ""]
        return "\n".join(lines)

    def _fields(self, klass: str) -> list[str]:
        lines, late = [], False
        for name, kind in self.fields[klass].items():
            late = late or self.maybe(0.3)
            default = f" = {self.constant(kind)}" if late else ""
            if late:
                self.defaults[klass][name] = default
            lines.append(f"    {name}: {kind}{default}")
        return lines

    def _members(self, klass: str) -> list[str]:
        lines: list[str] = []
        for n in range(self.rng.randint(0, 2)):
            kind, name = self.pick("int", "bool", "Colour"), f"{klass.lower()}{n}"
            lines += ["    @property", f"    def {name}(self) -> {kind}:"]
            if self.maybe(0.25):
                lines += [f"        if {self.of('bool', {'self': klass}, 1)}:"]
                lines += [f"            {self.pick('raise ValueError', 'return 1 // 0')}"]
            lines.append(f"        return {self.of(kind, {'self': klass}, 2)}")
            self.properties[klass][name] = kind
        if self.maybe(0.5):
            given = {"self": klass, "k": "int"}
            lines.append("    def moved(self, k: int = 1) -> int:")
            if klass == "Box":
                lines.append(
                    f"        self.n {self.pick('+=', '-=', '=')} {self.of('int', given, 1)}"
                )
            lines.append(f"        return {self.of('int', given, 2)}")
            self.methods[klass]["moved"] = "int"
        if self.maybe(0.08):
            lines += ["    def __eq__(self, other: object) -> bool:", "        return True"]
            lines += ["    def __hash__(self) -> int:", "        return 1"] * (klass == "Spot")
        return lines

    def helper(self, n: int) -> str:
        """A function that others call: plain, under contract, without a model, or impure."""
        given = {"s": self.pick("Spot", "Spot", "Colour", "Spot | None"), "k": "int"}
        name, returns = f"g{n}", self.pick("int", "int", "bool", "Colour")
        before = dict(self.helpers)
        way = self.rng.random()
        if way < 0.4:
            text = self.body(name, given, returns)
        elif way < 0.6:
            inner = self.of("int", given, 2)
            returns = "int"
            text = "@require(lambda k: k >= -3)\n@ensure(lambda result: result >= 0)\n"
            text += f"def {name}(s: {given['s']}, k: int) -> int:\n    return max(0, {inner})"
        elif way < 0.9 or "SEEN" not in self.fixed:
            returns = "int"
            source = self.of("tuple[int, ...]", given, 1)
            test = self.of("bool", {**given, "v": "int"}, 1)
            text = f"def {name}(s: {given['s']}, k: int) -> int:\n"
            text += f"    return next((v for v in {source} if {test}), k)"
        else:
            returns = "int"
            text = f"def {name}(s: {given['s']}, k: int) -> int:\n"
            text += "    SEEN.append(k)\n    return len(SEEN)"
        self.helpers = {**before, name: (list(given.values()), returns)}
        return text

    def body(self, name: str, given: dict[str, str], returns: str) -> str:
        """A function of statements."""
        scope = dict(given)
        lines = []
        for _ in range(self.rng.randint(0, 3)):
            lines += self.statement(scope, "    ", 1, returns)
        lines.append(f"    return {self.of(returns, scope, 2)}")
        typed = ", ".join(f"{n}: {t}" for n, t in given.items())
        return f"def {name}({typed}) -> {returns}:\n" + "\n".join(lines)

    def statement(self, scope: dict[str, str], pad: str, budget: int, returns: str) -> list[str]:
        """One statement, which may bind a name."""
        boxes = [n for n, kind in scope.items() if kind == "Box"]
        crates = [n for n, kind in scope.items() if kind == "Crate"]
        boxes += [f"{n}.box" for n in crates]
        roll = self.rng.random()
        if roll < 0.08 and crates:
            return [f"{pad}{self.rng.choice(crates)}.box = {self.of('Box', scope, 1)}"]
        if roll < 0.25 and boxes:
            box = self.rng.choice(boxes)
            change = f"{box}.n {self.pick('=', '+=')} {self.of('int', scope, 1)}"
            if "spot" in self.fields["Box"] and self.maybe(0.4):
                change = f"{box}.spot = {self.of('Spot', scope, 1)}"
            if self.methods["Box"] and self.maybe(0.4):
                change = f"{box}.moved({self.of('int', scope, 1)})"
            return [pad + change]
        if roll < 0.45 and budget:
            inner = self.statement(dict(scope), pad + "    ", budget - 1, returns)
            other = [f"{pad}else:", f"{pad}    return {self.of(returns, scope, 1)}"]
            return [
                f"{pad}if {self.of('bool', scope, 2)}:",
                *inner,
                *(other if self.maybe(0.5) else []),
            ]
        if roll < 0.55 and budget:
            total = "LIMIT" if self.maybe(0.1) else "t"
            source = self.of("tuple[int, ...]", scope, 1)
            scope[total] = "int"
            inner = {**scope, "v": "int"}
            return [
                f"{pad}{total} = 0",
                f"{pad}for v in {source}:",
                f"{pad}    {total} += {self.of('int', inner, 1)}",
            ]
        if roll < 0.62:
            return [f"{pad}if {self.of('bool', scope, 1)}:", f"{pad}    raise ValueError"]
        many = [(n, kind[5:-1]) for n, kind in scope.items() if kind in ("list[Spot]", "list[Box]")]
        if roll < 0.8 and many:
            return self._over_several(scope, pad, *self.rng.choice(many))
        kind = self.pick("int", "Spot", "Colour", "bool", "Box", "tuple[int, ...]")
        value = self.of(kind, scope, 2)
        name = self.rng.choice([n for n, k in scope.items() if k == kind] or ["u"])
        if name == "u" or self.maybe(0.5):
            name = f"u{len(scope)}"
        scope[name] = kind
        return [f"{pad}{name} = {value}"]

    def _over_several(self, scope: dict[str, str], pad: str, many: str, klass: str) -> list[str]:
        """Look at each of several, or change which ones they are."""
        spot = self.of(klass, scope, 1)
        if self.maybe(0.4):
            change = self.pick(f"{many}.append({spot})", f"{many}[0] = {spot}", f"{many}.pop()")
            return [pad + change]
        scope["w"] = "int"
        inner = {**scope, "s": klass}
        return [
            f"{pad}w = 0",
            f"{pad}for s in {many}:",
            f"{pad}    w += {self.of('int', inner, 1)}",
        ]

    # -- expressions -----------------------------------------------------------------------------

    def condition(self, scope: dict[str, str]) -> str:
        """A truth about the names."""
        return self.of("bool", scope, 2)

    def of(self, kind: str, scope: dict[str, str], depth: int) -> str:
        """An expression of that type."""
        known = list(self._known(kind, scope))
        if known and (depth <= 0 or self.maybe(0.45)):
            return self.rng.choice(known)
        makers: dict[str, Callable[[dict[str, str], int], str]] = {
            "int": self._int, "bool": self._bool, "Colour": self._colour, "Spot": self._spot,
            "tuple[int, ...]": self._tuple,
        }  # fmt: skip
        if depth > 0 and kind in makers and self.maybe(0.8):
            return makers[kind](scope, depth - 1)
        return known[0] if known and depth > 0 else self.made(self.rng, kind)

    def _known(self, kind: str, scope: dict[str, str]) -> list[str]:
        found = [n for n, k in scope.items() if k == kind]
        found += [n for n, k in self.fixed.items() if k == kind]
        for name, klass in scope.items():
            if klass in self.fields:
                found += [f"{name}.{f}" for f, k in self.fields[klass].items() if k == kind]
                found += [f"{name}.{f}" for f, k in self.properties[klass].items() if k == kind]
            if klass == "Crate":
                found += [f"{name}.box.{f}" for f, k in self.fields["Box"].items() if k == kind]
        return found

    def _int(self, scope: dict[str, str], depth: int) -> str:
        a, b = self.of("int", scope, depth), self.of("int", scope, depth)
        items, test = self.of("tuple[int, ...]", scope, depth), self.of("bool", scope, depth)
        forms = [f"({a} + {b})", f"({a} - {b})", f"max({a}, {b})", f"({a} % 2)", f"-{a}"]
        forms += [f"({a} if {test} else {b})", f"{a} // {b}", f"len({items})", "0", "1", "-2"]
        for name, klass in scope.items():
            if self.methods.get(klass):
                forms.append(f"{name}.moved({self.pick(a, '')})")
            if klass == "list[Box]":
                forms += [f"sum(s.n for s in {name})", f"len({name})", f"{name}[{a}].n"]
            if klass == "list[Spot]":
                forms += [f"sum(s.x for s in {name})", f"len({name})", f"{name}[{a}].x"]
        return self.rng.choice([*forms, *self._calls("int", scope, depth)])

    def _calls(self, kind: str, scope: dict[str, str], depth: int) -> list[str]:
        return [
            f"{name}({', '.join(self.of(t, scope, depth) for t in given)})"
            for name, (given, returns) in self.helpers.items()
            if returns == kind
        ]

    def _bool(self, scope: dict[str, str], depth: int) -> str:
        a, b = self.of("int", scope, depth), self.of("int", scope, depth)
        c, d = self.of("Colour", scope, depth), self.of("Colour", scope, depth)
        one, other = self.of("bool", scope, depth), self.of("bool", scope, depth)
        forms = [f"{a} {op} {b}" for op in ("<", "<=", "==", "!=")]
        forms += [f"{c} {op} {d}" for op in ("is", "==", "is not", "!=")]
        forms += [f"{a} in {self.of('tuple[int, ...]', scope, depth)}", f"{c} in (Colour.RED, {d})"]
        forms += [f"not ({one})", f"({one} and {other})", f"({one} or {other})"]
        places = [n for n, kind in scope.items() if kind == "Box"]
        places += [f"{n}.box" for n, kind in scope.items() if kind == "Crate"]
        if len(places) > 1:
            forms.append(f"{self.pick(*places)} {self.pick('is', '==')} {self.pick(*places)}")
        for name, kind in scope.items():
            if kind.endswith("| None"):
                forms.append(f"{name} {self.pick('is None', 'is not None')}")
            if kind == "Spot | None":
                forms.append(f"({name} is not None and {name}.x > {a})")
            if kind == "Spot":
                forms.append(f"{name} == {self.of('Spot', scope, depth)}")
            if kind == "list[Box]":
                forms.append(f"{self.of('Box', scope, depth)} in {name}")
                forms.append(f"{self.pick('any', 'all')}(s.n > {a} for s in {name})")
            if kind == "list[Spot]":
                forms.append(f"{self.of('Spot', scope, depth)} in {name}")
                forms.append(f"{self.pick('any', 'all')}(s.x > {a} for s in {name})")
        return self.rng.choice([*forms, *self._calls("bool", scope, depth)])

    def _colour(self, scope: dict[str, str], depth: int) -> str:
        one, other = self.of("Colour", scope, depth), self.made(self.rng, "Colour")
        forms = [f"({one} if {self.of('bool', scope, depth)} else {other})"]
        forms += [f"({n} or Colour.RED)" for n, k in scope.items() if k == "Colour | None"]
        return self.rng.choice([*forms, *self._calls("Colour", scope, depth)])

    def _spot(self, scope: dict[str, str], depth: int) -> str:
        forms = [f"Spot({self.of('int', scope, depth)}, {self.of('Colour', scope, depth)})"]
        needed = self.fields["Spot"].keys() - self.defaults["Spot"].keys()
        if not needed <= {"x", "colour"}:
            forms = [
                f"Spot({', '.join(self.of(k, scope, depth) for k in self.fields['Spot'].values())})"
            ]
        spots = [n for n, k in scope.items() if k == "Spot"]
        spots += [f"{n}.spot" for n, k in scope.items() if "spot" in self.fields.get(k, {})]
        forms += [f"replace({n}, x={self.of('int', scope, depth)})" for n in spots]
        forms += [f"replace({n}, colour={self.of('Colour', scope, depth)})" for n in spots]
        forms += [f"({n} or {forms[0]})" for n, k in scope.items() if k == "Spot | None"]
        forms += [f"({n} if {self.of('bool', scope, depth)} else {forms[0]})" for n in spots]
        return self.rng.choice(forms)

    def _tuple(self, scope: dict[str, str], depth: int) -> str:
        a, b = self.of("int", scope, depth), self.of("int", scope, depth)
        items = self.of("tuple[int, ...]", scope, depth)
        return self.pick(f"({a}, {b})", f"({a},)", f"(*{items}, {a})", "STEPS")

    # -- instances -------------------------------------------------------------------------------

    def constant(self, kind: str) -> str:
        """A literal of the type, as a default."""
        return self.made(random.Random(self.rng.random()), kind)

    def made(self, rng: random.Random, kind: str) -> str:
        """A text that makes a value of the type."""
        match kind:
            case "int":
                return str(rng.randint(-2, 4))
            case "bool":
                return rng.choice(("True", "False"))
            case "str":
                return rng.choice(("''", "'a'", "'ab'"))
            case "Colour":
                return f"Colour.{rng.choice(self.names['Colour'].split())}"
            case "Kind":
                return f"Kind.{rng.choice(('ODD', 'EVEN'))}"
            case "tuple[int, ...]":
                return rng.choice(("()", "(1,)", "(0, -2)", "(3, 3, 1)"))
            case "list[Spot]" | "list[Box]":
                several = (self.made(rng, kind[5:-1]) for _ in range(rng.randint(0, 3)))
                return f"[{', '.join(several)}]"
            case "Colour | None" | "Spot | None":
                return "None" if rng.random() < 0.4 else self.made(rng, kind.split(" |")[0])
            case klass:
                given = [self.made(rng, k) for k in self.fields[klass].values()]
                return f"{klass}({', '.join(given)})"

    def of_numbers(self, kind: str) -> str:
        """A text that makes a value of the numbers `a` and `b`."""
        match kind:
            case "int":
                return self.pick("a", "b", "a + b")
            case "bool":
                return self.pick("a > b", "b == 0")
            case "Colour":
                return "(Colour.RED if a > 0 else Colour.GREEN)"
            case "tuple[int, ...]":
                return self.pick("(a, b)", "(b,)")
            case "Colour | None":
                return "(Colour.GREEN if b > 1 else None)"
            case "Spot" | "Box" | "Crate":
                return (
                    f"{kind}({', '.join(self.of_numbers(k) for k in self.fields[kind].values())})"
                )
            case "list[Spot]" | "list[Box]":
                return f"[{self.of_numbers(kind[5:-1])}, {self.of_numbers(kind[5:-1])}]"
            case "Spot | None":
                return f"({self.of_numbers('Spot')} if a != b else None)"
            case _:
                return self.constant(kind)
