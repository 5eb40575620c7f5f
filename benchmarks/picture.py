"""The picture of a CPU run: for each case, PyTorch's and ``jax.image``'s time over ours."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from .cases import LAYOUTS
from .ratios import Row, comparisons
from .running import DIRECTIONS

_WIN = {"channels_first": "#7fb3d5", "channels_last": "#1f618d"}
_LOSS = {"channels_first": "#f0a58f", "channels_last": "#c0392b"}
_OTHER = {True: "#222222", False: "#c0392b"}
_BAR = 0.36
_TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
_OUTLINE = [withStroke(linewidth=3, foreground="white")]


def draw(results: dict[str, Any]) -> bytes:
    """PNG with one bar for each case, layout and direction, from 1 to PyTorch's time over ours."""
    rows = comparisons(results)
    names = list(dict.fromkeys(row.case for row in rows))
    figure, panels = plt.subplots(
        1, 2, figsize=(11, 1.8 + 0.36 * len(names)), sharey=True, squeeze=False, layout="constrained"
    )
    for axes, direction in zip(panels[0], DIRECTIONS, strict=True):
        _panel(axes, [row for row in rows if row.direction == direction], names)
        axes.set_title(direction)
    panels[0][0].set_yticks(range(len(names)), names)
    panels[0][0].set_ylim(len(names) - 0.4, -0.6)
    machine = results["machine"]
    figure.suptitle(
        f"PyTorch's time (bars) and jax.image's (marks) over jax_resample's: {machine['cpu']}, "
        f"{machine['cores']} cores, {results['date'][:10]}",
        fontsize=11,
    )
    figure.legend(handles=_legend(), loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    png = BytesIO()
    figure.savefig(png, format="png", dpi=130)
    plt.close(figure)
    return png.getvalue()


def _panel(axes: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    shown = [1.0]
    for row in rows:
        side = LAYOUTS.index(row.layout) - 0.5
        y = names.index(row.case) + side * _BAR
        torch, image = row.ratio("torch"), row.ratio("jax.image")
        if torch is not None:
            colour = (_LOSS if torch < 1 else _WIN)[row.layout]
            axes.barh(y, torch - 1, left=1, height=_BAR, color=colour)
            shown.append(torch)
        if image is not None:
            mark = {"marker": "|", "markersize": 7, "markeredgewidth": 1.4}
            axes.plot(image, y, color=_OTHER[image >= 1], path_effects=_OUTLINE, **mark)
            shown.append(image)
    for name in set(names) - {row.case for row in rows}:
        axes.text(1.1, names.index(name), "no gradient", color="#777777", fontsize=8, va="center")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlim(min(shown) / 1.3, max(shown) * 1.3)
    axes.xaxis.set_major_locator(FixedLocator(_TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}x"))
    axes.set_xlabel("their time over ours (left of 1x we are slower)")
    axes.grid(axis="x", linewidth=0.4, alpha=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _legend() -> list[Any]:
    bars = [
        Patch(color=colours[layout], label=f"{layout.replace('_', ' ')}: {word} than PyTorch")
        for layout in LAYOUTS
        for word, colours in (("faster", _WIN), ("slower", _LOSS))
    ]
    tick = Line2D(
        [], [], color=_OTHER[True], marker="|", linestyle="", label="jax.image.resize in the same layout"
    )
    return [*bars, tick]
