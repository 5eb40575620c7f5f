"""Calls of ONNX operators whose values are recorded, and how the recording is laid out; needs no ``onnx``.

The file holds the node test cases of the ``onnx`` package (inputs and outputs as they come), and what its
reference evaluator answers to `CALLS`.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .calls import samples
from .recording import FOLDER, Answers

FILE = "onnx-1.23.2.npz"
# The version of each operator that is recorded; of Upsample, the last before it was deprecated.
OPSETS: dict[str, int] = {"Resize": 19, "Upsample": 9, "GridSample": 22, "AffineGrid": 20, "RoiAlign": 22}

COORDINATES: tuple[str, ...] = (
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_crop_and_resize",
)
NEAREST_MODES: tuple[str, ...] = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
POLICIES: tuple[str, ...] = ("stretch", "not_larger", "not_smaller")
PADDINGS: tuple[str, ...] = ("zeros", "border", "reflection")
BOXED = "tf_crop_and_resize"


class Call(NamedTuple):
    """One node: the operator, its inputs by name in the operator's order, its attributes."""

    name: str
    operator: str
    inputs: dict[str, np.ndarray]
    attributes: dict[str, Any]


def resize(x: np.ndarray, attributes: dict[str, Any], **inputs: Any) -> Call:
    """A Resize node; lists become tensors of the operator's types."""
    kinds = {"roi": np.float32, "scales": np.float32, "sizes": np.int64}
    tensors = {key: np.asarray(value, kinds[key]) for key, value in inputs.items()}
    words = [f"{k}={v}" for k, v in (*attributes.items(), *inputs.items())]
    name = f"Resize({'x'.join(map(str, x.shape))} {x.dtype} {' '.join(words)})"
    return Call(name, "Resize", {"X": x, **tensors}, attributes)


def _methods() -> Iterator[dict[str, Any]]:
    """Every mode with every option that it takes."""
    yield from ({"mode": "nearest", "nearest_mode": rounding} for rounding in NEAREST_MODES)
    for mode, antialias, exclude in itertools.product(("linear", "cubic"), (0, 1), (0, 1)):
        yield {"mode": mode, "antialias": antialias, "exclude_outside": exclude}


def _resizes() -> Iterator[Call]:
    image = samples((7, 5), "float64").astype(np.float32)
    for coordinates, method in itertools.product(COORDINATES, _methods()):
        attributes = {"coordinate_transformation_mode": coordinates, **method}
        box: dict[str, Any] = {}
        if coordinates == BOXED:
            attributes["extrapolation_value"] = 10.0
            box = {"roi": [0.1, -0.2, 0.8, 0.7]}
        yield resize(image, attributes, scales=[1.7, 0.45], **box)
        if not (attributes.get("antialias") or attributes.get("exclude_outside")):
            yield resize(image, attributes, sizes=[3, 11], **box)


def _resizes_of_other_kinds() -> Iterator[Call]:
    """Dtypes, ranks, axes in any order, sizes that keep the aspect ratio, the cubic coefficient."""
    for dtype, mode in itertools.product(("float64", "float16", "uint8", "int8"), ("nearest", "cubic")):
        kind = "uint8" if dtype == "uint8" else "float64"
        x = samples((7, 5), kind) * (100 if dtype == "int8" else 1)
        yield resize(x.astype(dtype), {"mode": mode}, sizes=[12, 4])
    volume = samples((3, 4, 5, 2), "float64").astype(np.float32)
    for mode in ("nearest", "linear", "cubic"):
        yield resize(volume, {"mode": mode, "axes": [2, 0, 1]}, scales=[0.6, 2, 1.3])
    for policy in POLICIES:
        attributes = {"mode": "linear", "axes": [1, 2], "keep_aspect_ratio_policy": policy}
        yield resize(volume, attributes, sizes=[9, 7])
    signal = samples((9,), "float64").astype(np.float32)
    for a in (-0.5, -0.3, 0.0):
        yield resize(signal, {"mode": "cubic", "cubic_coeff_a": a}, sizes=[14])
    yield resize(signal, {"coordinate_transformation_mode": BOXED}, sizes=[1], roi=[0.2, 0.9])
    yield resize(signal, {"coordinate_transformation_mode": BOXED}, sizes=[9], roi=[0.9, 0.1])
    yield resize(signal, {}, scales=[0.7])  # 6.3 samples
    yield resize(signal[:1], {"mode": "cubic"}, scales=[3.0])


def _grid_samples() -> Iterator[Call]:
    """Ranks 1 to 3; where border meets cubic, ONNX Runtime and PyTorch answer otherwise and are followed."""
    for rank, mode, padding, corners in itertools.product(
        (1, 2, 3), ("linear", "nearest", "cubic"), PADDINGS, (0, 1)
    ):
        if (mode, padding) == ("cubic", "border") or (rank, mode) == (3, "cubic"):
            continue
        x = samples((2, 2, *(4, 5, 3)[:rank]), "float64").astype(np.float32)
        grid = 1.7 * samples((2, *(3, 4, 2)[:rank], rank), "float64", seed=2).astype(np.float32)
        attributes = {"mode": mode, "padding_mode": padding, "align_corners": corners}
        name = f"GridSample({rank} {mode} {padding} {corners})"
        yield Call(name, "GridSample", {"X": x, "grid": grid}, attributes)


def _regions() -> Iterator[Call]:
    """RoiAlign over two maps, boxes beyond the border, adaptive and fixed sampling."""
    x = samples((2, 3, 8, 6), "float64").astype(np.float32)
    rois = np.array([[1, 1, 9, 11], [-3, 2, 8, 7.5], [4, 4, 4, 4], [0.3, 0.6, 20, 30]], np.float32)
    batch = np.array([0, 1, 1, 0])
    for mapping, mode, ratio in itertools.product(
        ("half_pixel", "output_half_pixel"), ("avg", "max"), (0, 2)
    ):
        if mode == "max" and ratio == 0:
            continue  # a box without area has no samples, and no largest one
        attributes = {
            "coordinate_transformation_mode": mapping,
            "mode": mode,
            "output_height": 3,
            "output_width": 2,
            "sampling_ratio": ratio,
            "spatial_scale": 0.5,
        }
        name = f"RoiAlign({mapping} {mode} {ratio})"
        yield Call(name, "RoiAlign", {"X": x, "rois": rois, "batch_indices": batch}, attributes)


CALLS: list[Call] = [*_resizes(), *_resizes_of_other_kinds(), *_grid_samples(), *_regions()]


def packed(answered: list[tuple[Call, np.ndarray]]) -> Answers:
    """The recording: every tensor by the call's number, and all that is not a tensor as JSON."""
    arrays: Answers = {}
    for number, (call, output) in enumerate(answered):
        arrays |= {f"{number} {key}": value for key, value in call.inputs.items()}
        arrays[f"{number}"] = output
    told = [[call.name, call.operator, list(call.inputs), call.attributes] for call, _ in answered]
    arrays["calls"] = np.array(json.dumps(told))
    return arrays


def recorded() -> list[tuple[Call, np.ndarray]]:
    """Every recorded call with its answer."""
    with np.load(FOLDER / FILE) as file:
        answered = []
        for number, (name, operator, keys, attributes) in enumerate(json.loads(file["calls"].item())):
            inputs = {key: file[f"{number} {key}"] for key in keys}
            answered.append((Call(name, operator, inputs, attributes), file[f"{number}"]))
        return answered
