"""SciPy 1.17: ``scipy.ndimage.zoom``.

Rows without "grid" are its defaults: first and last samples coincide, and what rounding puts beyond the last
one is 0 (mode "constant"). "grid" rows have ``grid_mode=True`` and the mode that ends the name. Integers are
rounded once, halves away from zero.
"""

from dataclasses import replace
from functools import partial

from .convention import Convention, Lengths


def _unless_alike(row: Convention, lengths: Lengths, sizes: Lengths) -> tuple[Convention, ...]:
    """Where no axis changes its length SciPy copies; where one does, all are filtered and read."""
    return (replace(row, across=None, same_size_copies=lengths == sizes),) * len(sizes)


_row = partial(
    Convention,
    family="spline",
    arithmetic="float64",
    fixed_point="SciPy",
    across=_unless_alike,
    output_size="round half even",
    factor_steps=False,
    library="SciPy 1.17.1",
    source="https://docs.scipy.org/doc/scipy-1.17.0/reference/generated/scipy.ndimage.zoom.html",
)

_DEGREES = range(6)

ROWS: dict[str, Convention] = {
    **{
        f"scipy:zoom-order{degree}": _row(
            kernel=f"bspline{degree}", coordinates="align-corners", boundary="mirror", margin=0.0
        )
        for degree in _DEGREES
    },
    **{
        f"scipy:zoom-order{degree}-{mode}": _row(kernel=f"bspline{degree}", boundary=boundary)
        for degree in _DEGREES
        for mode, boundary in (("grid-constant", "constant"), ("grid-mirror", "reflect"))
    },
}
