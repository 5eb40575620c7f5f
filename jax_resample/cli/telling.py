"""What `explain` and `identify` say and write: tables, words, pictures and probes."""

import io
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..inspection import identify_words, tabular
from ..inspection.explain import Explanation
from ..inspection.identification import Identification
from ..inspection.identify import identify
from ..inspection.probes import Probe
from . import images, pictures
from .files import FileError, check_target, write_atomically

_ARRAY = ".npy"


def explanation(found: Explanation, picture: Path, console: Console) -> None:
    """Prints tables and advice, and writes the picture.

    Raises:
      FileError: the picture cannot be written.
    """
    if picture.suffix.lower() != ".png":
        msg = f"cannot write {picture}: the picture is a PNG file"
        raise FileError(msg)
    check_target(picture)
    drawn = io.BytesIO()
    pictures("taps_picture").draw_conventions(found).savefig(drawn, format="png")
    for table in found.tables():
        console.print(_rich(table), "", sep="\n")
    for part in (*found.findings(), *found.advice()):
        console.print(part, "", markup=False, sep="\n")
    said = "replaced" if picture.exists() else "wrote"
    write_atomically(picture, drawn.getvalue())
    console.print(f"{said} {picture}", markup=False, soft_wrap=True)


def identification(source: Path, result: Path, probe: Path | None, console: Console) -> None:
    """Compares two files, prints the verdict with its reasons, and writes the probe where one is wanted.

    Raises:
      FileError: a file cannot be read or written, or both are no resize of one another.
    """
    if probe is not None:
        check_target(probe)
    found = compare(source, result)
    console.print(identify_words.headline(found), style="bold", markup=False, soft_wrap=True)
    console.print(_rich(identify_words.ranking(found)), "", sep="\n")
    for part in identify_words.advice(found):
        console.print(part, "", markup=False, sep="\n")
    if probe is not None:
        console.print(_write_probe(found.probe, probe), markup=False, soft_wrap=True)


def compare(source: Path, result: Path) -> Identification:
    """What made one file from the other: image files by their first two axes, .npy files by what changed.

    Raises:
      FileError: a file cannot be read, or both are no resize of one another.
    """
    x, y = _read(source), _read(result)
    of_images = _ARRAY not in (source.suffix, result.suffix)
    if of_images and x.shape[2:] != y.shape[2:]:
        msg = f"{source} has {x.shape[2]} channels and {result} has {y.shape[2]}"
        raise FileError(msg)
    try:
        return identify(x, y, axes=(0, 1) if of_images else None)
    except (ValueError, TypeError) as error:
        msg = f"cannot compare {source} with {result}: {error}"
        raise FileError(msg) from error


def _read(path: Path) -> np.ndarray:
    if path.suffix != _ARRAY:
        return images.read(path).array
    try:
        return np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise FileError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"cannot read {path}: {error}"
        raise FileError(msg) from error


def _write_probe(probe: Probe | None, path: Path) -> str:
    """Writes the probe as an array, or as a grey image of 8 bits; says what to do with it."""
    if probe is None:
        return "there is no probe to write: nothing is left to tell apart, or nothing can"
    if path.suffix == _ARRAY:
        data = io.BytesIO()
        np.save(data, probe.x)
        write_atomically(path, data.getvalue())
    elif probe.x.dtype == np.uint8 and probe.x.ndim == 2:
        images.write(path, images.Picture(probe.x[..., None], "L", None))
    else:
        msg = f"cannot write {path}: a probe of {probe.x.dtype} is written to {_ARRAY} files only"
        raise FileError(msg)
    size = "x".join(map(str, probe.size))
    return f"wrote {path}: resize it to {size} by the library in question and identify the result"


def _rich(table: tabular.Table) -> Table:
    made = Table(title=escape(table.title), box=box.SIMPLE, title_justify="left", show_edge=False)
    for head, numeric in zip(table.head, table.numeric or [False] * len(table.head), strict=True):
        made.add_column(escape(head), justify="right" if numeric else "left")
    for row in table.rows:
        made.add_row(*map(escape, row))
    return made
