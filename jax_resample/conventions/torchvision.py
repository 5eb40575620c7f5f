"""torchvision v2: ``torchvision.transforms.v2.functional.resize`` on tensors, antialiased unless told not to.

It hands tensors to PyTorch; on x86 with AVX2 8-bit images meet PyTorch's integer kernels, as they do here.
"""

from dataclasses import replace

from . import torch

_SOURCE = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.resize.html"
_MODES = {
    "nearest": "nearest",
    "nearest-exact": "nearest-exact",
    "bilinear": "bilinear-antialias",
    "bicubic": "bicubic-antialias",
    "bilinear-no-antialias": "bilinear",
    "bicubic-no-antialias": "bicubic",
}

ROWS = {
    f"torchvision:{name}": replace(
        torch.ROWS[f"torch:{mode}"], library="torchvision 0.28 (PyTorch 2.13.0)", source=_SOURCE
    )
    for name, mode in _MODES.items()
}
