"""The calls of regions of interest whose values are recorded, and their inputs; needs no other library."""

from typing import Any, NamedTuple

import numpy as np

from .calls import samples

TORCHVISION = "torchvision-0.28.0.npz"
TENSORFLOW = "crop-and-resize-tensorflow-2.21.0.npz"


class Call(NamedTuple):
    """A name and the arguments after images and boxes."""

    name: str
    arguments: tuple[Any, ...]


# Output size, spatial_scale, sampling_ratio, aligned.
_ROI = (
    (3, 1.0, 2, False),
    (3, 1.0, 2, True),
    ((2, 4), 0.5, 1, True),
    ((2, 4), 0.5, -1, True),
    ((4, 1), 1.0, -1, False),
    (1, 0.25, 3, False),
)
ROI_CALLS = tuple(Call(f"roi_align{arguments}", arguments) for arguments in _ROI)
# Crop size, method, extrapolation_value.
_CROP = (
    ((4, 5), "bilinear", 0.0),
    ((1, 3), "bilinear", 2.5),
    ((4, 5), "nearest", 0.0),
    ((3, 1), "nearest", 2.5),
)
CROP_CALLS = tuple(Call(f"crop_and_resize{arguments}", arguments) for arguments in _CROP)


def _singles(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return samples(shape, "float32", seed).astype(np.float32)


def maps() -> np.ndarray:
    """Feature maps, channels first."""
    return _singles((2, 3, 9, 11))


def boxes() -> np.ndarray:
    """Boxes of `maps`, inside, across its edges and outside."""
    corner, extent = _singles((12, 2), seed=2), _singles((12, 2), seed=3)
    low, length = corner * 9 + 4, (extent + 1) * 6
    image = np.arange(12, dtype=np.float32)[:, None] % 2
    return np.concatenate([image, low, low + length], axis=1)


def image() -> np.ndarray:
    """Images, channels last."""
    return _singles((2, 6, 7, 3))


def normalised_boxes() -> tuple[np.ndarray, np.ndarray]:
    """Boxes of `image`, some of them flipped, some across the edge, and the whole; and the image of each."""
    corners = (_singles((9, 4), seed=4) * 0.8 + 0.5).astype(np.float32)
    return np.concatenate([corners, [[0, 0, 1, 1]]]).astype(np.float32), np.arange(10, dtype=np.int32) % 2


def cotangent(shape: tuple[int, ...]) -> np.ndarray:
    """What is pulled back."""
    return _singles(shape, seed=1)
