"""Derivatives against differences, in one compiled program."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def check_derivatives(
    function: Callable[..., jax.Array],
    arguments: tuple[jax.Array, ...],
    rng: np.random.Generator,
    *,
    step: float = 1e-6,
    tolerance: float = 1e-5,
) -> None:
    """In float64: a derivative in a random direction is the difference's; the pull-back transposes it."""
    direction = tuple(jnp.asarray(rng.standard_normal(a.shape)) for a in arguments)

    @jax.jit
    def both(arguments: Any, cotangent: Any) -> tuple[Any, ...]:
        return *jax.jvp(function, arguments, direction), jax.vjp(function, *arguments)[1](cotangent)

    def moved(by: float) -> tuple[jax.Array, ...]:
        return tuple(a + by * d for a, d in zip(arguments, direction, strict=True))

    shape = jax.eval_shape(function, *arguments).shape
    cotangent = jnp.asarray(rng.standard_normal(shape))
    assert cotangent.dtype == np.float64, "differences need double precision"
    _, slope, pulled = both(arguments, cotangent)
    difference = (both(moved(step), cotangent)[0] - both(moved(-step), cotangent)[0]) / (2 * step)
    np.testing.assert_allclose(slope, difference, rtol=tolerance, atol=tolerance)
    transposed = sum(float(jnp.vdot(p, d)) for p, d in zip(pulled, direction, strict=True))
    bound = float(jnp.abs(slope * cotangent).sum())
    np.testing.assert_allclose(
        transposed, float(jnp.vdot(slope, cotangent)), rtol=0, atol=1e-10 * (1 + bound)
    )
