"""A plan in words: its axes with their taps, and what each platform runs, as text and as HTML."""

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from .lowering.cost import PLATFORMS
from .lowering.schedule import LOWERINGS, Passes, Schedule, schedule
from .taps import Taps

if TYPE_CHECKING:
    from .plan import Plan

# The GPUs share their prices.
_SHOWN = tuple(name for name in PLATFORMS if name != "rocm")
_MOST_OUTPUTS = 8  # an axis with more is abbreviated to its first and last ones
_ENDS = (3, 2)
_MOST_TAPS = 4  # an output with more is abbreviated likewise
_GAP = "..."


def text(plan: "Plan") -> str:
    """The plan in full, as `print` shows it."""
    lines = [title(plan)]
    for axis, taps, same in _axes(plan.passes):
        lines.append(f"  axis {axis}: {_size(taps)}")
        if same is not None:
            lines[-1] += f", the taps of axis {same}"
            continue
        lines += (f"    {line}" for line in _columns(list(tap_rows(taps))))
    for platform in _SHOWN if plan.passes else ():
        lines += platform_lines(plan, platform)
    return "\n".join(lines)


def html(plan: "Plan") -> str:
    """The plan in full, as a notebook shows it."""
    parts = [f"<p><b>{escape(title(plan))}</b></p>"]
    for axis, taps, same in _axes(plan.passes):
        head = f"axis {axis}: {_size(taps)}" + (f", the taps of axis {same}" if same is not None else "")
        rows = [] if same is not None else list(tap_rows(taps))
        cells = "".join(
            "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
            for row, tag in zip(rows, ["th", *["td"] * len(rows)], strict=False)
        )
        parts.append(f"<p>{escape(head)}</p>" + (f"<table>{cells}</table>" if cells else ""))
    shown = [line for platform in _SHOWN if plan.passes for line in platform_lines(plan, platform)]
    return "\n".join(parts + ([f"<pre>{escape(chr(10).join(shown))}</pre>"] if shown else []))


def title(plan: "Plan") -> str:
    """What goes in and what comes out."""
    return f"{plan.dtype} {plan.shape} -> {plan.out_shape}"


def summary(plan: "Plan") -> str:
    """One line."""
    axes = "; ".join(f"axis {axis}: {_size(taps)}" for axis, taps in sorted(plan.passes, key=lambda p: p[0]))
    return f"<Plan {title(plan)}; {axes or 'nothing to do'}>"


def tap_rows(taps: Taps) -> Iterator[tuple[str, ...]]:
    """A head, then a row for each output, in the middle abbreviated: its index and weighted samples."""
    yield "output", "sum of"
    for i in shown_outputs(taps.m):
        yield (_GAP, "") if i is None else (str(i), _sum(taps, i))


def shown_outputs(m: int) -> list[int | None]:
    """Outputs to show of ``m``; None stands for those that are left out."""
    if m <= _MOST_OUTPUTS:
        return list(range(m))
    first, last = _ENDS
    return [*range(first), None, *range(m - last, m)]


def platform_lines(plan: "Plan", platform: str) -> Iterator[str]:
    """The chosen steps with their price, and the price of each lowering where it is asked for."""
    chosen = plan.schedule(platform)
    yield f"{platform}: {_steps(chosen)}; {_time(chosen.cost)}"
    others = ((name, schedule(plan.shape, plan.passes, platform, name)) for name in LOWERINGS[1:])
    dearer = [f"{name} {_time(one.cost)}" for name, one in others if one.steps != chosen.steps]
    if dearer and plan.lowering == "auto":
        yield f"  not {', '.join(dearer)}"


def _axes(passes: Passes) -> Iterator[tuple[int, Taps, int | None]]:
    """Each axis with its taps, and the earlier axis that has the same ones."""
    seen: dict[Taps, int] = {}
    for axis, taps in sorted(passes, key=lambda item: item[0]):
        yield axis, taps, seen.get(taps)
        seen.setdefault(taps, axis)


def _size(taps: Taps) -> str:
    return f"{taps.n} -> {taps.m} samples, K = {taps.support}"


def _sum(taps: Taps, i: int) -> str:
    """``0.75 x[0] + 0.25 x[1]``: the samples that an output reads."""
    row = taps.weights[i].astype(np.float64) / (1 << (taps.shift or 0))
    terms = [f"{row[k]:.4g} x[{taps.start[i] + k}]" for k in np.flatnonzero(row)]
    if len(terms) > _MOST_TAPS:
        terms = [*terms[: _MOST_TAPS // 2], f"{_GAP} ({len(terms)} terms)", terms[-1]]
    return " + ".join(terms).replace("+ -", "- ") or "0"


def _columns(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows as lines; every column but the last is right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for *cells, last in rows:
        yield "  ".join([*(c.rjust(w) for c, w in zip(cells, widths, strict=False)), last]).rstrip()


def _steps(chosen: Schedule) -> str:
    return ", ".join(
        f"axis {step.axis} by {step.lowering}{' (stored)' if step.stored else ''}" for step in chosen.steps
    )


def _time(nanoseconds: float) -> str:
    """A price with three digits and the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"
