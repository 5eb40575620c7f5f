"""``python -m benchmarks report``: result files as Markdown tables and one picture."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from jax_resample.cli.files import FileError, write_atomically

from . import ratios, scaling
from .running import RESULTS, SCHEMA, fail
from .tables import Table

_TABLES: dict[str, Callable[[dict[str, Any]], list[Table]]] = {
    "cpu": ratios.tables,
    "gpu": ratios.tables,
    "scaling": scaling.tables,
}
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
    known = [result for result in results if result["benchmark"] in _TABLES]
    if not known:
        fail(f"no results of the commands {', '.join(_TABLES)} in {files or RESULTS}")
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
    if result["benchmark"] in _TABLES and result.get("schema") != SCHEMA:
        fail(f"{path} has schema {result.get('schema')}, not {SCHEMA}; measure again")
    return result


def markdown(result: dict[str, Any]) -> str:
    """One result file: where it was measured, then its tables."""
    name = {"cpu": "CPU", "gpu": "GPU"}.get(result["benchmark"], result["benchmark"].capitalize())
    lines = [f"## {name}", "", _measured(result), ""]
    if result["benchmark"] != "scaling":
        lines += [ratios.LEGEND, ""]
    return "\n".join(lines + [table.markdown() for table in _TABLES[result["benchmark"]](result)])


def _measured(result: dict[str, Any]) -> str:
    machine, settings = result["machine"], result["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    device = f"{result['devices']['torch']}, " if "devices" in result else ""
    return (
        f"Measured on {result['date'][:10]} on {device}{machine['cpu']} ({machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, load {machine['load_before']} before the run), revision "
        f"{result['revision']}, with {versions}. Medians of up to {settings['repeats']} samples of at least "
        f"{settings['sample_s'] * 1e3:g} ms each."
    )


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except FileError as error:
        fail(str(error))
    typer.echo(f"wrote {path}", err=True)  # standard output is for the tables
