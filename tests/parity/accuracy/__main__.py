"""The command."""

import argparse
import json
import os
import sys
import tempfile
import warnings
from fnmatch import fnmatch
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
from rich.progress import track

import jax_resample as jr

from . import conventions, functions
from .page import Rows, page, unexplained

_PAGE = Path(__file__).parents[3] / "docs" / "accuracy.md"


def _measured(kept: Rows, only: list[str], count: int, keep: Path | None) -> Rows:
    """The figures of every row that is asked for, with those that were kept."""
    wanted = [*jr.conventions, *functions.names()]
    if only:
        wanted = [name for name in wanted if any(fnmatch(name, pattern) for pattern in only)]
    else:
        wanted = [name for name in wanted if name not in kept]
    for name in track(wanted, description="rows", console=None):
        by = conventions if ":" in name else functions
        kept[name] = by.measure(name, count)
        jax.clear_caches()
        if keep is not None:
            keep.write_text(json.dumps(kept))
    return kept


def _write(text: str) -> None:
    """The page, whole or not at all."""
    with tempfile.NamedTemporaryFile("w", dir=_PAGE.parent, suffix=".md", delete=False) as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(_PAGE)


def main() -> int:
    """Measures, and writes the page where nothing is left to measure or to explain."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity.accuracy", description=_write.__doc__)
    parser.add_argument("--calls", type=int, default=20, help="random calls of each dtype for a row")
    parser.add_argument("--only", nargs="*", default=[], help="patterns of rows to measure, without the page")
    parser.add_argument("--keep", type=Path, help="a JSON file that keeps figures between runs")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    warnings.simplefilter("ignore")
    kept: Rows = json.loads(options.keep.read_text()) if options.keep and options.keep.exists() else {}
    rows = _measured(kept, options.only, options.calls, options.keep)
    if options.only:
        return 0
    tables: tuple[Rows, Rows] = (
        {n: rows[n] for n in jr.conventions},
        {n: rows[n] for n in functions.names()},
    )
    if missing := [name for table in tables for name in unexplained(table)]:
        print("no explanation in notes.py:", *(f"{n}: {rows[n]}" for n in missing), sep="\n", file=sys.stderr)
        return 1
    _write(page(*tables))
    print(_PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
