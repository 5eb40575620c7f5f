"""Cases compiled ahead of time for an accelerator that is not there, and what the compiler expects."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from . import aot_tables
from .aot_targets import Target
from .aot_venv import VenvError, python_for
from .cases import CASES, Case, select
from .running import RESULTS, console, fail, payload, save
from .sampling_cases import CASES as SAMPLE_CASES
from .sampling_cases import SampleCase
from .timing import Settings

_ROOT = Path(__file__).parent.parent
DTYPES = ("float32", "bfloat16")

Dtypes = Annotated[
    list[str] | None,
    typer.Option(
        "--dtype",
        metavar="NAME",
        help="Type of the samples where programs are only compiled; may be repeated.",
        show_default="both",
    ),
]
Venv = Annotated[
    Path | None,
    typer.Option(
        help="Virtual environment with the compiler, made if it is not there. By default one in the user's "
        "cache.",
        show_default=False,
    ),
]
Jobs = Annotated[int, typer.Option(min=1, help="Compilers that run at once, each on some of the cases.")]


def choose(case: list[str] | None, dtype: list[str] | None) -> tuple[list[Case], tuple[str, ...]]:
    """The cases with gradients that match, and the dtypes; what is unknown ends the command."""
    try:
        cases = [one for one in select(case) if one.has_gradient]
    except ValueError as error:
        fail(str(error))
    dtypes = tuple(dtype or DTYPES)
    unknown = sorted(set(dtypes) - set(DTYPES))
    if unknown or not cases:
        fail(f"`dtype` must be among {', '.join(DTYPES)}; received {unknown or 'no case with real samples'}")
    return cases, dtypes


def is_whole(cases: Sequence[Case], dtype: list[str] | None, lowering: list[str] | None) -> bool:
    """Whether a run is of all that the committed files hold."""
    return len(cases) == sum(one.has_gradient for one in CASES) and not dtype and not lowering


def estimate(
    target: Target,
    kinds: Sequence[str],
    cases: Sequence[Case],
    dtypes: Sequence[str],
    lowerings: tuple[str, ...],
    *,
    venv: Path | None,
    jobs: int,
    out: Path | None,
    partial: bool,
) -> None:
    """Compiles the cases for each kind of device, and writes one file for each."""
    if out is not None and len(kinds) > 1:
        fail(f"`out` names one file; name one kind of device as well, received {', '.join(kinds)}")
    try:
        python = python_for(target, venv, lambda text: console.print(text, markup=False, soft_wrap=True))
    except VenvError as error:
        fail(str(error))
    for kind in kinds:
        request = {"kind": kind, "dtypes": list(dtypes), "lowerings": list(lowerings or target.lowerings)}
        sampled = () if partial else SAMPLE_CASES
        head, programs, sampling = compile_all(python, target, request, cases, sampled, jobs)
        name = f"{target.name}-{kind}"
        results = payload(name, Settings(), topology=kind, device_kind=head["device_kind"])
        results["versions"][target.distribution] = head["compiler"]
        del results["settings"]  # nothing is timed
        results["programs"], results["sampling"] = programs, sampling
        for table in aot_tables.tables(results):
            console.print(table.rich())
        console.print(aot_tables.LEGENDS[target.name], markup=False, soft_wrap=True)
        path = out or (None if partial else RESULTS / f"{name}.json")
        if path is not None:
            save(path, results)


def compile_all(
    python: str,
    target: Target,
    request: dict[str, Any],
    cases: Sequence[Case],
    sampled: Sequence[SampleCase],
    jobs: int,
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """What the compiler says: of itself, and of every program, in the order of either kind of cases."""
    request = {**request, "target": target.name}
    shares = [
        request | {"cases": _names(cases[first::jobs]), "sampling": _names(sampled[first::jobs])}
        for first in range(min(jobs, len(cases)))
    ]
    with tempfile.TemporaryDirectory(prefix="jax-resample-aot-") as folder:
        workers = []
        for number, share in enumerate(shares):
            lines, log = Path(folder, f"{number}.jsonl"), Path(folder, f"{number}.log")
            workers.append((_start(python, target, share, lines, log), lines, log))
        try:
            for process, _, log in workers:
                if process.wait() != 0:
                    words = log.read_text()[-2000:]
                    fail(f"the {target.name} compiler ended with status {process.returncode}:\n{words}")
        finally:
            for process, *_ in workers:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        read = [[json.loads(line) for line in lines.read_text().splitlines()] for _, lines, _ in workers]
    programs = [program for _, *rest in read for program in rest]
    return read[0][0], _of(cases, programs), _of(sampled, programs)


def _names(cases: Sequence[Case] | Sequence[SampleCase]) -> list[str]:
    return [case.name for case in cases]


def _of(cases: Sequence[Case] | Sequence[SampleCase], programs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The programs of some cases, in their order."""
    order = {case.name: place for place, case in enumerate(cases)}
    return sorted((p for p in programs if p["case"] in order), key=lambda program: order[program["case"]])


def _start(
    python: str, target: Target, job: dict[str, Any], lines: Path, log: Path
) -> subprocess.Popen[bytes]:
    """A compiler at work on some cases, which writes its findings to ``lines`` and its words to ``log``."""
    file = lines.with_suffix(".json")
    file.write_text(json.dumps(job))
    names = ", ".join([*job["cases"], *job["sampling"]])
    console.print(f"{job['kind']}: compiling {names} ...", markup=False)
    environment = {**os.environ, **target.environment, "PYTHONPATH": str(_ROOT)}
    command = [python, "-m", "benchmarks.aot_worker"]
    with file.open() as stdin, lines.open("w") as stdout, log.open("w") as stderr:
        return subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, env=environment, cwd=_ROOT
        )
