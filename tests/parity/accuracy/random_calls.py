"""Random calls of functions whose signature is the real one's: the same arrays and options on both sides."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

Rng = np.random.Generator


class Random(NamedTuple):
    """One random call: the arrays that both sides get, and the options."""

    arrays: tuple[np.ndarray, ...]
    options: dict[str, Any]


def _image(rng: Rng, dtypes: tuple[str, ...] = ("float64", "float32")) -> np.ndarray:
    """Noise of one to three axes."""
    rank = int(rng.integers(1, 4))
    shape = rng.integers(2, {1: 40, 2: 16, 3: 7}[rank], rank)
    return rng.standard_normal(shape).astype(str(rng.choice(dtypes)))


# -- SciPy and scikit-image: options by name, the same on both sides

_MODES = ("reflect", "grid-mirror", "constant", "grid-constant", "nearest", "mirror", "grid-wrap", "wrap")


def _spline(rng: Rng) -> dict[str, Any]:
    return {"order": int(rng.integers(0, 6)), "mode": str(rng.choice(_MODES))}


def _zoom(rng: Rng) -> Random:
    x = _image(rng)
    grid = bool(rng.integers(2))
    factors = rng.uniform(0.5, 2.5, x.ndim).tolist()
    return Random((x,), {**_spline(rng), "zoom": factors, "grid_mode": grid})


def _points(rng: Rng) -> Random:
    x = _image(rng)
    return Random((x, rng.uniform(-5, 15, (x.ndim, 30))), _spline(rng))


def _shift(rng: Rng) -> Random:
    x = _image(rng)
    return Random((x,), {**_spline(rng), "shift": rng.uniform(-4, 4, x.ndim).tolist()})


def _affine(rng: Rng) -> Random:
    x = _image(rng)
    matrix = np.eye(x.ndim) + rng.uniform(-0.5, 0.5, (x.ndim, x.ndim))
    return Random((x, matrix), {**_spline(rng), "offset": rng.uniform(-3, 3, x.ndim).tolist()})


def _rotate(rng: Rng) -> Random:
    x = rng.standard_normal(rng.integers(2, 14, 2))
    return Random((x,), {**_spline(rng), "angle": float(rng.uniform(-180, 180))})


def _filtered(rng: Rng) -> Random:
    modes = ("mirror", "reflect", "grid-wrap")
    return Random((_image(rng),), {"order": int(rng.integers(2, 6)), "mode": str(rng.choice(modes))})


def _skimage(rng: Rng) -> Random:
    x = _image(rng)
    shape = tuple(rng.integers(2, {1: 40, 2: 16, 3: 7}[x.ndim], x.ndim).tolist())
    return Random((x,), {"output_shape": shape, "order": int(rng.integers(0, 6)), "preserve_range": True})


def _rescale(rng: Rng) -> Random:
    scale = float(rng.uniform(0.6, 2.2))
    return Random((_image(rng),), {"scale": scale, "order": int(rng.integers(0, 6)), "preserve_range": True})


def _local_mean(rng: Rng) -> Random:
    x = _image(rng)
    shape = tuple(rng.integers(2, {1: 40, 2: 16, 3: 7}[x.ndim], x.ndim).tolist())
    return Random((x,), {"output_shape": shape, "grid_mode": bool(rng.integers(2)), "preserve_range": True})


# -- OpenCV's warps

_BORDERS = ("CONSTANT", "REPLICATE", "REFLECT", "REFLECT_101", "WRAP")


def _warp(rng: Rng, perspective: bool) -> Random:
    import cv2

    dtype = str(rng.choice(["uint8", "float32"]))
    shape = (9, 7, 3)
    x = rng.integers(0, 256, shape).astype(dtype)
    matrix = np.hstack([np.eye(2) + rng.uniform(-0.6, 0.6, (2, 2)), rng.uniform(-6, 6, (2, 1))])
    if perspective:
        matrix = np.vstack([matrix, [*rng.uniform(-0.02, 0.02, 2), 1]])
    options = {"borderMode": getattr(cv2, f"BORDER_{rng.choice(_BORDERS)}"), "dsize": (11, 10)}
    return Random((x, matrix), {**options, "flags": getattr(cv2, f"INTER_{rng.choice(['LINEAR', 'CUBIC'])}")})


def _remap(rng: Rng) -> Random:
    import cv2

    x = rng.integers(0, 256, (9, 7, 3)).astype(str(rng.choice(["uint8", "float32"])))
    maps = rng.uniform(-10, 20, (2, 11, 10)).astype(np.float32)
    options = {"borderMode": getattr(cv2, f"BORDER_{rng.choice(_BORDERS)}")}
    flag = getattr(cv2, f"INTER_{rng.choice(['LINEAR', 'CUBIC'])}")
    return Random((x, *maps), {**options, "interpolation": flag})


# -- jax.image and Keras


_METHODS = ("nearest", "linear", "cubic", "lanczos3", "lanczos5")


def _jax_resize(rng: Rng) -> Random:
    x = _image(rng)
    shape = tuple(rng.integers(2, {1: 40, 2: 16, 3: 7}[x.ndim], x.ndim).tolist())
    return Random(
        (x,), {"shape": shape, "method": str(rng.choice(_METHODS)), "antialias": bool(rng.integers(2))}
    )


def _jax_translate(rng: Rng) -> Random:
    x = _image(rng)
    shape = tuple(rng.integers(2, {1: 40, 2: 16, 3: 7}[x.ndim], x.ndim).tolist())
    options = {
        "shape": shape,
        "spatial_dims": tuple(range(x.ndim)),
        "scale": rng.uniform(0.4, 2.5, x.ndim).astype(x.dtype),
        "translation": rng.uniform(-4, 4, x.ndim).astype(x.dtype),
        "method": str(rng.choice(_METHODS[1:])),
        "antialias": bool(rng.integers(2)),
    }
    return Random((x,), options)


def _keras(rng: Rng) -> Random:
    x = rng.standard_normal((2, *rng.integers(2, 16, 2), 3)).astype(np.float32)
    names = {"linear": "bilinear", "cubic": "bicubic"}
    method = str(rng.choice(_METHODS))
    options = {
        "size": tuple(rng.integers(2, 16, 2).tolist()),
        "interpolation": names.get(method, method),
        "antialias": bool(rng.integers(2)),
        "data_format": "channels_last",
    }
    return Random((x,), options)


# name -> the real function, and a generator of its calls
CALLS: dict[str, tuple[str, Callable[[Rng], Random]]] = {
    "scipy.zoom": ("scipy.ndimage.zoom", _zoom),
    "scipy.map_coordinates": ("scipy.ndimage.map_coordinates", _points),
    "scipy.shift": ("scipy.ndimage.shift", _shift),
    "scipy.affine_transform": ("scipy.ndimage.affine_transform", _affine),
    "scipy.rotate": ("scipy.ndimage.rotate", _rotate),
    "scipy.spline_filter": ("scipy.ndimage.spline_filter", _filtered),
    "scipy.spline_filter1d": ("scipy.ndimage.spline_filter1d", _filtered),
    "skimage.resize": ("skimage.transform.resize", _skimage),
    "skimage.rescale": ("skimage.transform.rescale", _rescale),
    "skimage.resize_local_mean": ("skimage.transform.resize_local_mean", _local_mean),
    "jax_image.resize": ("jax.image.resize", _jax_resize),
    "jax_image.scale_and_translate": ("jax.image.scale_and_translate", _jax_translate),
    "keras.resize": ("keras.ops.image.resize", _keras),
    "opencv.warpAffine": ("cv2.warpAffine", partial(_warp, perspective=False)),
    "opencv.warpPerspective": ("cv2.warpPerspective", partial(_warp, perspective=True)),
    "opencv.remap": ("cv2.remap", _remap),
}
