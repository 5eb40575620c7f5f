"""Other libraries' signatures, one short module per library."""

from . import onnx as onnx
from . import scipy as scipy
from . import skimage as skimage
from . import torch as torch
from . import torchvision as torchvision
