"""What the commands that time every case share: choose, run, show, write, and fail on wrong results."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .cases import CASES, select
from .peers import Peer
from .ratios import show
from .running import QUICK, fail, payload, run_cases, save, target
from .timing import Settings


def settings(*, quick: bool, repeats: int | None, wait_each: bool = True) -> Settings:
    """How long to measure, as the command's options say."""
    chosen = replace(QUICK if quick else Settings(), wait_each=wait_each)
    return replace(chosen, repeats=repeats or chosen.repeats)


def time_cases(
    benchmark: str,
    peers: Sequence[Peer],
    chosen: Settings,
    *,
    case: list[str] | None,
    out: Path | None,
    quick: bool,
    partial: bool,
    **facts: Any,
) -> None:
    """Times the cases that match, shows the tables, and writes the file that ``target`` names.

    Args:
      benchmark: name of the command and of its file.
      peers: what is timed.
      chosen: how long.
      case: patterns of cases, or None for all.
      out: file to write, or None for the committed one.
      quick: whether the numbers only show that all works.
      partial: whether the run is one of some cases or with extra peers, which is not written by default.
      facts: what the file says of the machine beside its usual head.
    """
    try:
        cases = select(case)
    except ValueError as error:
        fail(str(error))
    results = payload(benchmark, chosen, **facts)  # before the run, whose own load would show in it
    results["cases"] = run_cases(cases, peers, chosen)
    show(results)
    path = target(benchmark, out, quick=quick, partial=partial or len(cases) < len(CASES))
    if path is not None:
        save(path, results)
    if any(done["mismatches"] for done in results["cases"]):
        fail("some results differ from torch's, and those cases were not timed; see above")
