"""Records what the code of checkpoints answers to ``position_embeddings.py``, with PyTorch and SciPy.

    python -m tests.golden.record_position_embeddings [--check]

``--check`` lets values differ by two units in the last place, since PyTorch chooses kernels by CPU.
"""

import sys

import numpy as np
import scipy
import torch

from ..tolerances import unit
from .position_embeddings import CASES, FILE, tokens, upstream
from .recording import Answers, command

_CHECK_ULPS = 2.0


def record() -> Answers:
    """Every answer, by name."""
    return {case.name: upstream(case, tokens(case)) for case in CASES}


def allowance(name: str, value: np.ndarray) -> float:
    """Two units in the last place."""
    return _CHECK_ULPS * unit("float32", value)


if __name__ == "__main__":
    version = f"{torch.__version__.split('+')[0]}-scipy-{scipy.__version__}"
    sys.exit(command(FILE, record, package="position embeddings", installed=version, allowance=allowance))
