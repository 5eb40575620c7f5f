"""Resampling in JAX, differentiably, exactly as the library you name would.

Importing this package imports JAX and NumPy only. ``jax_resample.nnx`` and ``jax_resample.linen`` hold
the Flax layers and import Flax when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import compat as compat
from .conventions import Convention as Convention
from .conventions import conventions as conventions
from .inspection.explain import Explanation as Explanation
from .inspection.explain import explain as explain
from .inspection.identification import Identification as Identification
from .inspection.identify import identify as identify
from .interpolate import interpolate as interpolate
from .plan import Plan as Plan
from .plan import plan as plan
from .pooling import adaptive_avg_pool as adaptive_avg_pool
from .position_embedding import resize_patch_embedding as resize_patch_embedding
from .position_embedding import resize_position_embedding as resize_position_embedding
from .resize import resize as resize
from .sampling.grid import affine_grid as affine_grid
from .sampling.grid import grid_sample as grid_sample
from .sampling.roi import crop_and_resize as crop_and_resize
from .sampling.roi import roi_align as roi_align
from .sampling.sample import sample as sample
from .sampling.warp import warp as warp
from .sampling.warp import warp_affine as warp_affine
from .sampling.warp import warp_perspective as warp_perspective
from .scale_and_translate import scale_and_translate as scale_and_translate
from .splines.map_coordinates import map_coordinates as map_coordinates
from .splines.spline import spline_filter as spline_filter

if TYPE_CHECKING:
    from . import linen as linen
    from . import nnx as nnx

__version__ = "0.1.0"

__all__ = [
    "Convention",
    "Explanation",
    "Identification",
    "Plan",
    "adaptive_avg_pool",
    "affine_grid",
    "compat",
    "conventions",
    "crop_and_resize",
    "explain",
    "grid_sample",
    "identify",
    "interpolate",
    "linen",
    "map_coordinates",
    "nnx",
    "plan",
    "resize",
    "resize_patch_embedding",
    "resize_position_embedding",
    "roi_align",
    "sample",
    "scale_and_translate",
    "spline_filter",
    "warp",
    "warp_affine",
    "warp_perspective",
]

_LAYERS = ("linen", "nnx")


def __getattr__(name: str) -> Any:
    if name in _LAYERS:
        return import_module(f"{__name__}.{name}")
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAYERS})
