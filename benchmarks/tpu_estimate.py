"""The cycles that the TPU compiler expects of an optimised program, read from its text.

Each instruction of the program that does work carries ``"estimated_cycles"`` in its backend configuration.
They are summed over the entry computation; a loop counts its body as often as it runs, a conditional its
dearest branch. What carries no estimate is counted by name, for the sum leaves it out: a gather by a fusion
of kind custom, and copies that overlap with other work.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_HEADER = re.compile(r"^(ENTRY )?%?([\w.\-]+) \(.*\{$")
_INSTRUCTION = re.compile(r"^  (?:ROOT )?%?[\w.\-]+ = ")
_OPCODE = re.compile(r"[\]})] ([a-z][a-z\-]*)\(")
_CYCLES = re.compile(r'"estimated_cycles":"(\d+)"')
_CALLEES = re.compile(r"(?:to_apply|calls|true_computation|false_computation)=%?([\w.\-]+)")
_BRANCHES = re.compile(r"branch_computations=\{([^}]*)\}")
_TRIPS = re.compile(r'"known_trip_count":\{"n":"(\d+)"\}')
_LIMIT = re.compile(r"s32\[\]\S* constant\((\d+)\)")

# These only name values or memory, and a single number is computed beside the vectors.
_FREE = frozenset(("parameter", "constant", "bitcast", "tuple", "get-tuple-element", "after-all"))
_NAMING = re.compile(r'custom_call_target="(?:AllocateBuffer|ConcatBitcast)"|= \w+\[\]')


@dataclass
class Estimate:
    """Cycles of a program, and how many instructions of each kind they leave out."""

    cycles: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Estimate", times: int = 1) -> None:
        """Adds what another computation costs, run ``times`` times."""
        self.cycles += times * other.cycles
        self.left_out += other.left_out


def estimate(text: str) -> Estimate:
    """The estimate of an optimised program for a TPU, as ``Compiled.as_text()`` prints it.

    Raises:
      ValueError: the text has no entry computation.
    """
    computations, entry = _computations(text)
    if entry is None:
        msg = "`text` must be a program in HLO's text form; received one without an entry computation"
        raise ValueError(msg)
    return _computation(entry, computations)


def facts(compiled: Any) -> dict[str, Any]:
    """What the compiler says of a program: cycles, operations, bytes moved and bytes held.

    ``flops`` and ``bytes_accessed`` are those of XLA's cost analysis, which counts loops once.
    """
    text = compiled.as_text()
    found = estimate(text)
    cost, memory = compiled.cost_analysis() or {}, compiled.memory_analysis()
    opcodes = Counter(match.group(1) for line in text.splitlines() if (match := _opcode(line)))
    return {
        "cycles": found.cycles,
        "left_out": dict(found.left_out),
        "flops": cost.get("flops"),
        "bytes_accessed": cost.get("bytes accessed"),
        "argument_bytes": memory.argument_size_in_bytes,
        "output_bytes": memory.output_size_in_bytes,
        "temp_bytes": memory.temp_size_in_bytes,
        "program_bytes": memory.generated_code_size_in_bytes,
        "products": opcodes["convolution"] + opcodes["dot"],
        "gathers": opcodes["gather"],
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


def _computation(name: str, computations: dict[str, list[str]]) -> Estimate:
    total = Estimate()
    for line in computations[name]:
        total.add(_instruction(line, computations))
    return total


def _instruction(line: str, computations: dict[str, list[str]]) -> Estimate:
    match = _opcode(line)
    opcode = match.group(1) if match else "unknown"
    cycles = _CYCLES.search(line)
    if opcode == "while":
        return _loop(line, computations)
    if opcode in ("call", "conditional", "async-start") and not cycles:
        called = [_computation(name, computations) for name in _called(line) if name in computations]
        return max(called, key=lambda one: one.cycles, default=Estimate(0, Counter([opcode])))
    if cycles:
        return Estimate(int(cycles.group(1)))
    if opcode in _FREE or opcode.endswith("-done") or _NAMING.search(line):
        return Estimate()
    return Estimate(0, Counter([opcode if "kind=kCustom" not in line else _custom(line)]))


def _loop(line: str, computations: dict[str, list[str]]) -> Estimate:
    """A loop's body as often as it runs: as the compiler says, else up to its condition's constant."""
    condition, body = (_named(part, line) for part in ("condition", "body"))
    known = _TRIPS.search(line)
    limits = [m.group(1) for one in computations[condition] if (m := _LIMIT.search(one))]
    trips = int(known.group(1)) if known else int(limits[0]) if len(limits) == 1 else None
    total = Estimate(0, Counter() if trips is not None else Counter(["while"]))
    total.add(_computation(body, computations), 1 if trips is None else trips)
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
