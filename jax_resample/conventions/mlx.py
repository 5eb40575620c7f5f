"""MLX: ``mlx.nn.Upsample``, which scales by a factor and centres what it cuts off the output."""

from functools import partial

from .convention import Convention

_row = partial(
    Convention,
    arithmetic="float32",
    coordinates="half-pixel, centred",
    library="MLX 0.32.4",
    source="https://ml-explore.github.io/mlx/build/html/python/nn/_autosummary/mlx.nn.Upsample.html",
)
_interpolate = partial(_row, family="interpolate", boundary="clamp")
_window = partial(_row, family="window", window="kernel", boundary="drop", stretch=True)
_corners = partial(_interpolate, coordinates="align-corners")

ROWS: dict[str, Convention] = {
    "mlx:nearest": _row(
        family="nearest", coordinates="half-pixel", rounding="mlx-nearest", factor_steps=False
    ),
    "mlx:linear": _interpolate(kernel="triangle", nonnegative=True),
    "mlx:linear-align-corners": _corners(kernel="triangle"),
    "mlx:linear-antialias": _window(kernel="triangle"),
    "mlx:cubic": _interpolate(kernel="cubic(-0.75)"),
    "mlx:cubic-align-corners": _corners(kernel="cubic(-0.75)"),
    "mlx:cubic-antialias": _window(kernel="cubic(-0.5)"),
}
