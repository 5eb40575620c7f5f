"""`explain`: what it says of conventions is what they do."""

import numpy as np
import pytest

import jax_resample as jr
from jax_resample.inspection.convention_words import BOUNDARIES, FAMILIES, MAPS

EDGES = "torch:bilinear", "torch:bilinear-align-corners"


def test_align_corners_is_what_it_explains_by_default():
    found = jr.explain()
    assert [one.name for one in found.conventions] == list(EDGES)
    assert found.advice()[0].startswith("align_corners=False (half-pixel): a pixel is a square")
    text = str(found)
    assert "4 -> 8 samples" in text
    assert "(i + 1/2) n/m - 1/2: outer edges coincide (align_corners=False)" in text
    assert "i (n-1)/(m-1): corner centres coincide (align_corners=True)" in text
    assert "land up to 0.25 input pixels apart" in text


def test_coordinates_and_weights_are_those_of_the_operator():
    found = jr.explain(*EDGES, n=2, m=4)
    half_pixel, corners = found.conventions
    np.testing.assert_allclose(half_pixel.coordinates, [-0.25, 0.25, 0.75, 1.25])
    np.testing.assert_allclose(corners.coordinates, [0, 1 / 3, 2 / 3, 1], rtol=1e-6)
    for one in found.conventions:
        plan = jr.plan((2,), 4, convention=one.name)
        np.testing.assert_array_equal(one.taps.as_matrix(), plan.as_matrix())


@pytest.mark.parametrize("name", jr.conventions)
def test_every_convention_can_be_explained(name):
    for n, m in ((7, 12), (12, 5), (1, 3), (3, 1)):
        found = jr.explain(name, "torch:bilinear", n=n, m=m)
        text = str(found)
        assert name in text
        assert jr.conventions[name].library in text


def test_every_choice_has_words():
    for name, row in jr.conventions.items():
        for column, words in (("coordinates", MAPS), ("family", FAMILIES), ("boundary", BOUNDARIES)):
            value = getattr(row, column)
            assert value is None or value in words, (name, column, value)


def test_conventions_that_agree_at_a_size_are_named():
    found = jr.explain("torch:bilinear", "torch:bilinear-antialias", n=4, m=8)
    assert found.same == (("torch:bilinear", "torch:bilinear-antialias"),)
    assert "torch:bilinear and torch:bilinear-antialias weigh alike at this size." in str(found)
    assert jr.explain("torch:bilinear", "torch:bilinear-antialias", n=8, m=4).same == ()


def test_long_axes_are_abbreviated():
    landings = jr.explain(n=100, m=300).tables()[1]
    assert [row[0] for row in landings.rows] == ["0", "1", "2", "...", "298", "299"]


def test_antialiasing_is_explained_where_it_is_chosen():
    assert any(part.startswith("antialias:") for part in jr.explain("torch:bicubic-antialias").advice())
    assert not any(part.startswith("antialias:") for part in jr.explain("torch:bicubic").advice())


def test_a_row_of_ones_own():
    row = jr.Convention(family="interpolate", kernel="cubic(-0.6)", boundary="clamp")
    found = jr.explain(row, n=3, m=5)
    assert found.conventions[0].name == "yours"
    assert "cubic(-0.6)" in str(found)


def test_notebooks():
    page = jr.explain()._repr_html_()
    assert page.count("<table>") == 2
    assert "align_corners=False (half-pixel)" in page
    assert repr(jr.explain()) == f"<Explanation of 4 -> 8 samples by {EDGES[0]}, {EDGES[1]}>"


def test_the_picture_has_a_row_for_each():
    figure = jr.explain(*EDGES, "torch:bicubic").plot()
    assert [axes.get_title(loc="left") for axes in figure.axes] == [*EDGES, "torch:bicubic"]
    landed = [patch.get_x() + patch.get_width() / 2 for patch in figure.axes[1].patches if patch.get_y() == 0]
    np.testing.assert_allclose(landed, np.arange(8) * 3 / 7, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "lengths", "error", "message"),
    [
        (("torch:trilinear-ish",), {}, ValueError, "`convention` must be one of 'torch:nearest'"),
        ((), {"n": 0}, ValueError, "`n` must give sizes of at least 1"),
        ((), {"m": 2.5}, TypeError, "`m` must hold static integers"),
    ],
)
def test_refusals(arguments, lengths, error, message):
    with pytest.raises(error, match=message):
        jr.explain(*arguments, **lengths)
