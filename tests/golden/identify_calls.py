"""The real packages' own calls for conventions of the table, on a two-dimensional array.

``CALLS[name](x, size)`` is what the library answers to float32 or uint8. Recorded are those on `SHAPE` to
`SIZE`, which enlarges one axis and shrinks the other by factors that do not divide.
"""

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

FILE = "identify-torch-2.13.0-jax-0.10.2-pillow-13.0.0-opencv-5.0.0-scipy-1.17.1-skimage-0.26.0.npz"
SHAPE, SIZE = (13, 17), (29, 7)

Call = Callable[[np.ndarray, tuple[int, int]], np.ndarray]


def _torch(x: np.ndarray, size: tuple[int, int], **options: Any) -> np.ndarray:
    import torch

    made = torch.nn.functional.interpolate(torch.from_numpy(x)[None, None], size, **options)
    return made[0, 0].numpy()


def _pillow(x: np.ndarray, size: tuple[int, int], resample: str) -> np.ndarray:
    from PIL import Image

    made = Image.fromarray(x).resize(size[::-1], getattr(Image.Resampling, resample))
    return np.asarray(made)


def _opencv(x: np.ndarray, size: tuple[int, int], flag: str) -> np.ndarray:
    import cv2

    return cv2.resize(x, size[::-1], interpolation=getattr(cv2, f"INTER_{flag}"))


def _jax(x: np.ndarray, size: tuple[int, int], method: Any, antialias: bool) -> np.ndarray:
    import jax

    return np.asarray(jax.image.resize(x, size, method, antialias=antialias))


def _scipy(x: np.ndarray, size: tuple[int, int], **options: Any) -> np.ndarray:
    from scipy import ndimage

    return ndimage.zoom(x, [m / n for m, n in zip(size, x.shape, strict=True)], **options)


def _skimage(x: np.ndarray, size: tuple[int, int], function: str, **options: Any) -> np.ndarray:
    return getattr(import_module("skimage.transform"), function)(x, size, preserve_range=True, **options)


def _torch_calls() -> dict[str, Call]:
    calls = {f"torch:{mode}": partial(_torch, mode=mode) for mode in ("nearest", "nearest-exact", "area")}
    for mode in ("bilinear", "bicubic"):
        calls[f"torch:{mode}"] = partial(_torch, mode=mode)
        calls[f"torch:{mode}-align-corners"] = partial(_torch, mode=mode, align_corners=True)
        calls[f"torch:{mode}-antialias"] = partial(_torch, mode=mode, antialias=True)
        both = partial(_torch, mode=mode, antialias=True, align_corners=True)
        calls[f"torch:{mode}-antialias-align-corners"] = both
    return calls | {"torch:lanczos": partial(_torch, mode="lanczos", antialias=True)}


def _jax_calls() -> dict[str, Call]:
    methods = {m: m for m in ("linear", "cubic", "lanczos3", "lanczos5")} | {"cubic-pytorch": "cubic-pytorch"}
    return {
        f"jax:{name}{'-antialias' if antialias else ''}": partial(_jax, method=method, antialias=antialias)
        for name, method in methods.items()
        for antialias in (False, True)
    } | {f"jax:{m}": partial(_jax, method=m, antialias=False) for m in ("nearest",)}


_FILTERS = ("NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS")
# Libraries whose 8-bit results are recorded: those with integer arithmetic of their own, and a floating one.
_UINT8_LIBRARIES = ("torch", "pillow", "opencv", "skimage")
NOT_UINT8 = ("torch:area",)  # which PyTorch refuses
_FLAGS = ("NEAREST", "NEAREST_EXACT", "LINEAR", "LINEAR_EXACT", "CUBIC", "AREA", "LANCZOS4")

CALLS: dict[str, Call] = {
    **_torch_calls(),
    **_jax_calls(),
    **{f"pillow:{one.lower()}": partial(_pillow, resample=one) for one in _FILTERS},
    **{f"opencv:{one.lower().replace('_', '-')}": partial(_opencv, flag=one) for one in _FLAGS},
    **{f"scipy:zoom-order{order}": partial(_scipy, order=order) for order in range(6)},
    "skimage:resize": partial(_skimage, function="resize", anti_aliasing=False),
    "skimage:resize-antialias": partial(_skimage, function="resize", anti_aliasing=True),
    "skimage:resize_local_mean": partial(_skimage, function="resize_local_mean"),
}


def _tf2(x: np.ndarray, size: tuple[int, int], method: str, antialias: bool) -> np.ndarray:
    import tensorflow as tf

    return tf.image.resize(x[..., None], size, method, antialias=antialias)[..., 0].numpy()


def _tf1(x: np.ndarray, size: tuple[int, int], method: str, **options: bool) -> np.ndarray:
    import tensorflow as tf

    resize = getattr(tf.compat.v1.image, f"resize_{method}")
    return resize(x[None, ..., None], size, **options)[0, ..., 0].numpy()


TENSORFLOW_FILE = "identify-tensorflow-2.21.0.npz"
_TF2_METHODS = ("bilinear", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
_TF1_METHODS = {"nearest": "nearest_neighbor", "bilinear": "bilinear", "bicubic": "bicubic", "area": "area"}
_TF1_GRIDS = {"": None, "-align-corners": "align_corners", "-half-pixel": "half_pixel_centers"}

TENSORFLOW_UINT8 = ("tf2:bilinear", "tf2:nearest")

TENSORFLOW_CALLS: dict[str, Call] = {
    **{
        f"tf2:{one}": partial(_tf2, method=one, antialias=False) for one in ("nearest", "area", *_TF2_METHODS)
    },
    **{f"tf2:{one}-antialias": partial(_tf2, method=one, antialias=True) for one in _TF2_METHODS},
    **{
        f"tf1:{name}{grid}": partial(_tf1, method=method, **({flag: True} if flag else {}))
        for name, method in _TF1_METHODS.items()
        for grid, flag in _TF1_GRIDS.items()
        if (name, flag) != ("area", "half_pixel_centers")
    },
}


def cases(calls: dict[str, Call], uint8: Iterable[str]) -> list[tuple[str, str]]:
    """What is recorded: each name with float32, and some with uint8."""
    return [(name, "float32") for name in calls] + [(name, "uint8") for name in uint8]


CASES = cases(
    CALLS,
    [n for n in CALLS if n.partition(":")[0] in _UINT8_LIBRARIES and n not in NOT_UINT8],
)
TENSORFLOW_CASES = cases(TENSORFLOW_CALLS, TENSORFLOW_UINT8)
