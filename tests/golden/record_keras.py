"""Records what Keras 3.15 on JAX answers to ``KERAS_CALLS`` of ``tensorflow_calls.py``.

KERAS_BACKEND=jax python -m tests.golden.record_keras [--check]
"""

import sys

import keras
import numpy as np

from .recording import Answers, command
from .tensorflow_calls import KERAS_CALLS, KERAS_FILE, Call, allowance


def answer(call: Call) -> np.ndarray:
    """The call's answer."""
    return np.asarray(getattr(keras.ops.image, call.function)(call.image(), call.size, **call.keywords))


def record() -> Answers:
    """Every answer, by name."""
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    return {call.name: answer(call) for call in KERAS_CALLS}


if __name__ == "__main__":
    version = keras.__version__
    sys.exit(command(KERAS_FILE, record, package="Keras", installed=version, allowance=allowance))
