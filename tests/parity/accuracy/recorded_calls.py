"""Functions that are compared with recorded values: thin fronts, and what other environments hold."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from ...golden import accuracy_calls, mlx_calls, onnx_calls, roi_calls
from ...golden import calls as torch_calls
from ...golden.recording import FOLDER
from .measure import Pair

Function = Callable[..., Any]


class Recorded(NamedTuple):
    """Pairs of one function, and whose values they are where it is not the module's own package."""

    pairs: Callable[[str, Function], Iterator[Pair]]
    source: str | None = None


def _torch(function: str, ours: Function) -> Iterator[Pair]:
    with np.load(FOLDER / torch_calls.FILE) as file:
        for call in torch_calls.CALLS:
            if call.function == function and call.dtype != "bfloat16":
                x = jnp.asarray(torch_calls.samples(call.shape, call.dtype)).astype(call.dtype)
                yield Pair(np.asarray(ours(x, **call.keywords)), file[call.name], np.asarray(x))


_OPERATORS = {"GridSample": "grid_sample", "AffineGrid": "affine_grid", "RoiAlign": "roi_align"}


def _onnx(function: str, ours: Function) -> Iterator[Pair]:
    for call, theirs in onnx_calls.recorded():
        if _OPERATORS.get(call.operator, call.operator.lower()) != function:
            continue
        if call.name.startswith("test_") and function in ("grid_sample", "roi_align"):
            continue  # outputs that were typed in with a few decimals
        inputs = {k: v if k in ("size", "scales") else jnp.asarray(v) for k, v in call.inputs.items()}
        yield Pair(np.asarray(ours(**inputs, **call.attributes)), theirs, next(iter(call.inputs.values())))


def _torchvision(function: str, ours: Function) -> Iterator[Pair]:
    x, boxes = roi_calls.maps(), roi_calls.boxes()
    with np.load(FOLDER / roi_calls.TORCHVISION) as file:
        for call in roi_calls.ROI_CALLS:
            yield Pair(
                np.asarray(ours(jnp.asarray(x), jnp.asarray(boxes), *call.arguments)), file[call.name], x
            )


_V1 = {"nearest": "resize_nearest_neighbor", **{m: f"resize_{m}" for m in ("bilinear", "bicubic", "area")}}
_GRIDS = {"align-corners": {"align_corners": True}, "half-pixel": {"half_pixel_centers": True}, "": {}}


def _tensorflow(function: str, ours: Function) -> Iterator[Pair]:
    """The recorded calls of the rows, by the functions that pick them."""
    with np.load(FOLDER / accuracy_calls.FILE) as file:
        for name in accuracy_calls.CALLS:
            version, _, row = name.partition(":")
            method, _, option = row.partition("-")
            if version == "tf2" and function == "resize":
                options: dict[str, Any] = {"method": method, "antialias": option == "antialias"}
            elif version == "tf1" and function == _V1[method]:
                options = _GRIDS[option]
            elif version == "tf1" and function == "resize_v1" and option != "half-pixel":
                options = {"method": method, **_GRIDS[option]}
            else:
                continue
            for number, (shape, size) in enumerate(accuracy_calls.cases()):
                x = accuracy_calls.image(shape, "float32", number)
                mine = np.asarray(ours(jnp.asarray(x)[None, ..., None], size, **options))[0, ..., 0]
                yield Pair(mine, file[f"{name} float32 {number}"], x)


def mlx_pairs(function: str, ours: Function) -> Iterator[Pair]:
    """The recorded calls; ``function`` is a row's name, or that of the front, which has all of them."""
    with np.load(FOLDER / mlx_calls.FILE) as file:
        for call in mlx_calls.CALLS:
            if call.dtype != "float16" and function in ("upsample", call.row):
                x = call.image()
                yield Pair(np.asarray(ours(jnp.asarray(x), call.factors, **call.options)), file[call.name], x)


MLX = "MLX " + mlx_calls.FILE.split("-")[-1].removesuffix(".npz")
_TENSORFLOW = "TensorFlow " + accuracy_calls.FILE.split("-")[-1].removesuffix(".npz")

RECORDED: dict[str, Recorded] = {
    "torch": Recorded(_torch),
    "onnx": Recorded(_onnx),
    "torchvision": Recorded(_torchvision),
    "mlx": Recorded(mlx_pairs, MLX),
    "tensorflow": Recorded(_tensorflow, _TENSORFLOW),
}
