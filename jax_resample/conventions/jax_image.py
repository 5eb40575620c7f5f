"""jax.image: ``jax.image.resize``, in float32 or, with double precision enabled, float64.

XLA decides loop by loop whether it fuses a product with the sum that follows: coordinates differ by a unit
in the last place between its programs. Here products and sums are rounded apart.

Pixels outside are left out and the others share their weight; outputs whose centre lies outside the image are
zero, which only `jax.image.scale_and_translate` can reach.
"""

from functools import partial

from .convention import Convention

_row = partial(
    Convention,
    library="JAX 0.10.2",
    source="https://docs.jax.dev/en/latest/_autosummary/jax.image.resize.html",
    factor_steps=False,
    same_size_copies=True,
)
_window = partial(_row, family="window", window="kernel", boundary="drop", margin=0.5)

_KERNELS = {
    "linear": "triangle",
    "cubic": "cubic(-0.5)",
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
}

ROWS: dict[str, Convention] = {
    "jax:nearest": _row(family="nearest", rounding="floor of product"),
    "jax:area": _row(family="overlap", boundary="drop", margin=0.5),
    # The edge is repeated twice; whoever looks farther finds nothing.
    "jax:cubic-pytorch": _row(
        family="window", window="kernel", kernel="cubic(-0.75)", normalise=True, boundary="clamp", margin=4.0
    ),
    **{
        f"jax:{method}{'-antialias' if antialias else ''}": _window(kernel=kernel, stretch=antialias)
        for method, kernel in _KERNELS.items()
        for antialias in (False, True)
    },
}
ROWS["jax:cubic-pytorch-antialias"] = ROWS["jax:cubic-antialias"]
