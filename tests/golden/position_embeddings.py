"""Position embeddings that are resized by the code of their checkpoints: what to ask, and how it is done.

The formulas are the projects', in our words: facebookresearch/dino and dinov2 (interpolate_pos_encoding),
Hugging Face transformers (Dinov2Embeddings, Siglip2VisionEmbeddings), timm (resample_abs_pos_embed) and
big_vision (resample_posemb).
"""

from typing import NamedTuple

import numpy as np

FILE = "position-embeddings-torch-2.13.0-scipy-1.17.1.npz"
DEPTH = 3

# preset -> what PyTorch is asked for: mode, antialias, and the offset of the scale factor, if one is given
TORCH: dict[str, tuple[str, bool, float | None]] = {
    "dino": ("bicubic", False, 0.1),
    "dinov2": ("bicubic", False, 0.1),
    "dinov2-registers": ("bicubic", True, None),
    "transformers": ("bicubic", False, None),
    "timm": ("bicubic", True, None),
    "siglip2": ("bilinear", True, None),
    "bilinear": ("bilinear", False, None),
}


class Case(NamedTuple):
    """Tokens of an old grid behind a prefix, and the new grid."""

    preset: str
    old: tuple[int, int]
    prefix: int
    new: tuple[int, int]

    @property
    def name(self) -> str:
        return f"{self.preset} {self.prefix}+{self.old[0]}x{self.old[1]} {self.new[0]}x{self.new[1]}"


_SIZES = [((14, 14), 1, (7, 19)), ((5, 9), 2, (13, 4)), ((3, 3), 5, (4, 1))]
CASES = [Case(preset, old, prefix, new) for preset in (*TORCH, "big_vision") for old, prefix, new in _SIZES]
# The grids for which handing PyTorch new / old as scale gives one patch too few (dinov2, pull request 378).
TOO_SMALL = {14: (61, 115, 122), 37: (39, 43, 78, 86, 115, 123)}


def tokens(case: Case) -> np.ndarray:
    """Random embeddings, ``(1, prefix + patches, DEPTH)`` float32."""
    count = case.prefix + case.old[0] * case.old[1]
    return np.random.default_rng(count).standard_normal((1, count, DEPTH)).astype(np.float32)


def upstream(case: Case, pos: np.ndarray) -> np.ndarray:
    """What the checkpoint's own code answers; needs the package that it calls."""
    grid = pos[0, case.prefix :].reshape(*case.old, -1)
    resized = _by_scipy(grid, case.new) if case.preset == "big_vision" else _by_torch(grid, case)
    assert resized.shape[:2] == case.new
    return np.concatenate([pos[:, : case.prefix], resized.reshape(1, -1, pos.shape[-1])], axis=1)


def _by_torch(grid: np.ndarray, case: Case) -> np.ndarray:
    import torch

    mode, antialias, offset = TORCH[case.preset]
    size, factor = case.new, None
    if offset is not None:
        size, factor = None, tuple((new + offset) / old for old, new in zip(case.old, case.new, strict=True))
    image = torch.from_numpy(grid)[None].permute(0, 3, 1, 2)
    resized = torch.nn.functional.interpolate(image, size, factor, mode=mode, antialias=antialias)
    return resized[0].permute(1, 2, 0).numpy()


def _by_scipy(grid: np.ndarray, new: tuple[int, int]) -> np.ndarray:
    from scipy import ndimage

    return ndimage.zoom(grid, (new[0] / grid.shape[0], new[1] / grid.shape[1], 1), order=1)
