"""The columns of a convention in words, and when to use which: what `explain` says."""

from ..axis import Axis
from ..conventions import Convention
from ..kernels import Kernel

ALIGN_CORNERS = """\
align_corners=False (half-pixel): a pixel is a square with an area, and the outer edges of both grids \
coincide. Use it for images. The step between samples is n/m at every size, so tiles, pyramids and \
strided layers stay in register, and the geometry is that of OpenCV, Pillow and TensorFlow 2.

align_corners=True: a pixel is a point, and the centres of the first and last points coincide. The step is \
(n-1)/(m-1), so the scale depends on the size of the image. Use it where samples are points of a grid \
whose ends are known, such as control points or positional tables, and where a network was trained with \
it. Giving such a network the other setting shifts its features, most at the borders, and nothing \
fails."""

# coordinates column -> where output i lands, and what of both grids coincides
MAPS: dict[str, str] = {
    "half-pixel": "(i + 1/2) n/m - 1/2: outer edges coincide (align_corners=False)",
    "half-pixel in float32": "(i + 1/2) n/m - 1/2, in float32: outer edges coincide",
    "align-corners": "i (n-1)/(m-1): corner centres coincide (align_corners=True)",
    "align-corners, all for one": "i (n-1)/(m-1): corner centres coincide (align_corners=True)",
    "asymmetric": "i n/m: first centres coincide, last ones do not",
    "half-pixel, corner step": "(i + 1/2) (n-1)/(m-1) - 1/2: a step of corners without their centres",
    "half-pixel by scale": "(i + 1/2)/scale - 1/2: first outer edges coincide (align_corners=False)",
    "half-pixel-symmetric": "half-pixel, centred where the size was rounded",
    "half-pixel, centred": "half-pixel, centred where the size was cut",
    "half-pixel-symmetric by scale": "half-pixel by scale, centred where the size was cut",
    "pytorch-half-pixel by scale": "half-pixel by scale; one output sample reads sample 0",
    "align-corners by scale": "i (n-1)/(scale n - 1): corner centres coincide (align_corners=True)",
    "asymmetric by scale": "i/scale: first centres coincide, last ones do not",
    "crop-and-resize by scale": "i (n-1)/(scale n - 1) in the box; one output sample reads its middle",
}
FAMILIES: dict[str, str] = {
    "nearest": "moves one sample",
    "interpolate": "weighs the samples around the point",
    "window": "weighs every sample in a window",
    "overlap": "weighs samples by the overlap of pixels",
    "area": "averages the integer window [floor(i n/m), ceil((i+1) n/m))",
    "spline": "reads the spline through all samples at the point",
    "blurred spline": "reads the spline through blurred samples at the point",
    "opencv-shares": "weighs samples by the share of them that an output covers",
    "opencv-blocks": "averages blocks of whole samples",
    "opencv-two-samples": "weighs the sample at the output's left edge, and the next by what lies in it",
}
BOUNDARIES: dict[str, str] = {
    "clamp": "repeats the edge",
    "drop": "is left out, the other weights are renormalised",
    "constant": "is a constant",
    "reflect": "mirrors at the outer edge",
    "mirror": "mirrors at the last centre",
    "wrap": "repeats periodically",
}

# What each choice is for, by column and value; said once for all conventions that make it.
_ASYMMETRIC = (
    "asymmetric maps shift the image by up to half a pixel of the larger grid towards the end. Use them only "
    "where a network was trained so (TensorFlow 1, some ONNX graphs, legacy nearest)."
)
ADVICE: dict[tuple[str, str], str] = {
    ("coordinates", "asymmetric"): _ASYMMETRIC,
    ("coordinates", "asymmetric by scale"): _ASYMMETRIC,
    ("coordinates", "half-pixel, corner step"): (
        "antialias=True with align_corners=True lines up neither edges nor corners in PyTorch; use it only "
        "to reproduce a model that did."
    ),
    ("family", "nearest"): (
        "nearest keeps the values that occur: labels, masks, indices. For images it shows blocks and drops "
        "samples when shrinking."
    ),
    ("family", "spline"): (
        "splines of order 2 and more first turn all samples into coefficients, so that each output reads "
        "the whole line, faintly. They are smooth and exact at the samples; for images they ring at edges."
    ),
    ("family", "area"): (
        "area averages what each output pixel covers; use it to shrink by whole factors. Enlarging, it "
        "repeats samples."
    ),
}
ANTIALIAS = (
    "antialias: when shrinking, the kernel is stretched by the step, so that every sample counts. Use it to "
    "shrink images. Without it all but a few samples between outputs are skipped, and fine detail turns into "
    "false patterns; networks trained that way expect just that. It changes nothing when enlarging."
)


def describe(axis: Axis) -> dict[str, str]:
    """Each choice of a convention in words, for one axis; empty where there is none to make."""
    row = axis.convention
    return {
        "made by": row.library or "you",
        "output i lands at": MAPS.get(row.coordinates, row.coordinates),
        "reads": FAMILIES.get(row.family, row.family),
        "kernel": kernel_name(row),
        "when shrinking": _antialias(row),
        "outside the array": _outside(row),
        "size from a factor": f"{row.output_size}, {_stepping(row)}",
        "uint8": _integers(row),
    }


def advice(rows: list[Convention]) -> list[str]:
    """What the choices made by any of these rows are for, `align_corners` first."""
    chosen = [(column, getattr(row, column)) for row in rows for column in ("coordinates", "family")]
    said = [ALIGN_CORNERS] if any(row.family != "area" for row in rows) else []
    said += dict.fromkeys(ADVICE[choice] for choice in chosen if choice in ADVICE)
    smooths = any(row.stretch or row.family in ("window", "blurred spline") for row in rows)
    return [*said, ANTIALIAS] if smooths else said


def kernel_name(row: Convention) -> str:
    """The kernel's name, or its source where it has none; empty where samples are not weighed by one."""
    return row.kernel.source if isinstance(row.kernel, Kernel) else row.kernel or ""


def _antialias(row: Convention) -> str:
    if row.family in ("area", "overlap", "opencv-shares"):
        return "averages what it covers"
    if row.family == "blurred spline":
        return "blurs first, by a Gaussian of (n/m - 1)/2 pixels (antialias)"
    if row.stretch:
        return "stretches the kernel (antialias)"
    return "skips samples"


def _outside(row: Convention) -> str:
    if row.boundary is None:
        return ""
    value = f" {row.cval:g}" if row.boundary == "constant" else ""
    return BOUNDARIES.get(row.boundary, row.boundary) + value


def _stepping(row: Convention) -> str:
    return "and the factor steps" if row.factor_steps else "and the sizes step"


def _integers(row: Convention) -> str:
    if row.family == "nearest":
        return ""
    if row.fixed_point is None:
        return "computed in floating point"
    return f"integer weights ({row.fixed_point}), each pass rounded"
