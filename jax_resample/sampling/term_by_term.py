"""Sums and maxima over many terms of one shape, in the memory of one."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def accumulate(
    term: Callable[..., Any],
    steps: np.ndarray,
    *operands: Any,
    combine: Callable[[jax.Array, jax.Array], jax.Array] = jnp.add,
) -> Any:
    """``term(steps[0], *operands)`` combined with ``term(steps[1], *operands)`` and so on, in that order.

    ``term`` returns a tree of arrays; it is run again where a derivative needs what it computed. Steps are
    rows of integers and reach ``term`` as traced values, so that the program does not grow with their number.
    """
    term = jax.checkpoint(term)

    def body(total: Any, step: jax.Array) -> tuple[Any, None]:
        return jax.tree.map(combine, total, term(step, *operands)), None

    # The first term starts the loop: on a mesh it varies over the axes that the others vary over.
    first = term(jnp.asarray(steps[0]), *operands)
    return first if len(steps) == 1 else jax.lax.scan(body, first, jnp.asarray(steps[1:]))[0]
