"""Records what TensorFlow 2.21 answers to ``TENSORFLOW_CALLS`` of ``tensorflow_calls.py``, on a CPU.

    python -m tests.golden.record_tensorflow [--check]

It runs where TensorFlow is installed, and needs no JAX.
"""

import sys

import numpy as np
import tensorflow as tf

from .recording import Answers, command
from .tensorflow_calls import TENSORFLOW_CALLS, TENSORFLOW_FILE, Call, allowance


def answer(call: Call) -> np.ndarray:
    """The call's answer."""
    image = tf.constant(call.image())
    version_1 = tf.compat.v1.image
    functions = {"resize": tf.image.resize, "resize_v1": version_1.resize}
    if call.function in functions:
        return functions[call.function](image, call.size, **call.keywords).numpy()
    name = "".join(part.capitalize() for part in call.function.split("_"))
    return getattr(tf.raw_ops, name)(images=image, size=list(call.size), **call.keywords).numpy()


def record() -> Answers:
    """Every answer, by name."""
    return {call.name: answer(call) for call in TENSORFLOW_CALLS}


if __name__ == "__main__":
    version = tf.__version__
    sys.exit(command(TENSORFLOW_FILE, record, package="TensorFlow", installed=version, allowance=allowance))
