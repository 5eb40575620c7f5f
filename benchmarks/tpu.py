"""``python -m benchmarks tpu``: the cases on a TPU, or its compiler's estimates where there is none."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .aot import Dtypes, Jobs, Venv, choose, estimate, is_whole
from .aot_targets import TPU
from .cases import Case
from .command import settings
from .cpu import CasePatterns, Lowerings, Out, Quick, Repeats
from .ratios import show
from .running import payload, run_cases, save, target

Topologies = Annotated[
    list[str] | None,
    typer.Option(
        "--topology",
        metavar="NAME",
        help="Kind of TPU to compile for where there is none, such as v5e; may be repeated.",
        show_default="v5e, v6e",
    ),
]


def tpu(
    case: CasePatterns = None,
    topology: Topologies = None,
    dtype: Dtypes = None,
    lowering: Lowerings = None,
    venv: Venv = None,
    jobs: Jobs = 1,
    repeats: Repeats = None,
    quick: Quick = False,
    out: Out = None,
) -> None:
    """Times the cases on a TPU; without one, compiles them and reports the cycles that it should take."""
    (cases, dtypes), lowerings = choose(case, dtype), tuple(lowering or ())
    partial = not is_whole(cases, dtype, lowering)
    if _is_here():
        _time(cases, dtypes, lowerings, repeats, out, quick=quick, partial=partial)
        return
    kinds = tuple(topology or TPU.kinds)
    estimate(TPU, kinds, cases, dtypes, lowerings, venv=venv, jobs=jobs, out=out, partial=partial)


def _is_here() -> bool:
    import jax

    return jax.devices()[0].platform == "tpu"


def _time(
    cases: Sequence[Case],
    dtypes: Sequence[str],
    lowerings: tuple[str, ...],
    repeats: int | None,
    out: Path | None,
    *,
    quick: bool,
    partial: bool,
) -> None:
    """Runs the cases on the TPU that is here."""
    import jax

    from .peers_jax import jax_peers

    chosen = settings(quick=quick, repeats=repeats, wait_each=False)
    typed = [replace(one, name=f"{one.name}-{name}", dtype=name) for name in dtypes for one in cases]
    results = payload("tpu", chosen, devices={"jax": jax.devices()[0].device_kind})
    results["cases"] = run_cases(typed, jax_peers(lowerings), chosen)
    show(results)
    path = target("tpu", out, quick=quick, partial=partial)
    if path is not None:
        save(path, results)
