"""Records what OpenCV 5.0.0 answers to every call of ``opencv_calls.py``; see ``recording.py``.

Intel's IPP is switched off, and so are threads: what is left is OpenCV's own code. ``--check`` allows two
units in the last place of floats, whose sums follow the CPU's vectors.
"""

import sys

import cv2
import numpy as np

from ..tolerances import unit
from .opencv_calls import CALLS, FILE, Call
from .recording import Answers, command

_CHECK_ULPS = 2.0


def answer(call: Call) -> np.ndarray:
    """The result, with the axis of a single channel that OpenCV drops."""
    image = call.image()
    keywords = dict(call.keywords)
    done = cv2.resize(image, keywords.pop("dsize"), **keywords)
    return done.reshape(*done.shape[:2], *image.shape[2:])


def record() -> Answers:
    """Every answer, by name."""
    cv2.ipp.setUseIPP(False)
    cv2.setNumThreads(1)
    return {call.name: answer(call) for call in CALLS}


def allowance(name: str, value: np.ndarray) -> float:
    """Integers and nearest neighbours must repeat."""
    exact = value.dtype.kind != "f" or "NEAREST" in name
    return 0.0 if exact else _CHECK_ULPS * unit("float32", value)


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="OpenCV", installed=cv2.__version__, allowance=allowance))
