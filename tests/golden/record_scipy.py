"""Records what SciPy 1.17 answers to ``scipy_calls.SCIPY_CALLS``.

python -m tests.golden.record_scipy [--check]
"""

import sys

import numpy as np
import scipy
from scipy import ndimage

from .recording import Answers, command
from .scipy_calls import SCIPY_CALLS, SCIPY_FILE


def record() -> Answers:
    """Every answer, by name."""
    return {
        call.name: getattr(ndimage, call.function)(call.array(), *call.all_arguments(), **call.keywords)
        for call in SCIPY_CALLS
    }


def allowance(name: str, value: np.ndarray) -> float:
    """None for integers; float64 sums may be fused by another build."""
    return 1e-13 * float(abs(value).max(initial=1)) if value.dtype.kind == "f" else 0.0


if __name__ == "__main__":
    sys.exit(command(SCIPY_FILE, record, package="SciPy", installed=scipy.__version__, allowance=allowance))
