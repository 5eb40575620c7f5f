"""MATLAB: ``imresize`` as its documentation describes it, in double precision; no MATLAB was at hand to run.

It antialiases by default when shrinking, and samples outside mirror those inside, the edge included.
"""

from functools import partial

from .convention import Convention

_row = partial(
    Convention,
    family="window",
    window="kernel",
    normalise=True,
    boundary="reflect",
    arithmetic="float64",
    same_size_copies=True,
    output_size="ceil",
    library="MATLAB R2024b, as documented",
    source="https://www.mathworks.com/help/matlab/ref/imresize.html",
)

_KERNELS = {
    "box": "box[-1/2, 1/2)",
    "bilinear": "triangle",
    "bicubic": "cubic(-0.5)",
    "lanczos2": "lanczos2",
    "lanczos3": "lanczos3",
}

ROWS: dict[str, Convention] = {
    "matlab:nearest": _row(kernel="box[-1/2, 1/2)"),
    **{f"matlab:{name}": _row(kernel=kernel, stretch=True) for name, kernel in _KERNELS.items()},
    **{
        f"matlab:{name}-no-antialias": _row(kernel=kernel)
        for name, kernel in _KERNELS.items()
        if name != "box"
    },
}
