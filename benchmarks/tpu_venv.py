"""A Python with JAX and the TPU compiler, libtpu, of the versions that go together."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import jax

# Where there is no TPU, libtpu must not look for one: not in the cloud's metadata, not behind its lock (two
# compilers may run at once), and it needs a machine type to assume. It writes log files unless told not to.
ENVIRONMENT = {
    "JAX_PLATFORMS": "cpu",
    "TPU_SKIP_MDS_QUERY": "1",
    "ALLOW_MULTIPLE_LIBTPU_LOAD": "1",
    "TPU_ACCELERATOR_TYPE": "v5litepod-4",
    "TPU_WORKER_HOSTNAMES": "localhost",
    "TPU_LOG_DIR": "disabled",
}

_PROBE = "import jax, libtpu; print(jax.__version__)"


class TpuVenvError(Exception):
    """No Python with libtpu could be made; the message says why."""


def python_with_libtpu(directory: Path | None, tell: Callable[[str], None]) -> str:
    """The path of a Python that has libtpu, made with ``venv`` and pip when it is first asked for.

    Args:
      directory: of the virtual environment; by default one for this version of JAX in the user's cache.
      tell: told, in words, before anything is installed.

    Raises:
      TpuVenvError: the environment could not be made, or is one for another version of JAX.
    """
    if directory is None and find_spec("libtpu"):
        return sys.executable
    directory = directory or _cache() / f"tpu-venv-jax-{jax.__version__}"
    python = str(directory / "bin" / "python")
    if _version(python) is None:
        tell(f"installing jax[tpu]=={jax.__version__} into {directory} ...")
        _run([sys.executable, "-m", "venv", str(directory)])
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, f"jax[tpu]=={jax.__version__}"])
    found = _version(python)
    if found != jax.__version__:
        msg = f"{directory} has jax {found} and libtpu for it, not {jax.__version__}; name another directory"
        raise TpuVenvError(msg)
    return python


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "jax_resample"


def _version(python: str) -> str | None:
    """The version of JAX beside libtpu, or None where either is missing."""
    try:
        environment = {**os.environ, **ENVIRONMENT}
        done = subprocess.run([python, "-c", _PROBE], capture_output=True, text=True, env=environment)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except OSError as error:
        msg = f"{command[0]} cannot be run: {error}"
        raise TpuVenvError(msg) from error
    except subprocess.CalledProcessError as error:
        msg = f"{' '.join(command)} failed:\n{(error.stderr or error.stdout).strip()[-2000:]}"
        raise TpuVenvError(msg) from error
