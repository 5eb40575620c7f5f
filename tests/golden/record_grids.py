"""Records what PyTorch 2.13 answers to every call of ``grid_calls.py``: values, and pull-backs where asked.

    python -m tests.golden.record_grids           writes the file beside this script, whole or not at all
    python -m tests.golden.record_grids --check   re-records and compares with the committed file

``--check`` allows four units in the last place, since PyTorch chooses kernels by CPU, and none for nearest
neighbours.
"""

import sys
import warnings

import numpy as np
import torch

from ..tolerances import unit
from .grid_calls import AFFINE_CALLS, FILE, GRID_CALLS, GridCall
from .recording import command

_CHECK_ULPS = 4.0


def answer(call: GridCall) -> dict[str, np.ndarray]:
    """The value and, where asked, the gradients to the image and to the grid."""
    x, grid, cotangent = (torch.from_numpy(a) for a in call.inputs())
    x.requires_grad_(call.gradient)
    grid.requires_grad_(call.gradient)
    y = torch.nn.functional.grid_sample(x, grid, **call.keywords)
    recorded = {call.name: y.detach().numpy()}
    if call.gradient:
        to_x, to_grid = torch.autograd.grad(y, (x, grid), cotangent)
        recorded |= {f"{call.name} image": to_x.numpy(), f"{call.name} grid": to_grid.numpy()}
    return recorded


def record() -> dict[str, np.ndarray]:
    """Every answer, by name."""
    answers: dict[str, np.ndarray] = {}
    for call in GRID_CALLS:
        answers |= answer(call)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about axes of one sample
        for call in AFFINE_CALLS:
            grid = torch.nn.functional.affine_grid(
                torch.from_numpy(call.theta()), call.size, call.align_corners
            )
            answers[call.name] = grid.numpy()
    return answers


def allowance(name: str, value: np.ndarray) -> float:
    """How much a fresh recording may differ."""
    return 0.0 if "nearest" in name else _CHECK_ULPS * unit(value.dtype.name, np.nan_to_num(value))


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="PyTorch", installed=torch.__version__, allowance=allowance))
