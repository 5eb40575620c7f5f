"""Records what Pillow 13.0.0 answers to every call of ``pillow_calls.py``; see ``recording.py``."""

import sys

import numpy as np
import PIL
from PIL import Image

from .pillow_calls import CALLS, FILE, Call
from .recording import Answers, command


def answer(call: Call) -> np.ndarray:
    """The result's pixels."""
    pixels = call.image()
    size = (pixels.shape[1], pixels.shape[0])
    image = Image.frombytes(call.mode, size, pixels.tobytes())
    done = getattr(image, call.function)(**call.keywords)
    return np.frombuffer(done.tobytes(), pixels.dtype).reshape(done.height, done.width, *pixels.shape[2:])


def record() -> Answers:
    """Every answer, by name."""
    return {call.name: answer(call) for call in CALLS}


if __name__ == "__main__":
    sys.exit(command(FILE, record, package="Pillow", installed=PIL.__version__))
