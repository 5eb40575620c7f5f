"""A Python with JAX and the compiler of an accelerator, of the versions that go together."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import jax

from .aot_targets import Target

_PROBE = "import importlib.metadata as m; m.version('{distribution}'); print(m.version('jax'))"


class VenvError(Exception):
    """No Python with the compiler could be made; the message says why."""


def python_for(target: Target, directory: Path | None, tell: Callable[[str], None]) -> str:
    """The path of a Python that has the compiler, made with ``venv`` and pip when it is first asked for.

    Args:
      target: the accelerator.
      directory: of the virtual environment; by default one for this version of JAX in the user's cache.
      tell: told, in words, before anything is installed.

    Raises:
      VenvError: the environment could not be made, or is one for another version of JAX.
    """
    if directory is None and _has(target.module):
        return sys.executable
    directory = directory or _cache() / f"{target.name}-venv-jax-{jax.__version__}"
    python = str(directory / "bin" / "python")
    if _version(python, target) is None:
        packages = [package.format(jax=jax.__version__) for package in target.packages]
        tell(f"installing {' '.join(packages)} into {directory} ...")
        _run([sys.executable, "-m", "venv", str(directory)])
        _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    found = _version(python, target)
    if found != jax.__version__:
        msg = (
            f"{directory} has jax {found} and {target.distribution} for it, not {jax.__version__}; "
            "name another directory"
        )
        raise VenvError(msg)
    return python


def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that would hold it
        return False


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "jax_resample"


def _version(python: str, target: Target) -> str | None:
    """The version of JAX beside the compiler, or None where either is missing."""
    probe = _PROBE.format(distribution=target.distribution)
    try:
        done = subprocess.run([python, "-c", probe], capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except OSError as error:
        msg = f"{command[0]} cannot be run: {error}"
        raise VenvError(msg) from error
    except subprocess.CalledProcessError as error:
        msg = f"{' '.join(command)} failed:\n{(error.stderr or error.stdout).strip()[-2000:]}"
        raise VenvError(msg) from error
