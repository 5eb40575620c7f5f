"""``python -m benchmarks scaling``: how time grows with pixels, with the kernel and with the batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from .cases import Case
from .command import settings
from .cpu import Out, Quick, Repeats
from .environment import on_cpu
from .peers import Peer
from .running import console, payload, run_case, save, target
from .tables import Cell, Table, seconds
from .timing import Settings

# A peer on JAX whose first call takes longer than this, in seconds, is left out of the larger points.
_LIMIT_S = 20.0
_SLOPE_POINTS = 4
_LIBRARIES = ("ours", "torch", "jax.image", "copy")


@dataclass(frozen=True)
class Sweep:
    """A row of cases along which one quantity grows."""

    name: str
    quantity: str
    points: tuple[tuple[int, Case], ...]


def scaling(
    largest: Annotated[int, typer.Option(min=256, help="Longest output side, in pixels.")] = 8192,
    repeats: Repeats = None,
    quick: Quick = False,
    out: Out = None,
) -> None:
    """Times growing sizes, kernels and batches on the CPU, forward, and fits the exponents."""
    prepared = on_cpu()
    from .peers import cpu_peers
    from .peers_jax import jax_peers

    chosen = settings(quick=quick, repeats=repeats or (3 if quick else 9))
    peers = [p for p in (*jax_peers(), *cpu_peers()) if p.library in _LIBRARIES]
    results = payload("scaling", chosen, limit_s=_LIMIT_S, **prepared)
    results["sweeps"] = [run(sweep, peers, chosen) for sweep in sweeps(largest)]
    for table in tables(results):
        console.print(table.rich())
    path: Path | None = target("scaling", out, quick=quick, partial=largest != 8192)
    if path is not None:
        save(path, results)


def sweeps(largest: int = 8192) -> tuple[Sweep, ...]:
    """The sweeps, with output sides up to ``largest`` pixels."""
    sides = [side for side in (256, 512, 1024, 2048, 4096, 8192) if side <= largest]
    source = min(2048, largest)
    shrinks = [factor for factor in (2, 4, 8, 16, 32, 64) if factor < source]
    pixels = tuple(
        (side * side, Case(f"pixels-{side}", "scaling", 1, 3, (side // 2,) * 2, (side,) * 2, "bilinear"))
        for side in sides
    )
    kernels = tuple(
        (k, Case(f"shrink-{k}", "scaling", 1, 3, (source,) * 2, (source // k,) * 2, "bilinear", True))
        for k in shrinks
    )
    batches = tuple(
        (n, Case(f"batch-{n}", "scaling", n, 3, (128,) * 2, (256,) * 2, "bilinear"))
        for n in (1, 2, 4, 8, 16, 32, 64)
    )
    return (
        Sweep("bilinear 2x, 3 channels", "output pixels", pixels),
        Sweep(f"antialiased bilinear from {source} x {source}, 3 channels", "shrink factor", kernels),
        Sweep("bilinear 2x, 128 x 128, 3 channels", "batch", batches),
    )


def run(sweep: Sweep, peers: Sequence[Peer], chosen: Settings) -> dict[str, Any]:
    """Every point of a sweep; a peer that is left out of one is left out of those that follow."""
    points, active = [], list(peers)
    for quantity, case in sweep.points:
        console.print(f"{case.name} ...", soft_wrap=True, markup=False)
        done = run_case(case, active, chosen, gradient=False, limit_s=_LIMIT_S)
        active = [peer for peer in active if peer.label not in done["left_out"]]
        points.append({"quantity": quantity, **done})
    return {"name": sweep.name, "quantity": sweep.quantity, "points": points, "slopes": slopes(points)}


def slopes(points: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Exponent of the time for each peer: the slope, both axes logarithmic, over its last points.

    The first points of a sweep mostly time what a call costs whatever it does, so only the last four
    that a peer has are fitted.
    """
    series: dict[str, list[tuple[float, float]]] = {}
    for point in points:
        for cell in point["cells"]:
            series.setdefault(cell["peer"], []).append((point["quantity"], cell["median_s"]))
    fitted = {peer: np.log(np.asarray(pairs[-_SLOPE_POINTS:])) for peer, pairs in series.items()}
    return {peer: float(np.polyfit(*xy.T, deg=1)[0]) for peer, xy in fitted.items() if len(xy) > 1}


def tables(results: dict[str, Any]) -> list[Table]:
    """One table for each sweep: a line for each peer, with its times and its exponent."""
    shown = []
    for sweep in results["sweeps"]:
        peers = list(dict.fromkeys(c["peer"] for point in sweep["points"] for c in point["cells"]))
        headers = ["peer", *(str(point["quantity"]) for point in sweep["points"]), "exponent"]
        lines = [[Cell(peer), *_times(sweep, peer), Cell(_exponent(sweep, peer))] for peer in peers]
        shown.append(Table(f"{sweep['name']}: time by {sweep['quantity']}", headers, lines))
    return shown


def _times(sweep: dict[str, Any], peer: str) -> list[Cell]:
    found = ([c for c in point["cells"] if c["peer"] == peer] for point in sweep["points"])
    return [Cell(seconds(cells[0]["median_s"]) if cells else "") for cells in found]


def _exponent(sweep: dict[str, Any], peer: str) -> str:
    slope = sweep["slopes"].get(peer)
    return "" if slope is None else f"{slope:.2f}"
