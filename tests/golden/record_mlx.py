"""Records what MLX answers to ``mlx_calls.py``: ``python -m tests.golden.record_mlx [--check]``."""

import sys
from importlib.metadata import version

import mlx.core as mx
import numpy as np
from mlx import nn

from .mlx_calls import CALLS, FILE, Call
from .recording import Answers, command


def answer(call: Call) -> np.ndarray:
    """The call's answer."""
    return np.array(nn.Upsample(call.factors, **call.options)(mx.array(call.image())))


def record() -> Answers:
    """Every answer, by name."""
    return {call.name: answer(call) for call in CALLS}


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="MLX", installed=version("mlx")))
