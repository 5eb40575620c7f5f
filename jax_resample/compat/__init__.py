"""Other libraries' signatures, one short module per library."""

from . import jax_image as jax_image
from . import keras as keras
from . import mlx as mlx
from . import onnx as onnx
from . import opencv as opencv
from . import pillow as pillow
from . import scipy as scipy
from . import skimage as skimage
from . import tensorflow as tensorflow
from . import torch as torch
from . import torchvision as torchvision
