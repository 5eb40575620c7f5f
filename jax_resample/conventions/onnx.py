"""ONNX: the Resize operator of opset 19, as the reference implementation of the ``onnx`` package computes it.

It divides by the scale where others multiply by a step, in float64, and keeps a scale that does not fit the
output's whole length; antialiasing stretches the kernel and repeats the edge.
"""

from functools import cache, partial

from .convention import Convention

_row = partial(
    Convention,
    arithmetic="float64",
    library="ONNX 1.23.2, Resize-19",
    source="https://onnx.ai/onnx/operators/onnx__Resize.html",
)

MODES: tuple[str, ...] = ("nearest", "linear", "cubic")

# nearest_mode -> row of `rounding.ROUNDINGS`
ROUNDINGS: dict[str, str] = {
    "round_prefer_floor": "half down",
    "round_prefer_ceil": "half up",
    "floor": "floor",
    "ceil": "ceil",
}

# coordinate_transformation_mode -> row of `coordinates.MAPS`
COORDINATES: dict[str, str] = {
    "half_pixel": "half-pixel by scale",
    "half_pixel_symmetric": "half-pixel-symmetric by scale",
    "pytorch_half_pixel": "pytorch-half-pixel by scale",
    "align_corners": "align-corners by scale",
    "asymmetric": "asymmetric by scale",
    "tf_crop_and_resize": "crop-and-resize by scale",
}


@cache
def onnx_convention(
    mode: str,
    *,
    coordinates: str = "half_pixel",
    nearest_mode: str = "round_prefer_floor",
    antialias: bool = False,
    exclude_outside: bool = False,
    cubic_coeff_a: float = -0.75,
) -> Convention:
    """The row for the operator's attributes; those that the mode does not use have no effect."""
    row = partial(_row, coordinates=COORDINATES[coordinates])
    if mode == "nearest":
        return row(family="nearest", rounding=ROUNDINGS[nearest_mode])
    weighed = partial(
        row,
        kernel="triangle" if mode == "linear" else f"cubic({cubic_coeff_a})",
        boundary="drop" if exclude_outside else "clamp",
    )
    if antialias:
        return weighed(family="window", window="kernel", stretch=True, normalise=True)
    return weighed(family="interpolate")


def _name(mode: str, coordinates: str, *options: str) -> str:
    place = () if coordinates == "half_pixel" else (coordinates.replace("_", "-"),)
    return "-".join((f"onnx:{mode}", *options, *place))


def _rows() -> dict[str, Convention]:
    """The defaults bear the mode's name; what differs from them follows it."""
    rows: dict[str, Convention] = {}
    for coordinates in ("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"):
        for nearest_mode in ROUNDINGS if coordinates != "pytorch_half_pixel" else ():
            rule = () if nearest_mode == "round_prefer_floor" else (nearest_mode.replace("_", "-"),)
            row = onnx_convention("nearest", coordinates=coordinates, nearest_mode=nearest_mode)
            rows[_name("nearest", coordinates, *rule)] = row
        for mode in ("linear", "cubic"):
            rows[_name(mode, coordinates)] = onnx_convention(mode, coordinates=coordinates)
    for mode in ("linear", "cubic"):
        rows[_name(mode, "half_pixel", "antialias")] = onnx_convention(mode, antialias=True)
    rows[_name("cubic", "half_pixel", "exclude-outside")] = onnx_convention("cubic", exclude_outside=True)
    return rows


ROWS: dict[str, Convention] = _rows()
