"""Records what scikit-image 0.26 answers to ``scipy_calls.SKIMAGE_CALLS``.

python -m tests.golden.record_skimage [--check]
"""

import sys

import numpy as np
import skimage
from skimage import transform

from ..tolerances import unit
from .recording import Answers, command
from .scipy_calls import SKIMAGE_CALLS, SKIMAGE_FILE


def record() -> Answers:
    """Every answer, by name."""
    return {
        call.name: getattr(transform, call.function)(call.array(), *call.arguments, **call.keywords)
        for call in SKIMAGE_CALLS
    }


def allowance(name: str, value: np.ndarray) -> float:
    """None for integers; floating sums may be fused by another build."""
    return 4 * unit(value.dtype.name, value) if value.dtype.kind == "f" else 0.0


if __name__ == "__main__":
    sys.exit(
        command(
            SKIMAGE_FILE, record, package="scikit-image", installed=skimage.__version__, allowance=allowance
        )
    )
