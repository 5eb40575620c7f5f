"""One run of many cases: prepare, check against PyTorch, time, write."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import typer
from rich.console import Console

from jax_resample.cli.files import FileError, write_atomically

from .cases import Case, Layout
from .environment import environment
from .peers import Peer, Program
from .timing import Settings, measure

DIRECTIONS = ("forward", "backward")
RESULTS = Path(__file__).parent / "results"
SCHEMA = 1
QUICK = Settings(repeats=5, sample_s=1e-3, budget_s=1.0)

# Largest difference from PyTorch, over the largest magnitude, with which a case is timed. It tells the
# right computation from a wrong one; how close the results are is what the tests measure.
_TOLERANCE = {"float64": 1e-12, "float32": 1e-5, "float16": 2.0**-9, "bfloat16": 2.0**-6, "uint8": 0.0}

# Where output goes to a file there is no width to keep to.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)

Prepared = dict[Peer, Program]


def run_cases(cases: Iterable[Case], peers: Sequence[Peer], settings: Settings) -> list[dict[str, Any]]:
    """Every case in the table's order, with a line on the screen for each."""
    done = []
    for case in cases:
        console.print(f"{case.name} ...", soft_wrap=True, markup=False)
        done.append(run_case(case, peers, settings))
        for mismatch in done[-1]["mismatches"]:
            console.print(f"  not timed: {mismatch}", style="red", soft_wrap=True, markup=False)
    return done


def run_case(
    case: Case,
    peers: Sequence[Peer],
    settings: Settings,
    *,
    gradient: bool = True,
    limit_s: float = float("inf"),
) -> dict[str, Any]:
    """One case with every peer that supports it.

    Args:
      case: what to resize.
      peers: who does it.
      settings: how long to measure.
      gradient: whether to time the backward pass as well.
      limit_s: a compiled peer whose first call takes longer, in seconds, is left out.

    Returns:
      The case; ``cells``, one for each peer and direction, with the times in seconds per call and what
      compiling cost; ``left_out``, labels of peers over the limit; ``mismatches``, in words, because of
      which nothing was timed.
    """
    backward = gradient and case.has_gradient
    prepared = {peer: peer.prepare(case, gradient=backward) for peer in peers if peer.supports(case)}
    slow = [peer for peer, program in prepared.items() if _first_call(program) > limit_s]
    for peer in slow:
        del prepared[peer]
    mismatches = check(case, prepared)
    cells: list[dict[str, Any]] = []
    for direction in DIRECTIONS if not mismatches else ():
        cells += _cells(prepared, direction, settings)
    return {
        **asdict(case),
        "in_bytes": case.in_bytes,
        "out_bytes": case.out_bytes,
        "cells": cells,
        "left_out": [peer.label for peer in slow],
        "mismatches": mismatches,
    }


def check(case: Case, prepared: Prepared) -> list[str]:
    """What is wrong with the results: ours against PyTorch's, and the shapes of all of them."""
    wrong = []
    for direction in DIRECTIONS:
        reference = _reference(prepared, direction)
        for peer, program in prepared.items():
            call = getattr(program, direction)
            if call is None:
                continue
            call.before()
            result = program.to_numpy(call.wait(call.launch()))
            expected = case.out_shape(peer.layout) if direction == "forward" else case.shape(peer.layout)
            if result.shape != expected:
                wrong.append(f"{peer.label} {direction} has shape {result.shape}, not {expected}")
            elif peer.library == "ours" and reference is not None:
                wrong += _difference(case, peer, direction, result, reference)
    return wrong


def _reference(prepared: Prepared, direction: str) -> np.ndarray | None:
    """PyTorch's result on contiguous tensors, channels first, with as many threads as it may use."""
    torch = [p for p in prepared if p.library == "torch" and p.layout == "channels_first"]
    if not torch:
        return None
    program = prepared[torch[-1]]
    call = getattr(program, direction)
    if call is None:
        return None
    call.before()
    return program.to_numpy(call.wait(call.launch()))


def _difference(
    case: Case, peer: Peer, direction: str, result: np.ndarray, reference: np.ndarray
) -> list[str]:
    theirs = _arranged(reference, peer.layout)
    wide = np.result_type(result.dtype, np.float32)  # holds uint8 exactly, with its sign
    difference = result.astype(wide, copy=False) - theirs.astype(wide, copy=False)
    largest = max(float(theirs.max(initial=0)), -float(theirs.min(initial=0)), 1e-30)
    worst = float(np.abs(difference, out=difference).max(initial=0)) / largest
    allowed = _TOLERANCE[case.dtype]
    if worst <= allowed:  # a NaN is not
        return []
    return [f"{peer.label} {direction} differs from torch by {worst:.1e} of the largest, over {allowed:.1e}"]


def _arranged(values: np.ndarray, layout: Layout) -> np.ndarray:
    return values if layout == "channels_first" else np.moveaxis(values, 1, -1)


def _first_call(program: Program) -> float:
    return program.facts.get("forward", {}).get("first_call_s", 0.0)


def _cells(prepared: Prepared, direction: str, settings: Settings) -> list[dict[str, Any]]:
    calls = {p: getattr(program, direction) for p, program in prepared.items()}
    timed = {p: call for p, call in calls.items() if call is not None}
    times = measure({p.label: call for p, call in timed.items()}, settings)
    return [
        {
            "peer": p.label,
            "library": p.library,
            "layout": p.layout,
            "direction": direction,
            **times[p.label].as_dict(),
            "program": prepared[p].facts.get(direction),
        }
        for p in timed
    ]


def payload(benchmark: str, settings: Settings, **results: Any) -> dict[str, Any]:
    """A result file: where and how it was measured, and the results."""
    head = {"benchmark": benchmark, "schema": SCHEMA, **environment(), "settings": asdict(settings)}
    return {**head, **results}


def save(path: Path, results: dict[str, Any]) -> None:
    """Writes a result file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_atomically(path, (json.dumps(results, indent=1) + "\n").encode())
    except FileError as error:
        fail(str(error))
    console.print(f"wrote {path}", soft_wrap=True, markup=False)


def target(benchmark: str, out: Path | None, *, quick: bool, partial: bool) -> Path | None:
    """Where results go: ``out``, else the committed file, which only a whole and full run replaces."""
    if out is not None or partial:
        return out
    return RESULTS / f"{benchmark}{'-quick' if quick else ''}.json"


def fail(message: str) -> NoReturn:
    """Ends the command with a message and status 1."""
    Console(stderr=True, highlight=False).print(f"Error: {message}", markup=False, soft_wrap=True)
    raise typer.Exit(1)
