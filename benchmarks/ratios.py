"""From cells to comparisons: a peer's time over ours, their means, and where we lose."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from .cases import LAYOUTS
from .running import DIRECTIONS, console
from .tables import Cell, Table, seconds, times
from .timing import geometric_mean

PEERS = ("torch", "jax.image", "opencv", "pillow", "scikit-image", "copy")
# Libraries that only work in one layout and rank are compared where they are; PyTorch has no
# channels-last tensors of one spatial axis, and its contiguous time then stands for it.
_ELSEWHERE = {"torch": "channels_first"}
_SHOWN_LOSSES = 12

_PROGRAMS = "Programs, channels last: ours (jax.image); memory is temporary bytes over input and output"
_LAPS = ("trace_s", "lower_s", "compile_s", "first_call_s")

LEGEND = (
    "Ratios are the peer's median time over ours: above 1 this library is faster. Of PyTorch's runs with one "
    "thread and with all, the faster counts. The copy of the output's bytes is a floor."
)


@dataclass(frozen=True)
class Row:
    """One case in one layout and direction: our cell, and each peer's best time in seconds."""

    case: str
    group: str
    dtype: str
    layout: str
    direction: str
    ours: dict[str, Any]
    peers: dict[str, float]

    def ratio(self, peer: str) -> float | None:
        """The peer's time over ours: above 1 where we are faster; None where it has no such method."""
        return self.peers[peer] / self.ours["median_s"] if peer in self.peers else None

    @property
    def name(self) -> str:
        """Case, layout and direction in words."""
        return f"{self.case}, {self.layout.replace('_', ' ')}, {self.direction}"


def comparisons(results: dict[str, Any]) -> list[Row]:
    """Rows of a result file, by case, layout and direction; of PyTorch's threads the faster counts."""
    rows = []
    for case in results["cases"]:
        head = case["name"], case["group"], case["dtype"]
        for layout in LAYOUTS:
            for direction in DIRECTIONS:
                cells = [cell for cell in case["cells"] if cell["direction"] == direction]
                ours = [c for c in cells if c["peer"] == f"ours {layout}"]
                if ours:
                    peers = {p: best for p in PEERS if (best := _best(cells, p, layout)) is not None}
                    rows.append(Row(*head, layout, direction, ours[0], peers))
    return rows


def _best(cells: Sequence[dict[str, Any]], library: str, layout: str) -> float | None:
    named = [cell for cell in cells if cell["library"] == library]
    here = [cell for cell in named if cell["layout"] == layout or library == "copy"]
    here = here or [cell for cell in named if cell["layout"] == _ELSEWHERE.get(library)]
    return min((cell["median_s"] for cell in here), default=None)


def tables(results: dict[str, Any]) -> list[Table]:
    """Every table of a result file of the commands ``cpu`` and ``gpu``."""
    rows = comparisons(results)
    per_case = [_cases(rows, layout, direction) for layout in LAYOUTS for direction in DIRECTIONS]
    every = (*per_case, _programs(results), _means(rows), _losses(rows))
    return [table for table in every if table.rows]


def show(results: dict[str, Any]) -> None:
    """Prints the tables."""
    for table in tables(results):
        console.print(table.rich())
    console.print(LEGEND, markup=False, soft_wrap=True)


def _cases(rows: Sequence[Row], layout: str, direction: str) -> Table:
    chosen = [row for row in rows if (row.layout, row.direction) == (layout, direction)]
    peers = [peer for peer in PEERS if any(peer in row.peers for row in chosen)]
    headers = ["case", "ours", "quartiles", *peers]
    title = f"{layout.replace('_', ' ').capitalize()}, {direction}: the peer's time over ours"
    return Table(title, headers, [_case(row, peers) for row in chosen])


def _case(row: Row, peers: Sequence[str]) -> list[Cell]:
    ours = row.ours
    lower, upper = (100 * (ours[end] / ours["median_s"] - 1) for end in ("lower_s", "upper_s"))
    spread = f"{lower:+.0f} {upper:+.0f} %"
    # The copy is a floor, so that its ratio is below 1 by nature and no loss.
    ratios = [times(row.ratio(peer)) if peer != "copy" else _floor(row) for peer in peers]
    return [Cell(row.case), Cell(seconds(ours["median_s"])), Cell(spread), *ratios]


def _floor(row: Row) -> Cell:
    return Cell(times(row.ratio("copy")).text)


def _means(rows: Sequence[Row]) -> Table:
    """Geometric means of the ratios by peer, dtype, layout and direction, and how many cells are losses."""
    dtypes = list(dict.fromkeys(row.dtype for row in rows))
    lines = []
    for peer, *regime in product(PEERS[:-1], dtypes, LAYOUTS, DIRECTIONS):
        here = [row for row in rows if [row.dtype, row.layout, row.direction] == regime]
        found = [ratio for row in here if (ratio := row.ratio(peer)) is not None]
        if found:
            slower = sum(ratio < 1 for ratio in found)
            labels = [Cell(label.replace("_", " ")) for label in (peer, *regime)]
            counts = [Cell(str(len(found))), Cell(str(slower), slower > 0)]
            lines.append([*labels, times(geometric_mean(found)), times(min(found)), *counts])
    headers = ["peer", "dtype", "layout", "direction", "geometric mean", "lowest", "cells", "slower"]
    return Table("Geometric means", headers, lines, labels=4)


def _losses(rows: Sequence[Row]) -> Table:
    """The cells with the lowest ratios to any peer but the copy, losses or not."""
    found = [(ratio, row, peer) for row in rows for peer in PEERS[:-1] if (ratio := row.ratio(peer))]
    found.sort(key=lambda one: one[0])
    lines = [
        [Cell(row.name), Cell(peer), Cell(seconds(row.ours["median_s"])), times(ratio)]
        for ratio, row, peer in found[:_SHOWN_LOSSES]
    ]
    return Table("Slowest cells", ["cell", "peer", "ours", "ratio"], lines, labels=2)


def _programs(results: dict[str, Any]) -> Table:
    """What compiling costs and makes."""
    lines = []
    for case in results["cases"]:
        for direction in DIRECTIONS:
            cells = {c["peer"]: c for c in case["cells"] if c["direction"] == direction and c["program"]}
            ours, theirs = (cells.get(f"{library} channels_last") for library in ("ours", "jax.image"))
            if ours and theirs:
                labels = [Cell(case["name"]), Cell(direction)]
                lines.append(labels + _program(ours["program"], theirs["program"]))
    headers = ["case", "direction", "trace", "lower", "compile", "first call", "instructions", "memory"]
    return Table(_PROGRAMS, headers, lines, labels=2)


def _program(ours: dict[str, float], theirs: dict[str, float]) -> list[Cell]:
    def both(show: Any) -> Cell:
        return Cell(f"{show(ours)} ({show(theirs)})")

    def temporary(facts: dict[str, float]) -> str:
        if "temp_bytes" not in facts:
            return "?"
        return f"{facts['temp_bytes'] / (facts['argument_bytes'] + facts['output_bytes']):.2f}"

    laps = [both(lambda facts, key=key: seconds(facts[key])) for key in _LAPS]
    return [*laps, both(lambda facts: str(facts["instructions"])), both(temporary)]
