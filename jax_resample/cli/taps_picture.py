"""Pictures of operators: input samples above, output samples below, and the weights between them."""

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..taps import Taps
from .style import COLOURS, FAINT, INK, STYLE

_MOST_OUTPUTS = 16  # of a longer axis the first ones are drawn, which show the edge
_POSITIVE, _NEGATIVE = COLOURS[0], COLOURS[1]
_INPUT, _OUTPUT, _HEIGHT = 1.0, 0.0, 0.16
_THICKEST = 6.0


def draw_operator(title: str, axes_taps: list[tuple[str, Taps]]) -> Figure:
    """One row for each axis of an operator."""
    rows = max(len(axes_taps), 1)
    with rc_context(STYLE):
        figure = Figure(figsize=(13, 1.1 + 3.4 * rows), dpi=100, facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title, weight="bold")
        for axes, (name, taps) in zip(figure.subplots(rows, squeeze=False).flat, axes_taps, strict=False):
            draw_taps(axes, taps)
            axes.set_title(f"{name}: {taps.n} -> {taps.m} samples{_left_out(taps)}", loc="left")
        if not axes_taps:
            figure.axes[0].set_axis_off()
    return figure


def draw_taps(axes: Axes, taps: Taps) -> None:
    """Lines from the samples that each output reads, as thick as their weights; negative ones apart."""
    m = min(taps.m, _MOST_OUTPUTS)
    place = (np.arange(m) + 0.5) * taps.n / taps.m - 0.5
    row, column, weight = (part[taps.entries()[0] < m] for part in taps.entries())
    weight = weight / (1 << (taps.shift or 0))
    scale = _THICKEST / max(abs(weight).max(initial=0), 1e-30)
    for i, j, w in zip(row, column, weight, strict=True):
        axes.plot(
            (j, place[i]),
            (_INPUT, _OUTPUT + _HEIGHT),
            color=_POSITIVE if w > 0 else _NEGATIVE,
            lw=max(scale * abs(float(w)), 0.4),
            alpha=0.7,
            solid_capstyle="round",
            zorder=1,
        )
    for j in range(min(int(column.max(initial=0)) + 1, taps.n)):
        _square(axes, j, _INPUT, 1.0, str(j), FAINT)
    for i in range(m):
        _square(axes, place[i], _OUTPUT, taps.n / taps.m, str(i), INK)
    axes.set(yticks=(_OUTPUT + _HEIGHT / 2, _INPUT + _HEIGHT / 2), yticklabels=("output", "input"))
    axes.set(ylim=(-0.06, _INPUT + _HEIGHT + 0.06), xlabel="input coordinate (pixels)")
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)
    handles = [Line2D([], [], color=_POSITIVE, lw=4), Line2D([], [], color=_NEGATIVE, lw=4)]
    if (weight < 0).any():
        where = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2}
        axes.legend(handles, ("positive weight", "negative"), frameon=False, fontsize=12, **where)


def _square(axes: Axes, centre: float, base: float, width: float, label: str, edge: str) -> None:
    corner = (centre - width / 2, base)
    axes.add_patch(Rectangle(corner, width, _HEIGHT, facecolor="white", edgecolor=edge, lw=1.5, zorder=2))
    axes.text(centre, base + _HEIGHT / 2, label, ha="center", va="center", size=10, zorder=3, clip_on=True)


def _left_out(taps: Taps) -> str:
    return f" (the first {_MOST_OUTPUTS} are shown)" if taps.m > _MOST_OUTPUTS else ""
