"""Other libraries' signatures, one short module per library."""

from . import torch as torch
