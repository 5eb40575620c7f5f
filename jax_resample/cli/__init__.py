"""The command ``jax-resample``: resize image files, and show what ``align_corners`` means.

This module imports nothing of the extra ``cli``; `main` names the install line where it is missing.
"""

import sys
from importlib import import_module
from types import ModuleType

INSTALL = 'pip install "jax_resample[cli]"'
_EXTRA = ("typer", "rich", "PIL", "matplotlib")


def main() -> None:
    """Runs the command line, and exits with its status.

    Raises:
      SystemExit: 0 after success, 1 where a file cannot be read or written or a package of the extra
        is missing, 2 where the arguments are wrong.
    """
    try:
        from .app import app

        app(prog_name="jax-resample")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        print(f"Error: jax-resample needs {missing}, which is not installed: {INSTALL}", file=sys.stderr)
        sys.exit(1)


def pictures(module: str) -> ModuleType:
    """A module that draws, imported when a picture is wanted.

    Raises:
      ModuleNotFoundError: a package of the extra is missing; the message names the install line.
    """
    try:
        return import_module(f"{__name__}.{module}")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        msg = f"pictures need {missing}, which is not installed: {INSTALL}"
        raise ModuleNotFoundError(msg, name=error.name) from error
