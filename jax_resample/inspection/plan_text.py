"""A plan in words: its axes with their taps, and what each platform runs, as text and as HTML."""

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from .. import banded
from ..lowering.cost import PLATFORMS
from ..lowering.schedule import LOWERINGS, Passes, Schedule, schedule
from ..taps import Taps
from . import tabular

if TYPE_CHECKING:
    from ..plan import Plan

# The GPUs share their prices.
_SHOWN = tuple(name for name in PLATFORMS if name != "rocm")


def text(plan: "Plan") -> str:
    """The plan in full, as `print` shows it."""
    lines = [title(plan)]
    for axis, taps, same in _axes(plan.passes):
        lines.append(f"  axis {axis}: {_size(taps, same)}")
        if same is None:
            lines.append(outputs(plan, axis, taps).text("    "))
    return "\n".join([*lines, *_platforms(plan)])


def html(plan: "Plan") -> str:
    """The plan in full, as a notebook shows it."""
    parts = [f"<p><b>{escape(title(plan))}</b></p>"]
    for axis, taps, same in _axes(plan.passes):
        parts.append(f"<p>axis {axis}: {escape(_size(taps, same))}</p>")
        if same is None:
            parts.append(outputs(plan, axis, taps).html())
    platforms = "\n".join(_platforms(plan))
    return "\n".join([*parts, *([f"<pre>{escape(platforms)}</pre>"] if platforms else [])])


def title(plan: "Plan") -> str:
    """What goes in and what comes out."""
    return f"{plan.dtype} {plan.shape} -> {plan.out_shape}"


def summary(plan: "Plan") -> str:
    """One line."""
    axes = "; ".join(f"axis {axis}: {_size(taps)}" for axis, taps in sorted(plan.passes, key=lambda p: p[0]))
    return f"<Plan {title(plan)}; {axes or 'nothing to do'}>"


def outputs(plan: "Plan", axis: int, taps: Taps) -> tabular.Table:
    """A row for each output, in the middle abbreviated: where it lands, and the samples that it adds up."""
    landed = plan.coordinates(axis)
    if landed is not None and len(landed) != taps.m:
        landed = None  # a pass before the last, which repeats the samples at the ends
    rows = []
    for i in tabular.shown(taps.m):
        place = [] if landed is None else ["" if i is None else tabular.number(landed[i], 6)]
        summed = "" if i is None else tabular.weighted_sum(banded.terms(taps, i))
        rows.append((tabular.GAP if i is None else str(i), *place, summed))
    head = ("output", *([] if landed is None else ["lands at"]), "sum of")
    return tabular.Table("", head, tuple(rows))


def _platforms(plan: "Plan") -> Iterator[str]:
    for platform in _SHOWN if plan.passes else ():
        yield from _platform(plan, platform)


def _platform(plan: "Plan", platform: str) -> Iterator[str]:
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


def _size(taps: Taps, same: int | None = None) -> str:
    others = "" if same is None else f", the taps of axis {same}"
    return f"{taps.n} -> {taps.m} samples, K = {taps.support}{others}"


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
