"""``python -m benchmarks cpu``: every case on this machine's processor, beside every peer installed."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import jax
import typer

from .cases import CASES, select
from .ratios import show
from .running import QUICK, fail, payload, run_cases, save, target
from .timing import Settings

CasePatterns = Annotated[
    list[str] | None,
    typer.Option("--case", metavar="PATTERN", help="Only cases with this in the name; may be repeated."),
]
Repeats = Annotated[
    int | None,
    typer.Option(
        min=1, help="Samples of each call: 25, or 9 for scaling, and fewer with --quick.", show_default=False
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Few samples: to see that all works.")]
Lowerings = Annotated[
    list[str] | None,
    typer.Option("--lowering", metavar="NAME", help="Also time ours with this lowering; may be repeated."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="JSON file to write. By default benchmarks/results/COMMAND.json, or COMMAND-quick.json with "
        "--quick; a run of some cases only is not written unless this is given.",
        show_default=False,
    ),
]


def cpu(
    case: CasePatterns = None,
    repeats: Repeats = None,
    quick: Quick = False,
    lowering: Lowerings = None,
    out: Out = None,
) -> None:
    """Times every case on the CPU, forward and backward, in both layouts."""
    jax.config.update("jax_platforms", "cpu")
    if find_spec("torch") is None:
        fail("results are checked against torch, which is not installed; install torch")
    from .peers import cpu_peers
    from .peers_jax import jax_peers

    settings = QUICK if quick else Settings()
    settings = replace(settings, repeats=repeats or settings.repeats)
    try:
        cases = select(case)
    except ValueError as error:
        fail(str(error))
    lowerings = tuple(lowering or ())
    results = payload("cpu", settings)  # before the run, whose own load would be reported otherwise
    results["cases"] = run_cases(cases, [*jax_peers(lowerings), *cpu_peers()], settings)
    show(results)
    path = target("cpu", out, quick=quick, partial=len(cases) < len(CASES) or bool(lowerings))
    if path is not None:
        save(path, results)
    if any(done["mismatches"] for done in results["cases"]):
        fail("some results differ from torch's, and those cases were not timed; see above")
