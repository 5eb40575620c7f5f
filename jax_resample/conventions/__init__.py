"""How libraries resample: the columns (`Convention`) and the rows (`conventions`)."""

from .convention import Convention as Convention
from .table import conventions as conventions
from .torch import METHODS as METHODS
from .torch import TORCH as TORCH
from .torch import torch_convention as torch_convention
