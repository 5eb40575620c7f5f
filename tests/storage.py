"""Prices under which small arrays, too, are resampled by programs of their own."""

import contextlib
from dataclasses import replace

import jax
import pytest

from jax_resample.lowering import cost, schedule

FREE = replace(cost.COSTS["cpu"], program=0.0, store=0.0)


def forget() -> None:
    """Drops programs compiled under other prices."""
    schedule._cheapest.cache_clear()
    jax.clear_caches()


@contextlib.contextmanager
def free_storage():
    """On a CPU, storing is free and so never declined."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(cost.COSTS, "cpu", FREE)
        forget()
        yield
    forget()
