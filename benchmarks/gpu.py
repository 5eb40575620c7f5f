"""``python -m benchmarks gpu``: the cases on an NVIDIA GPU, or its compiler's estimates without one."""

import os
from importlib.util import find_spec

from .aot import Dtypes, Jobs, Venv, choose, estimate, is_whole
from .aot_targets import GPU
from .cases import LAYOUTS
from .command import settings, time_cases
from .cpu import CasePatterns, Lowerings, Out, Quick, Repeats
from .running import fail


def gpu(
    case: CasePatterns = None,
    dtype: Dtypes = None,
    lowering: Lowerings = None,
    venv: Venv = None,
    jobs: Jobs = 1,
    repeats: Repeats = None,
    quick: Quick = False,
    out: Out = None,
) -> None:
    """Times the cases on a GPU beside PyTorch; without one, compiles them and reports the expected time."""
    # PyTorch shares the GPU: JAX must not take three quarters of its memory first.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    lowerings, found = tuple(lowering or ()), _device()
    if found is None:
        cases, dtypes = choose(case, dtype)
        partial = not is_whole(cases, dtype, lowering)
        estimate(GPU, GPU.kinds, cases, dtypes, lowerings, venv=venv, jobs=jobs, out=out, partial=partial)
        return
    devices = {"jax": found, "cuda": _cuda()}
    from .peers import Torch
    from .peers_jax import jax_peers

    time_cases(
        "gpu",
        [*jax_peers(lowerings), *(Torch(layout, device="cuda") for layout in LAYOUTS)],
        settings(quick=quick, repeats=repeats, wait_each=False),
        case=case,
        out=out,
        quick=quick,
        partial=bool(lowerings),
        devices=devices,
    )


def _device() -> str | None:
    """The GPU as JAX names it, or None where it finds none."""
    import jax

    try:
        return jax.devices("cuda")[0].device_kind
    except RuntimeError:
        return None


def _cuda() -> str:
    """PyTorch's CUDA, beside which ours is timed; ends the command where it has none."""
    if find_spec("torch") is None:
        fail("results are checked against torch, which is not installed; install torch with CUDA")
    import torch

    if not torch.cuda.is_available():
        fail("PyTorch finds no CUDA device; install a build of torch with CUDA")
    return f"CUDA {torch.version.cuda}"
