"""The table of libraries: every difference between two resamplers is a row here, not a branch.

One module per library holds its rows; to add a library, write one and name it in ``_LIBRARIES``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from . import (
    dali,
    jax_image,
    keras,
    matlab,
    mlx,
    onnx,
    opencv,
    pillow,
    resize_right,
    scipy,
    skimage,
    tensorflow,
    torch,
    torchvision,
)
from .convention import Convention

_LIBRARIES = (
    torch,
    torchvision,
    jax_image,
    tensorflow,
    keras,
    mlx,
    matlab,
    resize_right,
    dali,
    onnx,
    pillow,
    opencv,
    scipy,
    skimage,
)

conventions: Mapping[str, Convention] = MappingProxyType(
    {name: row for library in _LIBRARIES for name, row in library.ROWS.items()}
)
