"""Layers for Flax NNX. They have no parameters and no state; see each one's example."""

# ruff: noqa: D101 -- the classes share their documentation with linen.py

from . import _layers

try:
    from flax.nnx import Module
except ModuleNotFoundError as error:
    raise ImportError(_layers.FLAX_IS_MISSING) from error

__all__ = ["AdaptiveAvgPool", "Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]


class Upsample(_layers.Upsample, Module):
    __doc__ = _layers.Upsample.__doc__


class UpsamplingNearest2d(_layers.UpsamplingNearest2d, Module):
    __doc__ = _layers.UpsamplingNearest2d.__doc__


class UpsamplingBilinear2d(_layers.UpsamplingBilinear2d, Module):
    __doc__ = _layers.UpsamplingBilinear2d.__doc__


class AdaptiveAvgPool(_layers.AdaptiveAvgPool, Module):
    __doc__ = _layers.AdaptiveAvgPool.__doc__
