"""Records what PyTorch 2.13 answers to every call of ``calls.py``: values, and a pull-back each.

    python -m tests.golden.record           writes the file beside this script, whole or not at all
    python -m tests.golden.record --check   re-records and compares with the committed file

``--check`` asks for equality of integers and of nearest neighbours, and for two units in the last place
elsewhere, since PyTorch chooses kernels by CPU.
"""

import sys
import warnings

import numpy as np
import torch

from ..tolerances import unit
from .calls import CALLS, FILE, Call, samples
from .recording import command

_CHECK_ULPS = 2.0


def to_numpy(tensor: torch.Tensor) -> np.ndarray:
    """Tensors as NumPy arrays; bfloat16, which NumPy lacks, as float32."""
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).detach().numpy()


def answer(call: Call) -> dict[str, np.ndarray]:
    """The value and, for float32 and float64, the pull-back of ``samples(..., seed=1)``."""
    x = torch.from_numpy(samples(call.shape, call.dtype)).to(getattr(torch, call.dtype))
    if call.has_gradient:
        x.requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the deprecation of the upsample functions
        y = getattr(torch.nn.functional, call.function)(x, **call.keywords)
    recorded = {call.name: to_numpy(y)}
    if call.has_gradient:
        cotangent = torch.from_numpy(samples(tuple(y.shape), call.dtype, seed=1)).to(y.dtype)
        y.backward(cotangent)
        assert x.grad is not None
        recorded[f"{call.name} gradient"] = to_numpy(x.grad)
    return recorded


def record() -> dict[str, np.ndarray]:
    """Every answer, by name."""
    answers: dict[str, np.ndarray] = {}
    for call in CALLS:
        answers |= answer(call)
    return answers


def allowance(name: str, value: np.ndarray) -> float:
    """None for integers and nearest neighbours; two units in the last place elsewhere."""
    if value.dtype.kind != "f" or ("nearest" in name and "gradient" not in name):
        return 0.0
    return _CHECK_ULPS * unit("bfloat16" if "bfloat16" in name else value.dtype.name, value)


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="PyTorch", installed=str(torch.__version__), allowance=allowance))
