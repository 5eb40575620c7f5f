"""PyTorch: ``torch.nn.functional.interpolate``, on contiguous tensors and several threads."""

from dataclasses import replace
from functools import cache, partial

from .convention import Convention, Lengths

_row = partial(
    Convention,
    arithmetic="fused",
    library="PyTorch 2.13.0",
    source="https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.interpolate.html",
)

# PyTorch's compact nearest kernel serves 2-D maps up to this sum of output height and width.
_COMPACT_LIMIT = 128


@cache
def _compact(row: Convention) -> Convention:
    return replace(row, rounding=f"{row.rounding}-compact", across=None)


def _either_kernel(row: Convention, lengths: Lengths, sizes: Lengths) -> tuple[Convention, ...]:
    """PyTorch's compact nearest kernel, for small 2-D maps, or its general one."""
    compact = len(sizes) == 2 and sum(sizes) <= _COMPACT_LIMIT
    return (_compact(row) if compact else row,) * len(sizes)


def _window(kernel: str, *, stretch: bool) -> Convention:
    return _row(
        family="window",
        window="round",
        kernel=kernel,
        boundary="drop",
        stretch=stretch,
        same_size_copies=True,
        fixed_point="int16",
    )


# (method, antialias) -> row; the names are free of the rank: PyTorch's bilinear is "linear" on two axes.
TORCH: dict[tuple[str, bool], Convention] = {
    ("nearest", False): _row(
        family="nearest", rounding="torch-floor", coordinates="asymmetric", across=_either_kernel
    ),
    ("nearest-exact", False): _row(family="nearest", rounding="torch-exact", across=_either_kernel),
    ("linear", False): _row(
        family="interpolate",
        kernel="triangle",
        boundary="clamp",
        nonnegative=True,
        same_size_copies=True,
        fixed_point="int16",
    ),
    ("linear", True): _window("triangle", stretch=True),
    ("cubic", False): _row(
        family="interpolate", kernel="cubic(-0.75)", boundary="clamp", fixed_point="int16"
    ),
    ("cubic", True): _window("cubic(-0.5)", stretch=True),
    ("lanczos", False): _window("lanczos3", stretch=False),
    ("lanczos", True): _window("lanczos3", stretch=True),
    ("area", False): _row(family="area", factor_steps=False),
}

METHODS: tuple[str, ...] = tuple(dict.fromkeys(method for method, _ in TORCH))

# Without antialias the corner pixels coincide; with it the window keeps half-pixel centres and only its step
# changes, as in PyTorch.
_CORNERS = {"interpolate": "align-corners", "window": "half-pixel, corner step"}


@cache
def torch_convention(method: str, *, antialias: bool, align_corners: bool) -> Convention:
    """The row for a method of PyTorch and its options."""
    row = TORCH[method, antialias]
    return replace(row, coordinates=_CORNERS[row.family]) if align_corners else row


def _names() -> dict[str, Convention]:
    """PyTorch's own names of two axes; one and three axes use the same rows."""
    modes = {"linear": "bilinear", "cubic": "bicubic"}
    rows = {}
    for (method, antialias), row in TORCH.items():
        mode = modes.get(method, method)
        if method == "lanczos" and not antialias:
            continue
        rows[f"{mode}-antialias" if antialias and method != "lanczos" else mode] = row
        if row.family in _CORNERS and method != "lanczos":
            corners = torch_convention(method, antialias=antialias, align_corners=True)
            rows[f"{mode}-antialias-align-corners" if antialias else f"{mode}-align-corners"] = corners
    return rows


ROWS: dict[str, Convention] = {f"torch:{mode}": row for mode, row in _names().items()}
