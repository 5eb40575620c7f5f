"""The time that a compiler expects of an optimised program for an accelerator, read from its text.

Each instruction of the program that does work carries an estimate in its backend configuration: cycles for a
TPU, microseconds for a GPU. They are summed over the entry computation; a loop counts its body as often as it
runs, a conditional its dearest branch. What carries no estimate is counted by name, for the sum leaves it
out: a gather of a TPU by a fusion of kind custom, a sort of a GPU, and copies that overlap with other work.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .aot_targets import Target

_HEADER = re.compile(r"^(ENTRY )?%?([\w.\-]+) \(.*\{$")
_INSTRUCTION = re.compile(r"^  (?:ROOT )?%?[\w.\-]+ = ")
_OPCODE = re.compile(r"[\]})] ([a-z][a-z\-]*)\(")
_CALLEES = re.compile(r"(?:to_apply|calls|true_computation|false_computation)=%?([\w.\-]+)")
_BRANCHES = re.compile(r"branch_computations=\{([^}]*)\}")
_TRIPS = re.compile(r'"known_trip_count":\{"n":"(\d+)"\}')
_LIMIT = re.compile(r"s32\[\]\S* constant\((\d+)\)")

# These only name values or memory, and a single number is computed beside the vectors.
_FREE = frozenset(("parameter", "constant", "bitcast", "tuple", "get-tuple-element", "after-all"))
_NAMING = re.compile(r'custom_call_target="(?:AllocateBuffer|ConcatBitcast)"|= \w+\[\]')

# A product that a GPU's library computes.
_GPU_PRODUCT = 'custom_call_target="__cublas'


@dataclass
class Estimate:
    """What a program costs, the instructions that do so, and how many of each kind it leaves out."""

    cost: float = 0.0
    instructions: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Estimate", times: int = 1) -> None:
        """Adds what another computation costs, run ``times`` times."""
        self.cost += times * other.cost
        self.instructions += times * other.instructions
        self.left_out += other.left_out


def estimate(text: str, cost: str) -> Estimate:
    """The estimate of an optimised program, as ``Compiled.as_text()`` prints it, by a target's pattern.

    Raises:
      ValueError: the text has no entry computation.
    """
    computations, entry = _computations(text)
    if entry is None:
        msg = "`text` must be a program in HLO's text form; received one without an entry computation"
        raise ValueError(msg)
    return _Reader(computations, re.compile(cost)).computation(entry)


def facts(compiled: Any, target: Target) -> dict[str, Any]:
    """What the compiler says of a program: time, operations, bytes moved and bytes held.

    ``flops`` and ``bytes_accessed`` are those of XLA's cost analysis, which counts loops once.
    """
    text = compiled.as_text()
    found = estimate(text, target.cost)
    cost, memory = compiled.cost_analysis() or {}, compiled.memory_analysis()
    opcodes = Counter(match.group(1) for line in text.splitlines() if (match := _opcode(line)))
    return {
        target.unit: round(found.cost, 3),
        "instructions": found.instructions,
        "left_out": dict(found.left_out),
        "flops": cost.get("flops"),
        "bytes_accessed": cost.get("bytes accessed"),
        "argument_bytes": memory.argument_size_in_bytes,
        "output_bytes": memory.output_size_in_bytes,
        "temp_bytes": memory.temp_size_in_bytes,
        "program_bytes": memory.generated_code_size_in_bytes,
        "products": opcodes["convolution"] + opcodes["dot"] + text.count(_GPU_PRODUCT),
        "gathers": opcodes["gather"],
        "scatters": opcodes["scatter"],
    }


def _computations(text: str) -> tuple[dict[str, list[str]], str | None]:
    """Instruction lines by computation, and the name of the entry."""
    computations: dict[str, list[str]] = {}
    current: list[str] = []
    entry = None
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header:
            current = computations.setdefault(header.group(2), [])
            entry = header.group(2) if header.group(1) else entry
        elif _INSTRUCTION.match(line):
            current.append(line)
    return computations, entry


@dataclass(frozen=True)
class _Reader:
    """The computations of a program, by name, and the pattern of an estimate."""

    computations: dict[str, list[str]]
    cost: re.Pattern[str]

    def computation(self, name: str) -> Estimate:
        total = Estimate()
        for line in self.computations[name]:
            total.add(self._instruction(line))
        return total

    def _instruction(self, line: str) -> Estimate:
        match = _opcode(line)
        opcode = match.group(1) if match else "unknown"
        cost = self.cost.search(line)
        if opcode == "while":
            return self._loop(line)
        if opcode in ("call", "conditional", "async-start") and not cost:
            called = [self.computation(name) for name in _called(line) if name in self.computations]
            return max(called, key=lambda one: one.cost, default=Estimate(left_out=Counter([opcode])))
        if cost:
            return Estimate(float(cost.group(1)), 1)
        if opcode in _FREE or opcode.endswith("-done") or _NAMING.search(line):
            return Estimate()
        return Estimate(left_out=Counter([opcode if "kind=kCustom" not in line else _custom(line)]))

    def _loop(self, line: str) -> Estimate:
        """A loop's body as often as it runs: as the compiler says, else up to its condition's constant."""
        condition, body = (_named(part, line) for part in ("condition", "body"))
        known = _TRIPS.search(line)
        limits = [m.group(1) for one in self.computations[condition] if (m := _LIMIT.search(one))]
        trips = int(known.group(1)) if known else int(limits[0]) if len(limits) == 1 else None
        total = Estimate(left_out=Counter() if trips is not None else Counter(["while"]))
        total.add(self.computation(body), 1 if trips is None else trips)
        return total


def _named(part: str, line: str) -> str:
    match = re.search(rf"{part}=%?([\w.\-]+)", line)
    assert match is not None, line
    return match.group(1)


def _called(line: str) -> list[str]:
    branches = _BRANCHES.search(line)
    names = branches.group(1).split(",") if branches else _CALLEES.findall(line)
    return [name.strip().lstrip("%") for name in names]


def _custom(line: str) -> str:
    """A custom fusion by the word that its name begins with, such as ``gather``."""
    return line.split("=")[0].replace("ROOT", "").strip().lstrip("%").split("_")[0].split(".")[0]


def _opcode(line: str) -> re.Match[str] | None:
    return _OPCODE.search(line) if _INSTRUCTION.match(line) else None
