"""Records what TensorFlow answers to ``accuracy_calls.py``; needs it and NumPy only.

python -m tests.golden.record_accuracy           writes the file beside this script, whole or not at all
python -m tests.golden.record_accuracy --check   re-records and compares with the committed file
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from ..tolerances import unit
from .accuracy_calls import CALLS, FILE, cases, image
from .recording import Answers, command

_CHECK_ULPS = 2.0


def record() -> Answers:
    """Every answer to float32 and uint8, by row, dtype and number of the case."""
    return {
        f"{name} {dtype} {number}": np.asarray(call(image(shape, dtype, number), size))
        for name, call in CALLS.items()
        for number, (shape, size) in enumerate(cases())
        for dtype in ("float32", "uint8")
    }


def allowance(name: str, value: np.ndarray) -> float:
    """None for integers, two units in the last place elsewhere."""
    return _CHECK_ULPS * unit(value.dtype.name, value) if value.dtype.kind == "f" else 0.0


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="TensorFlow", installed=tf.__version__, allowance=allowance))
