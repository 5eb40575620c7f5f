"""docs/accuracy.md from the figures: two tables, the explanations below them, versions and date."""

import datetime
import platform
from typing import Any

import jax

import jax_resample as jr

from .notes import GENERAL_ULPS, note

Rows = dict[str, dict[str, Any] | None]

_HEAD = """# Accuracy

Written by `python -m tests.parity.accuracy` on {date}: JAX {jax} on {device}, Python {python}, double
precision enabled. Each row compares this library with the real package on the same random calls, or with
values that the package gave when they were recorded. float64 and float32 are the worst difference in units in
the last place of the largest magnitude that goes in or comes out of a call; the last column counts integers,
and by how much they differ at most. Differences of up to {ulps:g} units are sums in another order; others are
explained below.
"""
_CONVENTIONS = """## Conventions

`jr.resize(x, size, convention=name)` of noise on two axes, 2 to 40 samples in and out.
"""
_FUNCTIONS = """
## Functions of `jax_resample.compat`

Random calls over ranks, dtypes and options.
"""
_TABLE = "| {} | against | calls | float64 | float32 | integers that differ | |\n|" + " --- |" * 7


def unexplained(rows: Rows) -> list[str]:
    """Rows whose figures need an explanation and have none."""
    return [name for name, figures in rows.items() if figures and _needs_note(figures) and note(name) is None]


def page(conventions: Rows, functions: Rows) -> str:
    """The whole page."""
    notes: dict[str, int] = {}
    parts = [
        _HEAD.format(
            date=datetime.datetime.now(datetime.UTC).date().isoformat(),
            jax=jax.__version__,
            device=jax.devices()[0].platform.upper(),
            python=platform.python_version(),
            ulps=GENERAL_ULPS,
        ),
        _CONVENTIONS,
        _table("convention", conventions, notes),
        _FUNCTIONS,
        _table("function", functions, notes),
        "\n## Explanations\n",
        *(f"{number}. {text}" for text, number in notes.items()),
    ]
    return "\n".join(parts) + "\n"


def _table(what: str, rows: Rows, notes: dict[str, int]) -> str:
    return "\n".join([_TABLE.format(what), *(_row(name, figures, notes) for name, figures in rows.items())])


def _row(name: str, figures: dict[str, Any] | None, notes: dict[str, int]) -> str:
    if figures is None:
        source = jr.conventions[name].library if name in jr.conventions else ""
        return f"| `{name}` | no package to ask{f' ({source})' if source else ''} | | | | | |"
    text = note(name) if _needs_note(figures) else None
    mark = "" if text is None else f"[{notes.setdefault(text, len(notes) + 1)}]"
    ulps = [_ulps(figures[kind]) for kind in ("float64", "float32")]
    cells = [f"`{name}`", figures["against"], str(figures["calls"]), *ulps, _integers(figures), mark]
    return f"| {' | '.join(cells)} |"


def _needs_note(figures: dict[str, Any]) -> bool:
    return bool(figures["differing"]) or max(figures["float64"] or 0, figures["float32"] or 0) > GENERAL_ULPS


def _ulps(value: float | None) -> str:
    if value is None:
        return ""
    return "0" if value == 0 else f"{value:.1f}" if value < 1000 else f"{value:.1e}"


def _integers(figures: dict[str, Any]) -> str:
    if not figures["values"]:
        return ""
    by = f", by {figures['level']:g}" if figures["differing"] else ""
    return f"{figures['differing']:,} of {figures['values']:,}{by}"
