"""Splines as SciPy has them: B-splines, the prefilter as a band, what lies beyond an array's ends."""
