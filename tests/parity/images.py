"""Pictures to resample: noise, saturated patterns, and pieces of photographs where they can be had."""

from functools import cache

import numpy as np


@cache
def photographs() -> tuple[np.ndarray, ...]:
    """RGB photographs of scikit-image and scikit-learn, or none."""
    found = []
    try:
        from skimage import data

        found += [data.astronaut(), data.chelsea(), data.coffee()]
    except (ImportError, OSError):
        pass
    try:
        from sklearn.datasets import load_sample_images

        found += load_sample_images().images
    except (ImportError, OSError):
        pass
    return tuple(found)


def picture(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """8-bit samples of a shape ``(height, width)`` or ``(height, width, bands)``, of a random kind."""
    kind = rng.integers(0, 4)
    if kind == 0:
        return rng.integers(0, 256, shape).astype(np.uint8)
    if kind == 1:
        return np.where(rng.integers(0, 2, shape) > 0, 255, 0).astype(np.uint8)
    if kind == 2:  # stripes and squares of the two extremes
        period = rng.integers(1, 5)
        rows, columns = np.indices(shape[:2]) // period
        square = ((rows + columns * rng.integers(0, 2)) % 2 * 255).astype(np.uint8)
        return np.broadcast_to(square.reshape(*shape[:2], *(1,) * (len(shape) - 2)), shape).copy()
    if not (photos := photographs()):
        return rng.integers(0, 256, shape).astype(np.uint8)
    photo = photos[rng.integers(0, len(photos))]
    bands = np.concatenate([photo, photo[..., 1:] // 2 + 100], axis=-1)
    rows = (rng.integers(0, photo.shape[0]) + np.arange(shape[0])) % photo.shape[0]
    columns = (rng.integers(0, photo.shape[1]) + np.arange(shape[1])) % photo.shape[1]
    crop = bands[rows[:, None], columns]
    return np.ascontiguousarray(crop[..., 0] if len(shape) == 2 else crop[..., : shape[2]])
