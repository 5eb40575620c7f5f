"""`identify`: it names the convention, or says which ones it cannot tell apart and what would."""

import doctest
from functools import cache
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr
from jax_resample.alpha import premultiply, unpremultiply
from jax_resample.inspection import screening
from jax_resample.inspection.identification import Identification, Match
from jax_resample.inspection.probes import noise

SHAPE, SIZE = (13, 17), (29, 7)


def made(name: str, dtype: str, shape=SHAPE, size=SIZE):
    x = jnp.asarray(noise(shape, dtype))
    return x, jr.resize(x, size, convention=name)


def by_numpy(name: str, x) -> np.ndarray:
    """The whole result in float64, without a program to compile."""
    plan = jr.plan(x.shape, SIZE, convention=name)
    return screening.resized(np.asarray(x), plan.passes, plan.cval, tuple(map(np.arange, SIZE)))


@cache
def identified(operator: jr.Plan) -> Identification:
    """What is found for its own output; what is named makes the same output, and a probe lists all of it."""
    x = noise(SHAPE, "float32")
    found = jr.identify(x, operator(jnp.asarray(x)))
    outputs = [by_numpy(name, x) for name in found.candidates]
    for other in outputs:
        np.testing.assert_allclose(other, outputs[0], rtol=0, atol=2e-6)
    if found.probe:
        assert sorted(sum(found.probe.groups, ())) == sorted(found.candidates)
    return found


@pytest.mark.parametrize("name", jr.conventions)
def test_every_row_is_named_from_one_input(name):
    found = identified(jr.plan(SHAPE, SIZE, convention=name))
    assert found.verdict == "bytes equal"
    assert name in found.names
    assert set(found.names) <= set(found.candidates)


def test_the_probe_parts_what_the_input_could_not():
    """Without antialias and with, enlarging is one operator; the probe shrinks."""
    x, y = made("torch:bilinear", "float32", (8, 8), (16, 16))
    among = ("torch:bilinear", "torch:bilinear-antialias", "torch:bicubic")
    found = jr.identify(x, y, among=among)
    assert set(found.candidates) == set(among[:2])
    assert set(found.probe.groups) == {("torch:bilinear",), ("torch:bilinear-antialias",)}
    for name in among[:2]:
        answer = jr.resize(jnp.asarray(found.probe.x), found.probe.size, convention=name)
        assert jr.identify(found.probe.x, answer, among=among).candidates == (name,)


def test_conventions_that_are_one_operator_have_no_probe():
    x, y = made("torch:bicubic-antialias", "float32")
    among = ("torch:bicubic-antialias", "torch:bilinear")
    found = jr.identify(x, y, among=among)
    assert found.candidates == among[:1]
    assert found.probe is None
    assert "No other convention of the table makes this output." in str(found)


@pytest.mark.parametrize(
    "name", ["torch:bilinear", "torch:bicubic-antialias", "torch:nearest", "pillow:lanczos"]
)
def test_integers_by_their_bytes(name):
    x, y = made(name, "uint8")
    found = jr.identify(x, y)
    assert found.verdict == "bytes equal"
    assert name in found.names
    assert {match.way for match in found.ranking if name in match.names} == {""}


def test_one_level_is_rounding():
    x, y = made("torch:bilinear-antialias", "uint8")
    off = np.array(y)
    off[3, 3] ^= 1
    found = jr.identify(x, off)
    assert found.verdict == "equal to rounding"
    assert "torch:bilinear-antialias" in found.names


def test_coordinates_rounded_elsewhere_are_still_the_convention():
    """As on another machine: PyTorch's operator, whose weights are off by a few units of a coordinate."""
    x = noise((3, 900), "float32")
    y = jr.resize(jnp.asarray(x), 1400, axes=1, convention="torch:bilinear")
    moved = y + 1e-4 * jnp.asarray(noise(y.shape, "float32"))
    among = ("torch:bilinear", "torch:bicubic", "torch:bilinear-align-corners")
    found = jr.identify(x, moved, among=among)
    assert found.verdict == "equal to rounding of coordinates"
    assert found.names == found.candidates == ("torch:bilinear",)
    assert jr.identify(x, 10 * (moved - y) + y, among=among).verdict == "different"
    assert jr.identify(x, y, among=among).verdict == "bytes equal"


@pytest.mark.parametrize(("way", "change"), [("rounded", np.rint), ("truncated", np.trunc)])
def test_floating_results_that_became_integers(way, change):
    """As tf.image.resize on uint8 with a cast after it."""
    x = noise(SHAPE, "uint8")
    wide = jr.resize(jnp.asarray(x, jnp.float32), SIZE, convention="torch:bicubic")
    found = jr.identify(x, change(wide).clip(0, 255).astype(np.uint8))
    assert found.verdict == "bytes equal"
    assert "torch:bicubic" in found.names
    assert {match.way for match in found.ranking if "torch:bicubic" in match.names} == {way}


def test_colours_premultiplied_by_alpha():
    """As Pillow resizes LA and RGBA."""
    x = jnp.asarray(noise((*SHAPE, 4), "uint8"))
    y = unpremultiply(jr.resize(premultiply(x), SIZE, axes=(0, 1), convention="pillow:bicubic"))
    found = jr.identify(x, y)
    assert found.verdict == "bytes equal"
    assert "pillow:bicubic" in found.names
    assert found.ranking[0].way == "premultiplied"
    assert "colours premultiplied by alpha" in str(found)


def test_integers_that_became_floating():
    x = noise(SHAPE, "uint8")
    y = jr.resize(jnp.asarray(x, jnp.float32), SIZE, convention="torch:bicubic")
    found = jr.identify(x, y)
    assert found.verdict == "bytes equal"
    assert "torch:bicubic" in found.names


@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_other_types(dtype):
    x = noise(SHAPE, "float32").astype(jnp.bfloat16 if dtype == "bfloat16" else dtype)
    among = ("torch:bilinear", "torch:bicubic", "torch:area")
    if dtype == "float64":  # made by NumPy, so that double precision need not be on
        matrices = [jr.plan(SHAPE, SIZE, convention="torch:area").as_matrix(axis) for axis in (0, 1)]
        y = matrices[0] @ x @ matrices[1].T
        found = jr.identify(x, y, among=among)
        assert found.names == ()  # float32 weights: not equal to the rounding of float64
        assert found.ranking[0].names == ("torch:area",)
        assert found.ranking[0].largest < 1e-6
    else:
        found = jr.identify(x, jr.resize(jnp.asarray(x), SIZE, convention="torch:area"), among=among)
        assert found.names == ("torch:area",)


def test_batches_channels_and_a_kept_axis():
    x = jnp.asarray(noise((2, 9, 6, 3), "float32"))
    y = jr.resize(x, (5, 6), convention="torch:bicubic")
    inferred = jr.identify(x, y, among=["torch:bicubic", "torch:bilinear"])
    assert inferred.axes == (1,)
    assert inferred.names == ("torch:bicubic",)
    named = jr.identify(x, y, axes=(1, 2), among=["torch:bicubic", "torch:bilinear"])
    assert named.axes == (1, 2)
    assert named.names == ("torch:bicubic",)


def test_nothing_known(rng):
    x = noise(SHAPE, "float32")
    found = jr.identify(x, rng.random(SIZE).astype(np.float32), among=["torch:bilinear", "torch:area"])
    assert found.verdict == "different"
    assert found.names == found.candidates == ()
    assert str(found).startswith("no known convention; nearest is torch:")
    assert "differing by 0." in str(found)
    assert "Causes outside the table: a scale factor" in str(found)


def test_nan_is_a_difference_unless_both_have_it():
    x, y = made("torch:bilinear", "float32")
    x = np.array(x)
    x[0, 0] = np.nan
    y = np.array(jr.resize(jnp.asarray(x), SIZE, convention="torch:bilinear"))
    assert jr.identify(x, y, among=["torch:bilinear"]).verdict == "bytes equal"
    y[np.isnan(y)] = 0
    assert jr.identify(x, y, among=["torch:bilinear"]).ranking[0].largest == np.inf


def test_what_it_says():
    x, y = made("torch:bilinear-align-corners", "float32")
    found = jr.identify(x, y, among=["torch:bilinear", "torch:bilinear-align-corners"])
    assert str(found).splitlines()[0] == "bytes equal: torch:bilinear-align-corners"
    assert "float32 (13, 17) -> float32 (29, 7), axes 0, 1" in str(found)
    assert repr(found) == "<Identification: bytes equal: torch:bilinear-align-corners>"
    assert "<table>" in found._repr_html_()


def test_conventions_that_refuse_the_input_are_left_out():
    x = np.arange(6, dtype=np.int32).reshape(2, 3)
    found = jr.identify(x, np.repeat(x, 2, axis=0), among=["torch:nearest", "torch:bilinear"])
    assert found.names == ("torch:nearest", "torch:bilinear")[:1]


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "message"),
    [
        (np.zeros((4, 4)), np.zeros((4, 4)), {}, ValueError, "`axes` must be given where no axis changes"),
        (np.zeros((4, 4)), np.zeros(8), {}, ValueError, "`y` must have as many axes as `x`, 2"),
        (np.zeros((4, 4)), np.zeros((8, 8)), {"axes": 0}, ValueError, r"cover the axes whose lengths differ"),
        (np.zeros((4, 4)), np.zeros((8, 8)), {"axes": (0, 3)}, ValueError, r"`axes` must lie in \[-2, 2\)"),
        (np.zeros((4, 4)), np.zeros((8, 8)), {"among": ["x"]}, ValueError, "`among` must be one of"),
        (np.zeros((0, 4)), np.zeros((8, 8)), {}, ValueError, "`x` must have no empty axis"),
        (np.zeros(4), np.zeros(8, complex), {}, TypeError, "`y` must hold real numbers"),
        ([0.0, 1.0], np.zeros(8), {}, TypeError, "`x` must be a JAX or NumPy array"),
    ],
)
def test_refusals(x, y, options, error, message):
    with pytest.raises(error, match=message):
        jr.identify(x, y, **options)


def test_the_page_tells_the_truth():
    page = (Path(__file__).parent.parent / "docs" / "identify.md").read_text()
    parsed = doctest.DocTestParser().get_doctest(page, {}, "identify.md", None, 0)
    results = doctest.DocTestRunner().run(parsed)
    assert results.attempted > 8
    assert results.failed == 0


def test_one_that_differs_about_as_much_as_the_nearest_is_as_likely():
    def match(name: str, ulps: float) -> Match:
        return Match((name,), "", largest=ulps * 1e-7, differing=0.9, unit=1e-7, coordinates=50e-7)

    def candidates(*ulps: float) -> tuple[str, ...]:
        ranking = tuple(match(f"{n:g} ulps", n) for n in ulps)
        return Identification((8,), "float32", (9,), "float32", (0,), ranking, ()).candidates

    assert candidates(11, 14, 20, 30) == ("11 ulps", "14 ulps", "20 ulps")
    assert candidates(2, 14, 20) == ("2 ulps", "14 ulps")
    assert candidates(20, 60) == ("20 ulps", "60 ulps")
