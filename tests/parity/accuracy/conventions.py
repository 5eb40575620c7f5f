"""Rows of ``jr.conventions`` against their packages: live where these can be asked, else recorded."""

import importlib.util
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import jax_resample as jr

from ...golden import accuracy_calls as recorded
from ...golden.identify_calls import CALLS, NOT_UINT8, Call
from ...golden.onnx_calls import resize as onnx_node
from ...golden.recording import FOLDER
from .measure import Pair, gather
from .packages import told
from .recorded_calls import MLX, mlx_pairs

LONGEST = 40
_DTYPES = ("float32", "uint8")


@cache
def _vision() -> Any:
    """torchvision's resize is Python: it needs none of the operators that were compiled for one PyTorch."""
    import torch

    if importlib.util.find_spec("torchvision") and not hasattr(torch.ops.torchvision, "nms"):
        operators = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            operators.define(f"{name}(Tensor x) -> Tensor")
    return importlib.import_module("torchvision.transforms.v2")


def _torchvision(x: np.ndarray, size: tuple[int, int], interpolation: str, antialias: bool) -> np.ndarray:
    import torch

    v2 = _vision()
    mode = getattr(v2.InterpolationMode, interpolation.upper().replace("-", "_"))
    return v2.functional.resize(torch.from_numpy(x)[None], list(size), mode, antialias=antialias)[0].numpy()


def _keras(x: np.ndarray, size: tuple[int, int], interpolation: str, antialias: bool) -> np.ndarray:
    import keras

    made = keras.ops.image.resize(x[..., None], size, interpolation, antialias, data_format="channels_last")
    return np.asarray(made)[..., 0]


def _jax_area(x: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(jax.image.resize(x, size, "area"))


def _zoom(x: np.ndarray, size: tuple[int, int], order: int, mode: str) -> np.ndarray:
    from scipy import ndimage

    factors = [m / n for m, n in zip(size, x.shape, strict=True)]
    return ndimage.zoom(x, factors, order=order, mode=mode, grid_mode=True)


def _skimage(x: np.ndarray, size: tuple[int, int], order: int, anti_aliasing: bool) -> np.ndarray:
    """Without the clipping to the input's range, which no row of the table can hold."""
    from skimage.transform import resize

    options: dict[str, Any] = {"order": order, "anti_aliasing": anti_aliasing}
    return resize(x, size, preserve_range=True, clip=False, mode="reflect", **options)


def _pillow(x: np.ndarray, size: tuple[int, int], resample: str) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.fromarray(x).resize(size[::-1], getattr(Image.Resampling, resample)))


def _onnx(x: np.ndarray, size: tuple[int, int], **attributes: Any) -> np.ndarray:
    from ..test_onnx import mended

    return mended(onnx_node(x, attributes, sizes=list(size)))


def _onnx_calls() -> dict[str, Call]:
    """The attributes that the names of the rows are made of."""
    calls: dict[str, Call] = {}
    for suffix, place in {
        "": {},
        **{
            f"-{name.replace('_', '-')}": {"coordinate_transformation_mode": name}
            for name in ("align_corners", "asymmetric", "pytorch_half_pixel")
        },
    }.items():
        for mode in ("linear", "cubic"):
            calls[f"onnx:{mode}{suffix}"] = partial(_onnx, mode=mode, **place)
        for rule in ("", "-round-prefer-ceil", "-floor", "-ceil"):
            rounding = {"nearest_mode": rule[1:].replace("-", "_")} if rule else {}
            calls[f"onnx:nearest{rule}{suffix}"] = partial(_onnx, mode="nearest", **rounding, **place)
    return calls | {
        "onnx:linear-antialias": partial(_onnx, mode="linear", antialias=1),
        "onnx:cubic-antialias": partial(_onnx, mode="cubic", antialias=1),
        "onnx:cubic-exclude-outside": partial(_onnx, mode="cubic", exclude_outside=1),
    }


_VISION = ("nearest", "nearest-exact", "bilinear", "bicubic")
_KERAS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")

ORACLES: dict[str, Call] = {
    **CALLS,
    **_onnx_calls(),
    "jax:area": _jax_area,
    **{f"torchvision:{m}": partial(_torchvision, interpolation=m, antialias=True) for m in _VISION},
    **{
        f"torchvision:{m}-no-antialias": partial(_torchvision, interpolation=m, antialias=False)
        for m in _VISION
    },
    **{f"keras:{m}": partial(_keras, interpolation=m, antialias=False) for m in _KERAS},
    **{f"keras:{m}-antialias": partial(_keras, interpolation=m, antialias=True) for m in _KERAS},
    **{f"pillow:{m.lower()}": partial(_pillow, resample=m) for m in ("MKS2013", "MKS2021")},
    **{
        f"scipy:zoom-order{order}-{mode}": partial(_zoom, order=order, mode=mode)
        for order in range(6)
        for mode in ("grid-constant", "grid-mirror")
    },
    **{
        f"skimage:resize{'' if order == 1 else f'-order{order}'}{suffix}": partial(
            _skimage, order=order, anti_aliasing=bool(suffix)
        )
        for order in range(6)
        for suffix in ("", "-antialias")
    },
}

# Packages that answer 8-bit samples with real numbers, or with a result of their own making.
_FLOAT_ONLY = ("keras", "skimage", "jax")


def measure(name: str, count: int) -> dict[str, Any] | None:
    """The figures of a row, or None where there is nobody to ask."""
    if name.startswith("opencv:"):
        portable_opencv()
    if name in ORACLES:
        return gather(told(name.split(":")[0]), _live(name, count))
    if name.startswith("mlx:"):  # the front adds nothing to its rows but the factor
        return gather(f"{MLX}, recorded", mlx_pairs(name, jr.compat.mlx.upsample))
    if name in recorded.CALLS:
        return gather(
            f"TensorFlow {recorded.FILE.split('-')[-1].removesuffix('.npz')}, recorded", _recorded(name)
        )
    return None


def portable_opencv() -> None:
    """OpenCV's own code, in one thread: x86 wheels leave a part of it to Intel's library, which differs."""
    import cv2

    cv2.ipp.setUseIPP(False)
    cv2.setNumThreads(1)


def _live(name: str, count: int) -> Iterator[Pair]:
    only_float = name in NOT_UINT8 or name.split(":")[0] in _FLOAT_ONLY
    for dtype in _DTYPES[: 1 if only_float else 2]:
        calls = recorded.cases(count, LONGEST)
        images = [recorded.image(shape, dtype, number) for number, (shape, _) in enumerate(calls)]
        sizes = [size for _, size in calls]
        for x, size, mine in zip(images, sizes, _ours(images, sizes, name), strict=True):
            yield Pair(mine, ORACLES[name](x, size), x)


def _recorded(name: str) -> Iterator[Pair]:
    calls = recorded.cases()
    with np.load(FOLDER / recorded.FILE) as file:
        for dtype in _DTYPES:
            theirs = [file[f"{name} {dtype} {number}"] for number in range(len(calls))]
            if theirs[0].dtype == dtype:
                images = [recorded.image(shape, dtype, number) for number, (shape, _) in enumerate(calls)]
                mine = _ours(images, [size for _, size in calls], name)
                yield from map(Pair, mine, theirs, images)


def _ours(images: list[np.ndarray], sizes: list[tuple[int, int]], name: str) -> list[np.ndarray]:
    """All of a row's calls as one program."""

    def every(images: list[Any]) -> list[Any]:
        return [jr.resize(x, size, convention=name) for x, size in zip(images, sizes, strict=True)]

    return [np.asarray(y) for y in jax.jit(every)([jnp.asarray(x) for x in images])]
