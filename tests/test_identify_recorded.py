"""`identify` names what real libraries made: their recorded outputs for one input that is noise."""

from pathlib import Path

import numpy as np
import pytest

import jax_resample as jr

from .golden.calls import samples
from .golden.identify_calls import CALLS, FILE, SHAPE, TENSORFLOW_CALLS, TENSORFLOW_FILE
from .test_identify import by_numpy

_FOLDER = Path(__file__).parent / "golden"
_RECORDED = {}
for _file in (FILE, TENSORFLOW_FILE):
    with np.load(_FOLDER / _file) as _opened:
        _RECORDED |= dict(_opened)


def test_calls_are_of_rows_in_the_table():
    assert {*CALLS, *TENSORFLOW_CALLS} <= set(jr.conventions)


@pytest.mark.parametrize("case", _RECORDED)
def test_the_convention_is_named(case):
    """The right one fits to rounding, and so do only those that make the same of this input."""
    name, dtype = case.split()
    x = samples(SHAPE, dtype).astype(dtype)
    found = jr.identify(x, _RECORDED[case])
    assert found.verdict != "different"
    assert name in found.candidates
    for other in found.candidates:
        apart = np.abs(by_numpy(other, x) - by_numpy(name, x)).max()
        assert apart <= (1.0 if dtype == "uint8" else 4e-6)
