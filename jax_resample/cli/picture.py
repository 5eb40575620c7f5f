"""The picture of `demo`: both settings of `align_corners`, in one figure."""

import io

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator

from .demo import SETTINGS, Patch, displacement, landing, spacing, values
from .style import COLOURS, FAINT, INK, STYLE

_COLOURS = dict(zip(SETTINGS, COLOURS, strict=False))
_NAMES = {setting: f"align_corners={setting}" for setting in SETTINGS}


def draw(patch: Patch) -> bytes:
    """The figure as a PNG file of 1600 x 1200 pixels."""
    with rc_context(STYLE):
        figure = Figure(figsize=(16, 12), dpi=100, facecolor="white")
        FigureCanvasAgg(figure)
        _write_headline(figure)
        _write_title(figure, 0.025, 0.817, "Two pixels enlarged to four: where the four samples land")
        _draw_two_to_four(figure.add_axes((0.025, 0.487, 0.5, 0.32)))
        _write_title(figure, 0.56, 0.817, "Output index to input coordinate, 4 pixels to 16")
        _draw_maps(figure.add_axes((0.6, 0.487, 0.375, 0.315)))
        _draw_patch(figure, patch)
        _write_title(figure, 0.7, 0.405, "Mixing them up shifts the pixels")
        _draw_shift(figure.add_axes((0.75, 0.083, 0.225, 0.305)))
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _write_headline(figure: Figure) -> None:
    figure.text(0.025, 0.95, "What does align_corners mean, and when is False right?", size=29, weight="bold")
    answers = (
        "False lines up the outer edges of both grids: right for images, whose pixels have an area.",
        "True lines up the centres of the corner pixels: right for grid points, and for networks trained so.",
    )
    for y, setting, answer in zip((0.913, 0.88), SETTINGS, answers, strict=True):
        figure.text(0.025, y, answer, size=18.5, weight="bold", color=_COLOURS[setting])


def _write_title(figure: Figure, x: float, y: float, words: str) -> None:
    figure.text(x, y, words, size=17, weight="bold")


def _draw_two_to_four(axes: Axes) -> None:
    """Both settings, one above the other: input pixels, output pixels and where these land."""
    for setting, base in zip(SETTINGS, (2.25, 0.0), strict=True):
        _draw_lane(axes, setting, base)
    axes.set(xlim=(-1.5, 1.6), ylim=(-0.14, 4.2), xlabel="input coordinate (pixels)")
    axes.set_xticks((-0.5, 0, 0.5, 1, 1.5))
    axes.set_yticks(())
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_bounds(-0.5, 1.5)
    axes.xaxis.set_label_coords(0.645, -0.095)


def _draw_lane(axes: Axes, setting: bool, base: float) -> None:
    colour = _COLOURS[setting]
    samples = (0.0, 1.0)
    landed, step = landing(2, 4, align_corners=setting), float(spacing(2, 4, align_corners=setting))
    read = values(samples, 4, align_corners=setting)
    for u, value in zip((0, 1), samples, strict=True):
        _draw_pixel(axes, u, base, 1.0, 0.45, value, INK)
    for u, value in zip(landed, read, strict=True):
        _draw_pixel(axes, float(u), base + 1.15, step, 0.45, float(value), colour)
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (u, base + 0.45), (u, base + 1.13), arrowprops=arrow)
        label = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(u, base + 0.84, _short(u), ha="center", va="center", size=14, color=colour, bbox=label)
    aligned = (0.0, 1.0) if setting else (-0.5, 1.5)
    for u in aligned:
        axes.plot((u, u), (base - 0.14, base + 1.76), color=colour, lw=2, ls=(0, (3, 2)), zorder=0.5)
    axes.text(-0.62, base + 1.37, "output", ha="right", va="center", color=colour)
    axes.text(-0.62, base + 0.84, "reads input at", ha="right", va="center", color=colour)
    axes.text(-0.62, base + 0.22, "input", ha="right", va="center")
    axes.text(-1.48, base + 1.71, _NAMES[setting], color=colour, weight="bold", va="bottom", size=15)


def _draw_pixel(
    axes: Axes, u: float, base: float, width: float, height: float, value: float, edge: str
) -> None:
    """A pixel as a square of its grey, with its value."""
    grey = str(0.25 + 0.7 * value)
    axes.add_patch(Rectangle((u - width / 2, base), width, height, facecolor=grey, edgecolor=edge, lw=2))
    ink = "white" if value < 0.4 else INK
    axes.text(u, base + height / 2, _short(value), ha="center", va="center", color=ink, size=14, zorder=6)


def _short(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")


def _draw_maps(axes: Axes) -> None:
    """Output index to input coordinate: the lines cross in the middle and part at the borders."""
    n, m = 4, 16
    edges_out, edges_in = (-0.5, m - 0.5), (-0.5, n - 0.5)
    axes.add_patch(Rectangle((-0.5, -0.5), m, n, facecolor="#f3f3f3", edgecolor=FAINT, lw=1.2, zorder=0))
    axes.plot(edges_out, edges_in, color=_COLOURS[False], lw=1.5, ls=":")
    axes.plot(edges_out, edges_in, ls="", marker="s", ms=9, color=FAINT, label="outer edges of both grids")
    for setting, marker in zip(SETTINGS, "oD", strict=True):
        landed = landing(n, m, align_corners=setting)
        axes.plot(landed, marker=marker, ms=7, lw=2, color=_COLOURS[setting], label=_NAMES[setting])
    axes.set(xlabel="output index", ylabel="input coordinate (pixels)", xlim=(-1.2, m + 0.2))
    axes.xaxis.set_major_locator(MultipleLocator(3))
    axes.yaxis.set_major_locator(MultipleLocator(1))
    axes.legend(loc="lower right", bbox_to_anchor=(0.965, 0.045), frameon=False, fontsize=14)


def _draw_patch(figure: Figure, patch: Patch) -> None:
    """The patch enlarged with both settings, and their difference with its scale."""
    small, large = len(patch.small), len(patch.difference)
    title = f"A photo's {small} x {small} pixels enlarged to {large} x {large}"
    _write_title(figure, 0.025, 0.405, title)
    bottom, side, lefts = 0.09, (0.2, 0.2 * 4 / 3), (0.025, 0.24, 0.455)
    for left, setting in zip(lefts, SETTINGS, strict=False):
        axes = figure.add_axes((left, bottom, *side))
        axes.imshow(patch.enlarged[setting], interpolation="nearest")
        _frame(axes, _NAMES[setting], _COLOURS[setting])
    axes = figure.add_axes((lefts[2], bottom, *side))
    drawn = axes.imshow(patch.difference, cmap="gray_r", interpolation="nearest", vmin=0)
    _frame(axes, "difference", INK)
    scale = figure.add_axes((lefts[2], 0.066, side[0], 0.014))
    bar = figure.colorbar(drawn, cax=scale, orientation="horizontal")
    bar.set_label("grey levels of 255")


def _frame(axes: Axes, title: str, colour: str) -> None:
    axes.set_title(title, color=colour)
    axes.set(xticks=(), yticks=())
    for spine in axes.spines.values():
        spine.set(visible=True, color=colour, linewidth=3)


def _draw_shift(axes: Axes) -> None:
    """Displacement across the image for three factors: it grows with the distance from the middle."""
    n = 12
    for factor, style in zip((2, 4, 8), (":", "--", "-"), strict=True):
        m = factor * n
        place = (np.arange(m) + 0.5) / m
        axes.plot(place, displacement(n, m), color=INK, lw=2.5, ls=style, label=f"enlarged {factor} times")
    axes.axhline(0, color=FAINT, lw=1)
    axes.set(ylabel="shift (output pixels)", xlim=(0, 1))
    axes.set_xticks((0, 0.5, 1), ("edge", "middle", "edge"))
    axes.legend(loc="upper left", frameon=False, fontsize=14)
