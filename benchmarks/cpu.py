"""``python -m benchmarks cpu``: every case on this machine's processor, beside every peer installed."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from .command import settings, time_cases
from .environment import on_cpu
from .running import fail

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
    prepared = on_cpu()
    if find_spec("torch") is None:
        fail("results are checked against torch, which is not installed; install torch")
    from .peers import cpu_peers
    from .peers_jax import jax_peers

    lowerings = tuple(lowering or ())
    time_cases(
        "cpu",
        [*jax_peers(lowerings), *cpu_peers()],
        settings(quick=quick, repeats=repeats),
        case=case,
        out=out,
        quick=quick,
        partial=bool(lowerings),
        **prepared,
    )
