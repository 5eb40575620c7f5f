"""``python -m benchmarks gpu``: the cases on an NVIDIA GPU, beside PyTorch and ``jax.image`` there."""

import os
from importlib.util import find_spec

from .cases import LAYOUTS
from .command import settings, time_cases
from .cpu import CasePatterns, Lowerings, Out, Quick, Repeats
from .running import fail


def gpu(
    case: CasePatterns = None,
    repeats: Repeats = None,
    quick: Quick = False,
    lowering: Lowerings = None,
    out: Out = None,
) -> None:
    """Times every case on the GPU, forward and backward, in both layouts."""
    # PyTorch shares the GPU: JAX must not take three quarters of its memory first.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    devices = _devices()
    from .peers import Torch
    from .peers_jax import jax_peers

    lowerings = tuple(lowering or ())
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


def _devices() -> dict[str, str]:
    """The GPU as JAX names it and PyTorch's CUDA; ends the command where either of them has none."""
    import jax

    try:
        jax_device = jax.devices("cuda")[0].device_kind
    except RuntimeError as error:
        fail(f"JAX finds no CUDA device ({error}); install jax[cuda12] on a machine with an NVIDIA GPU")
    if find_spec("torch") is None:
        fail("results are checked against torch, which is not installed; install torch with CUDA")
    import torch

    if not torch.cuda.is_available():
        fail("PyTorch finds no CUDA device; install a build of torch with CUDA")
    return {"jax": jax_device, "cuda": f"CUDA {torch.version.cuda}"}
