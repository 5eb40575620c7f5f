"""Pictures of operators: input samples above, output samples below, and the weights between them."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from .. import banded
from ..taps import Taps
from .style import COLOURS, FAINT, INK, STYLE

if TYPE_CHECKING:
    from ..inspection.explain import Explanation

_MOST_OUTPUTS = 16  # of a longer axis the first ones are drawn, which show the edge
_POSITIVE, _NEGATIVE = COLOURS[0], COLOURS[1]
_INPUT, _OUTPUT, _HEIGHT = 1.0, 0.0, 0.16
_THICKEST = 6.0


def draw_operator(title: str, axes_taps: list[tuple[str, Taps]]) -> Figure:
    """One row for each axis of an operator, its outputs spread over the input."""
    lanes = [
        (f"{name}: {taps.n} -> {taps.m} samples{_left_out(taps)}", taps, _spread(taps))
        for name, taps in axes_taps
    ]
    return _draw(title, lanes)


def draw_conventions(explanation: "Explanation") -> Figure:
    """One row for each convention, its outputs where they land."""
    title = f"{explanation.n} samples resampled to {explanation.m}"
    lanes = [(one.name + _left_out(one.taps), one.taps, one.coordinates) for one in explanation.conventions]
    return _draw(title, lanes)


def _draw(title: str, lanes: list[tuple[str, Taps, np.ndarray]]) -> Figure:
    rows = max(len(lanes), 1)
    with rc_context(STYLE):
        figure = Figure(figsize=(13, 1.1 + 3.4 * rows), dpi=100, facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title, weight="bold")
        panels = figure.subplots(rows, squeeze=False, sharex=len({taps.n for _, taps, _ in lanes}) == 1)
        for axes, (name, taps, place) in zip(panels.flat, lanes, strict=False):
            _draw_lane(axes, taps, place)
            axes.set_title(name, loc="left")
        panels.flat[-1].set_xlabel("input coordinate (pixels)")
        if not lanes:
            panels.flat[0].set_axis_off()
    return figure


def _draw_lane(axes: Axes, taps: Taps, place: np.ndarray) -> None:
    """Lines from the samples that each output reads, as thick as their weights; negative ones apart."""
    m, matrix = min(taps.m, _MOST_OUTPUTS), banded.matrix(taps)
    row, column = np.nonzero(matrix[:m])
    thickest = max(abs(matrix[:m]).max(initial=0), 1e-30)
    for i, j in zip(row, column, strict=True):
        weight = float(matrix[i, j] / thickest)
        axes.plot(
            (j, place[i]),
            (_INPUT, _OUTPUT + _HEIGHT),
            color=_POSITIVE if weight > 0 else _NEGATIVE,
            lw=max(_THICKEST * abs(weight), 0.4),
            alpha=0.7,
            solid_capstyle="round",
            zorder=1,
        )
    for j in range(min(int(column.max(initial=0)) + 1, taps.n)):
        _square(axes, j, _INPUT, 1.0, str(j), FAINT)
    for i in range(m):
        _square(axes, place[i], _OUTPUT, _pitch(place), str(i), INK)
    _finish(axes, negative=bool((matrix[:m] < 0).any()))


def _finish(axes: Axes, *, negative: bool) -> None:
    """Labels, and a legend where some weights are negative."""
    axes.set(yticks=(_OUTPUT + _HEIGHT / 2, _INPUT + _HEIGHT / 2), yticklabels=("output", "input"))
    axes.set(ylim=(-0.06, _INPUT + _HEIGHT + 0.06))
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False, labelbottom=True)
    if negative:
        handles = [Line2D([], [], color=colour, lw=4) for colour in (_POSITIVE, _NEGATIVE)]
        where = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2}
        axes.legend(handles, ("positive weight", "negative"), frameon=False, fontsize=12, **where)


def _spread(taps: Taps) -> np.ndarray:
    """Outputs at equal distances over the whole input."""
    return (np.arange(taps.m) + 0.5) * taps.n / taps.m - 0.5


def _pitch(place: np.ndarray) -> float:
    """Width of an output sample: the distance between neighbours."""
    return float(place[1] - place[0]) if len(place) > 1 else 1.0


def _square(axes: Axes, centre: float, base: float, width: float, label: str, edge: str) -> None:
    corner = (centre - width / 2, base)
    axes.add_patch(Rectangle(corner, width, _HEIGHT, facecolor="white", edgecolor=edge, lw=1.5, zorder=2))
    axes.text(centre, base + _HEIGHT / 2, label, ha="center", va="center", size=10, zorder=3, clip_on=True)


def _left_out(taps: Taps) -> str:
    return f" (the first {_MOST_OUTPUTS} are shown)" if taps.m > _MOST_OUTPUTS else ""
