"""The machine, the versions and the day: what a time means nothing without."""

import ctypes
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jax

_PACKAGES = ("jax", "jaxlib", "torch", "opencv-python-headless", "pillow", "scikit-image", "numpy")
_CPU_INFO = Path("/proc/cpuinfo")
_ROOT = Path(__file__).parent.parent

# glibc's mallopt: its settings, and what they are set to.
_MALLOPT = {
    "arenas": (-8, 1),  # those of other threads than the first take no array over 64 MB
    "mmap threshold": (-3, 1 << 30),
    "trim threshold": (-1, (1 << 31) - 1),
    "top pad": (-2, 1 << 28),
}


def keep_freed_memory() -> bool:
    """Lets freed memory serve the next call, as an allocator does in a program that runs for long.

    By default glibc gives every large array back to the system when it is freed, and each call then waits for
    pages to be cleared: a doubled volume of 67 MB takes 38 ms that way, 7 of them at work. It concerns every
    library, those that allocate in other threads more. Call it before they start any. Returns False where
    the allocator has no such settings.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(mallopt(*setting) == 1 for setting in _MALLOPT.values())


def on_cpu() -> dict[str, bool]:
    """Readies this process for timing on the CPU, before any library starts; what was done, as JSON holds it.

    JAX hands a program to another thread, even where the caller waits for its result; waking that thread
    takes 50 to 80 us on a small machine, five times what a short program needs. PyTorch computes in the
    caller, and so does JAX here.
    """
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    return {"keeps_freed_memory": keep_freed_memory(), "computes_in_caller": True}


def environment() -> dict[str, Any]:
    """Machine, versions, revision of this repository and date, as JSON holds them."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cpu": _cpu_model(),
            "cores": cores(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "system": platform.system(),
            "load_before": round(os.getloadavg()[0], 2),
        },
        "versions": {"python": platform.python_version(), **_versions()},
        "revision": _revision(),
    }


def cores() -> int:
    """Processors that this process may use; XLA and PyTorch start as many threads."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _cpu_model() -> str:
    lines = _CPU_INFO.read_text().splitlines() if _CPU_INFO.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _revision() -> str | None:
    """The commit that is measured, with ``+`` after it when files differ from it; None outside git."""
    hashed = _git("rev-parse", "--short=12", "HEAD")
    if hashed is None:
        return None
    return hashed + ("+" if _git("status", "--porcelain", "--", "jax_resample", "benchmarks/*.py") else "")


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(_ROOT), *arguments]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
