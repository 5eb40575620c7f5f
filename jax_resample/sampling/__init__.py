"""Sampling at coordinates that are data: grids, warps, regions, and their taps at points."""
