"""scikit-image 0.26: ``skimage.transform.resize`` and ``resize_local_mean``, on floating images.

``resize`` is SciPy's zoom with ``grid_mode=True`` and mode "mirror", of order 1 unless the name says
otherwise. With ``anti_aliasing`` (its default when shrinking) a Gaussian of ``(n / m - 1) / 2`` pixels goes
before it. It also clips the result to the image's range, which no linear operator does: see
`jax_resample.compat.skimage`.
"""

from functools import partial

from .convention import Convention

_row = partial(
    Convention,
    arithmetic="float64",
    library="scikit-image 0.26.0",
    factor_steps=False,
    output_size="round half even",
)
_resize = partial(
    _row,
    boundary="mirror",
    source="https://scikit-image.org/docs/0.26.x/api/skimage.transform.html#skimage.transform.resize",
)
_local_mean = partial(
    _row,
    source="https://scikit-image.org/docs/0.26.x/api/skimage.transform.html#skimage.transform.resize_local_mean",
)

ROWS: dict[str, Convention] = {
    **{
        f"skimage:resize{'' if degree == 1 else f'-order{degree}'}{name}": _resize(
            family=family, kernel=f"bspline{degree}"
        )
        for degree in range(6)
        for name, family in (("", "spline"), ("-antialias", "blurred spline"))
    },
    "skimage:resize_local_mean": _local_mean(family="overlap", boundary="drop"),
}
