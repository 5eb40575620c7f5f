"""``python -m benchmarks tpu``: the cases on a TPU, or its compiler's estimates where there is none."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from . import tpu_tables
from .cases import CASES, Case, select
from .command import settings
from .cpu import CasePatterns, Lowerings, Out, Quick, Repeats
from .ratios import show
from .running import RESULTS, console, fail, payload, run_cases, save, target
from .timing import Settings

_ROOT = Path(__file__).parent.parent
_DTYPES = ("float32", "bfloat16")
_LOWERINGS = ("gather", "matrix")

Topologies = Annotated[
    list[str] | None,
    typer.Option(
        "--topology",
        metavar="NAME",
        help="Kind of TPU to compile for where there is none, such as v5e; may be repeated.",
        show_default="v5e, v6e",
    ),
]
Dtypes = Annotated[
    list[str] | None,
    typer.Option(
        "--dtype", metavar="NAME", help="Type of the samples; may be repeated.", show_default="both"
    ),
]
Venv = Annotated[
    Path | None,
    typer.Option(
        help="Virtual environment with libtpu, made if it is not there. By default one in the user's cache.",
        show_default=False,
    ),
]
Jobs = Annotated[int, typer.Option(min=1, help="Compilers that run at once, each on some of the cases.")]


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
    try:
        cases = [one for one in select(case) if one.has_gradient]
    except ValueError as error:
        fail(str(error))
    dtypes = tuple(dtype or _DTYPES)
    unknown = sorted(set(dtypes) - set(_DTYPES))
    if unknown or not cases:
        fail(f"`dtype` must be among {', '.join(_DTYPES)}; received {unknown or 'no case with real samples'}")
    whole = len(cases) == sum(one.has_gradient for one in CASES) and not dtype and not lowering
    if _is_here():
        _time(cases, dtypes, tuple(lowering or ()), repeats, out, quick=quick, partial=not whole)
        return
    topologies = tuple(topology or ("v5e", "v6e"))
    if out is not None and len(topologies) > 1:
        fail(f"`out` names one file; name one `topology` as well, received {', '.join(topologies)}")
    _estimate(cases, dtypes, tuple(lowering or _LOWERINGS), topologies, venv, jobs, out, partial=not whole)


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


def _estimate(
    cases: Sequence[Case],
    dtypes: Sequence[str],
    lowerings: tuple[str, ...],
    topologies: Sequence[str],
    venv: Path | None,
    jobs: int,
    out: Path | None,
    *,
    partial: bool,
) -> None:
    """Compiles the cases for each kind of TPU, and writes one file for each."""
    from .tpu_venv import TpuVenvError, python_with_libtpu

    try:
        python = python_with_libtpu(venv, lambda text: console.print(text, markup=False, soft_wrap=True))
    except TpuVenvError as error:
        fail(str(error))
    for topology in topologies:
        request = {"topology": topology, "dtypes": list(dtypes), "lowerings": list(lowerings)}
        head, programs = compile_all(python, request, cases, jobs)
        results = payload(f"tpu-{topology}", Settings(), topology=topology, device_kind=head["device_kind"])
        results["versions"]["libtpu"] = head["libtpu"]
        del results["settings"]  # nothing is timed
        results["programs"] = programs
        for table in tpu_tables.tables(results):
            console.print(table.rich())
        console.print(tpu_tables.LEGEND, markup=False, soft_wrap=True)
        path = out or (None if partial else RESULTS / f"tpu-{topology}.json")
        if path is not None:
            save(path, results)


def compile_all(
    python: str, request: dict[str, Any], cases: Sequence[Case], jobs: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the compiler says: of itself, and of every program, in the order of the cases."""
    shares = [list(cases[first::jobs]) for first in range(min(jobs, len(cases)))]
    with tempfile.TemporaryDirectory(prefix="jax-resample-tpu-") as folder:
        workers = []
        for number, share in enumerate(shares):
            lines, log = Path(folder, f"{number}.jsonl"), Path(folder, f"{number}.log")
            workers.append((_start(python, request, share, lines, log), lines, log))
        try:
            for process, _, log in workers:
                if process.wait() != 0:
                    fail(
                        f"the TPU compiler ended with status {process.returncode}:\n{log.read_text()[-2000:]}"
                    )
        finally:
            for process, *_ in workers:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        read = [[json.loads(line) for line in lines.read_text().splitlines()] for _, lines, _ in workers]
    order = {case.name: place for place, case in enumerate(cases)}
    programs = [program for head, *rest in read for program in rest]
    return read[0][0], sorted(programs, key=lambda program: order[program["case"]])


def _start(
    python: str, request: dict[str, Any], cases: Sequence[Case], lines: Path, log: Path
) -> subprocess.Popen[bytes]:
    """A compiler at work on some cases, which writes its findings to ``lines`` and its words to ``log``."""
    from .tpu_venv import ENVIRONMENT

    job = lines.with_suffix(".json")
    job.write_text(json.dumps({**request, "cases": [case.name for case in cases]}))
    console.print(
        f"{request['topology']}: compiling {', '.join(case.name for case in cases)} ...", markup=False
    )
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(_ROOT)}
    command = [python, "-m", "benchmarks.tpu_worker"]
    with job.open() as stdin, lines.open("w") as stdout, log.open("w") as stderr:
        return subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, env=environment, cwd=_ROOT
        )
