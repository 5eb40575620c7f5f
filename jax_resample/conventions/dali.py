"""NVIDIA DALI: ``fn.resize`` as its documentation and source describe it; it was not run.

Its filters look their weights up in tables of a few dozen entries a pixel, between which they interpolate;
here they are evaluated. It antialiases by default when shrinking, which makes "linear" triangular.
"""

from functools import partial

from ..kernels import gaussian
from .convention import Convention

_row = partial(
    Convention,
    arithmetic="float32",
    library="DALI 1.44, as documented",
    source="https://docs.nvidia.com/deeplearning/dali/user-guide/docs/operations/nvidia.dali.fn.resize.html",
    output_size="round half up",
    factor_steps=False,
)
_window = partial(_row, family="window", window="kernel", normalise=True, boundary="clamp")

# The Gaussian is exp(-(2 x)**2), cut off at a pixel.
_KERNELS = {
    "linear": "triangle",
    "cubic": "cubic(-0.5)",
    "lanczos3": "lanczos3",
    "gaussian": gaussian(1.0, sigma=0.125**0.5),
}

ROWS: dict[str, Convention] = {
    "dali:nearest": _row(family="nearest", rounding="floor of centre"),
    **{f"dali:{name}": _window(kernel=kernel, stretch=True) for name, kernel in _KERNELS.items()},
    **{f"dali:{name}-no-antialias": _window(kernel=kernel) for name, kernel in _KERNELS.items()},
}
