"""Why a figure is not exact: patterns of rows, and the explanation that the page prints below its tables."""

from fnmatch import fnmatch

from ...tolerances import FLOAT32_ULPS

_JAX = (
    "jax.image computes coordinates in float32 inside its program, where XLA fuses a product with the sum "
    "that follows in some loops and not in others: a coordinate of some tens of pixels that is a unit in the "
    "last place off moves weights by as much, which is tens of units of theirs. Here products and sums are "
    "rounded apart."
)
_SPLINES = (
    "SciPy filters and evaluates splines by recursion along the axis, in float64 from end to end; here the "
    "filter is a band whose tails end at the dtype's precision. Orders 4 and 5 lose a digit or two in both."
)
_TIES = (
    "Answers halfway between two integers: sums in another order fall on either side and round apart, by one."
)
_STEPS = (
    "Coordinates are computed in float32 in another order: one of some ten pixels that is a rounding or two "
    "off moves the answer by this much of the difference of neighbouring samples."
)

# The first pattern that fits a row whose figures call for it.
NOTES: dict[str, str] = {
    "jax:*": _JAX,
    "keras:*": _JAX,
    "jax_image.*": _JAX,
    "keras.*": _JAX,
    "onnx:*": _TIES,
    "scipy:zoom-order[01]*": _TIES,
    "scipy:*": _SPLINES,
    "scipy.*": _SPLINES,
    "skimage?resize_local_mean": (
        "scikit-image computes float32 weights in float32: its own answer in float64 is within a unit of "
        "ours."
    ),
    "skimage*": _SPLINES,
    "mlx*": "MLX rounds every step of its cubics, whose terms are several times the weights, in float32.",
    "onnx.grid_sample": "The reference computes cubic weights and their products in float32, one by one.",
    "onnx.resize": (
        "In float64 the reference evaluates the cubic in another order, and `exclude_outside` divides by "
        "what is left of its weights."
    ),
    "opencv:linear-exact": (
        "For real numbers OpenCV takes INTER_LINEAR instead, whose coordinates are float32, as "
        "`compat.opencv.resize` does; the row keeps the exact coordinates that it has for 8-bit images."
    ),
    "opencv.*": _STEPS,
}

# Up to this many units in the last place, a difference is that of sums in another order.
GENERAL_ULPS = FLOAT32_ULPS


def note(name: str) -> str | None:
    """The explanation for a row."""
    return next((text for pattern, text in NOTES.items() if fnmatch(name, pattern)), None)
