"""Records what OpenCV 5.0.0 answers to every call of ``opencv_warp_calls.py``; see ``recording.py``.

Intel's IPP and threads are switched off, as for ``record_opencv``, with the same allowance for ``--check``.
"""

import sys

import cv2
import numpy as np

from .opencv_warp_calls import CALLS, FILE, Call
from .record_opencv import allowance
from .recording import Answers, command


def answer(call: Call) -> np.ndarray:
    """The result, with the axis of a single channel that OpenCV drops."""
    done = getattr(cv2, call.function)(
        call.image(),
        *call.arguments()[:-1],
        **{"interpolation" if call.function == "remap" else "flags": call.arguments()[-1]},
        **call.keywords(),
    )
    return done.reshape(*done.shape[:2], call.shape[-1])


def record() -> Answers:
    """Every answer, by name."""
    cv2.ipp.setUseIPP(False)
    cv2.setNumThreads(1)
    return {call.name: answer(call) for call in CALLS}


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="OpenCV", installed=cv2.__version__, allowance=allowance))
