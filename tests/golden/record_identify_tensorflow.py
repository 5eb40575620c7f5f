"""Records what TensorFlow answers to ``identify_calls.py``, as ``record_identify.py`` does for the others.

    python -m tests.golden.record_identify_tensorflow [--check]

It needs TensorFlow and NumPy only, which have no place in one environment with the others.
"""

import sys

import numpy as np
import tensorflow as tf

from ..tolerances import unit
from .calls import samples
from .identify_calls import SHAPE, SIZE, TENSORFLOW_CALLS, TENSORFLOW_CASES, TENSORFLOW_FILE
from .recording import Answers, command

_CHECK_ULPS = 2.0


def record() -> Answers:
    """Every answer, by name and dtype."""
    return {
        f"{name} {dtype}": np.asarray(TENSORFLOW_CALLS[name](samples(SHAPE, dtype).astype(dtype), SIZE))
        for name, dtype in TENSORFLOW_CASES
    }


def allowance(name: str, value: np.ndarray) -> float:
    """None for integers, two units in the last place elsewhere."""
    return _CHECK_ULPS * unit(value.dtype.name, value) if value.dtype.kind == "f" else 0.0


if __name__ == "__main__":
    sys.exit(
        command(TENSORFLOW_FILE, record, package="TensorFlow", installed=tf.__version__, allowance=allowance)
    )
