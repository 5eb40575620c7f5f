"""TensorFlow: ``tf.image.resize`` and the functions of ``tf.compat.v1.image``, on a CPU, all in float32.

TensorFlow 2 keeps half-pixel centres. Its "bicubic" without antialias looks weights up in a table of 1024
phases. TensorFlow 1 reads ``i * n / m``, or aligns corners, or keeps half-pixel centres where asked to.
"""

from functools import partial

from .convention import Convention

_row = partial(
    Convention,
    arithmetic="float32",
    library="TensorFlow 2.21.0",
    source="https://www.tensorflow.org/versions/r2.21/api_docs/python/tf/image/resize",
    factor_steps=False,
)
_V1 = "https://www.tensorflow.org/versions/r2.21/api_docs/python/tf/compat/v1/image/resize"
_v1 = partial(_row, source=_V1)


def _window(kernel: str, *, stretch: bool) -> Convention:
    return _row(
        family="window",
        window="closed",
        kernel=kernel,
        boundary="drop",
        stretch=stretch,
        reciprocal=True,
        margin=0.5,
    )


_WINDOWS = {
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
    "gaussian": "gaussian",
    "mitchellcubic": "mitchell",
}
_AREA = partial(_row, family="overlap", boundary="clamp")

TF2: dict[tuple[str, bool], Convention] = {
    ("nearest", False): _row(family="nearest", rounding="floor of centre"),
    ("area", False): _AREA(),
    ("bilinear", False): _row(family="interpolate", kernel="triangle", boundary="clamp"),
    ("bilinear", True): _window("triangle", stretch=True),
    ("bicubic", False): _row(family="interpolate", kernel="cubic(-0.5)", boundary="drop", phases=1024),
    # Keys's cubic again, which TensorFlow evaluates without fused operations.
    ("bicubic", True): _window("mitchell(0, 0.5)", stretch=True),
    **{
        (method, antialias): _window(kernel, stretch=antialias)
        for method, kernel in _WINDOWS.items()
        for antialias in (False, True)
    },
}

_INTERPOLATE = {"bilinear": "triangle", "bicubic": "cubic(-0.75)"}
# The place of samples -> (coordinates, rounding of the nearest one)
_GRIDS = {
    "": ("asymmetric", "floor"),
    "-align-corners": ("align-corners, all for one", "half up"),
    "-half-pixel": ("half-pixel", "floor of centre"),
}


def _tf1(method: str, grid: str) -> Convention:
    coordinates, rounding = _GRIDS[grid]
    if method == "nearest":
        return _v1(family="nearest", coordinates=coordinates, rounding=rounding)
    if method == "area":
        return _AREA(coordinates=coordinates, source=_V1)
    kernel = _INTERPOLATE[method]
    if method == "bicubic" and grid == "-half-pixel":
        return TF2["bicubic", False]
    return _v1(
        family="interpolate",
        kernel=kernel,
        boundary="clamp",
        coordinates=coordinates,
        phases=1024 if method == "bicubic" else None,
    )


TF1: dict[tuple[str, str], Convention] = {
    (method, grid): _tf1(method, grid)
    for method in ("nearest", "bilinear", "bicubic", "area")
    for grid in _GRIDS
    if (method, grid) != ("area", "-half-pixel")
}

ROWS: dict[str, Convention] = {
    **{f"tf2:{method}{'-antialias' if antialias else ''}": row for (method, antialias), row in TF2.items()},
    **{f"tf1:{method}{grid}": row for (method, grid), row in TF1.items()},
}
