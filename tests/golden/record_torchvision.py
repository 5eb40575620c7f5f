"""Records torchvision's ``ops.roi_align``: ``python -m tests.golden.record_torchvision [--check]``."""

import sys

import numpy as np
import torch
import torchvision

from ..tolerances import unit
from . import roi_calls
from .recording import Answers, command


def record() -> Answers:
    """Values, and the pull-back of ``cotangent`` to the maps."""
    answers: Answers = {}
    for call in roi_calls.ROI_CALLS:
        x = torch.from_numpy(roi_calls.maps()).requires_grad_()
        y = torchvision.ops.roi_align(x, torch.from_numpy(roi_calls.boxes()), *call.arguments)
        y.backward(torch.from_numpy(roi_calls.cotangent(tuple(y.shape))))
        assert x.grad is not None
        answers[call.name], answers[f"{call.name} gradient"] = y.detach().numpy(), x.grad.numpy()
    return answers


def _two_units(name: str, value: np.ndarray) -> float:
    return 2 * unit("float32", value)


if __name__ == "__main__":
    options = {"package": "torchvision", "installed": torchvision.__version__, "allowance": _two_units}
    sys.exit(command(roi_calls.TORCHVISION, record, **options))
