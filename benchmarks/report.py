"""``python -m benchmarks report``: result files as Markdown tables and one picture."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from jax_resample.cli.files import FileError, write_atomically

from . import ratios, scaling
from .running import RESULTS, SCHEMA, fail
from .tables import Table


@dataclass(frozen=True)
class View:
    """How the results of one command are shown: heading, tables, and a sentence on how to read them."""

    title: str
    tables: Callable[[dict[str, Any]], list[Table]]
    legend: str = ""


_PICTURE = Path(__file__).parent.parent / "docs" / "speed.png"


def report(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Result files. By default the committed ones.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Markdown file to write instead of printing.", show_default=False)
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="PNG file of the ratios on the CPU. By default docs/speed.png for the committed files, "
            "and none for others.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Makes Markdown tables and the picture of ratios from result files."""
    chosen = files or sorted(p for p in RESULTS.glob("*.json") if not p.stem.endswith("-quick"))
    results = [read(path) for path in chosen]
    known = [result for result in results if view(result) is not None]
    if not known:
        fail(f"no results of these benchmarks in {', '.join(map(str, files or [RESULTS]))}")
    text = "\n".join(markdown(result) for result in known)
    picture = picture or (None if files else _PICTURE)
    measured = [result for result in known if result["benchmark"] == "cpu"]
    if picture is not None and measured:
        from .picture import draw  # matplotlib takes a second to import

        _write(picture, draw(measured[0]))
    if out is None:
        typer.echo(text)
    else:
        _write(out, text.encode())


def read(path: Path) -> dict[str, Any]:
    """A result file; one that is missing, broken or of another schema ends the command."""
    try:
        result = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        fail(f"cannot read {path}: {error}")
    if not isinstance(result, dict) or "benchmark" not in result:
        fail(f"{path} is not a result file")
    if view(result) is not None and result.get("schema") != SCHEMA:
        fail(f"{path} has schema {result.get('schema')}, not {SCHEMA}; measure again")
    return result


def view(result: dict[str, Any]) -> View | None:
    """How to show a result file; None for one of another program."""
    name = str(result["benchmark"])
    if name in ("cpu", "gpu", "tpu"):
        return View(name.upper(), ratios.tables, ratios.LEGEND)
    if name == "scaling":
        return View("Scaling", scaling.tables)
    kind, _, device = name.partition("-")
    if kind in ("tpu", "gpu"):
        from . import aot_tables

        return View(f"Estimates for {kind.upper()} {device}", aot_tables.tables, aot_tables.LEGENDS[kind])
    return None


def markdown(result: dict[str, Any]) -> str:
    """One result file: where it was measured, then its tables."""
    shown = view(result)
    assert shown is not None, result["benchmark"]
    head = "\n\n".join(filter(None, (f"## {shown.title}", _measured(result), shown.legend)))
    return "\n".join([head, "", *(table.markdown() for table in shown.tables(result))])


def _measured(result: dict[str, Any]) -> str:
    machine, settings = result["machine"], result.get("settings")
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    devices = "".join(f"{name}, " for name in result.get("devices", {}).values())
    text = (
        f"{'Measured' if settings else 'Compiled'} on {result['date'][:10]} on {devices}{machine['cpu']} "
        f"({machine['cores']} cores, {machine['memory_gib']} GiB, load {machine['load_before']} before the "
        f"run), revision {result['revision']}, with {versions}."
    )
    if settings:
        length = f"{settings['sample_s'] * 1e3:g} ms"
        text += f" Medians of up to {settings['repeats']} samples of at least {length} each."
    return text


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except FileError as error:
        fail(str(error))
    typer.echo(f"wrote {path}", err=True)  # standard output is for the tables
