"""Other libraries' signatures, one short module per library."""

from . import scipy as scipy
from . import torch as torch
