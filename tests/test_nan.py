"""Containment: a NaN or an infinity reaches exactly the outputs that weigh it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jax_resample as jr

from .modes import CASES, IDS

each_case = pytest.mark.parametrize("case", CASES, ids=IDS)


def reached(case, position):
    """Which outputs give the sample at ``position`` a weight, by linearity in a unit impulse."""
    impulse = np.zeros(case.lengths)
    impulse[position] = 1
    return np.asarray(resize(case, impulse)) != 0


def resize(case, x):
    return jr.resize(jnp.asarray(x), case.sizes, axes=tuple(range(x.ndim)), **case.options)


@each_case
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_bad_samples_stay_in_their_footprint(case, bad, rng, x64):
    clean = rng.standard_normal(case.lengths)
    for position in (
        (0,) * clean.ndim,
        tuple(n // 2 for n in case.lengths),
        tuple(n - 1 for n in case.lengths),
    ):
        image = clean.copy()
        image[position] = bad
        np.testing.assert_array_equal(~np.isfinite(resize(case, image)), reached(case, position))


@each_case
def test_a_single_infinity_never_turns_into_nan(case, rng, x64):
    """Nothing multiplies it by zero or subtracts it from itself within one sample's own taps."""
    image = rng.standard_normal(case.lengths)
    position = tuple(n // 2 for n in case.lengths)
    image[position] = np.inf
    assert not np.isnan(resize(case, image)).any()


@each_case
def test_bad_cotangents_stay_in_theirs(case, rng, x64):
    x = jnp.asarray(rng.standard_normal(case.lengths))
    y, pull = jax.vjp(lambda v: resize(case, v), x)
    position = tuple(n // 2 for n in y.shape)
    cotangent = np.zeros(y.shape)
    cotangent[position] = 1
    footprint = np.asarray(pull(jnp.asarray(cotangent))[0]) != 0
    cotangent[position] = np.nan
    np.testing.assert_array_equal(np.isnan(pull(jnp.asarray(cotangent))[0]), footprint)


def test_long_windows_contain_too(rng):
    image = rng.standard_normal((3000,)).astype(np.float32)
    image[2999] = np.nan
    for method, antialias in (("area", False), ("linear", True), ("lanczos", True)):
        y = jr.resize(jnp.asarray(image), 7, method=method, antialias=antialias)
        assert not np.isfinite(y[-1])
        assert np.isfinite(y[:4]).all()


def test_what_torch_keeps_finite_stays_finite(rng):
    torch = pytest.importorskip("torch")
    for case in CASES:
        if case.options.get("antialias") and len(case.lengths) != 2:
            continue
        mode = {"linear": ("linear", "bilinear", "trilinear"), "cubic": ("", "bicubic", "")}
        method = case.options["method"]
        name = mode.get(method, (method,) * 3)[len(case.lengths) - 1]
        keywords = {"size": case.sizes, "mode": name, "antialias": case.options.get("antialias", False)}
        if method in mode:
            keywords["align_corners"] = case.options.get("align_corners", False)
        image = rng.standard_normal((1, 1, *case.lengths)).astype(np.float32)
        image.ravel()[rng.integers(image.size)] = rng.choice([np.nan, np.inf])
        theirs = torch.nn.functional.interpolate(torch.from_numpy(image), **keywords).numpy()
        mine = jr.compat.torch.interpolate(jnp.asarray(image), **keywords)
        assert np.isfinite(mine)[np.isfinite(theirs)].all(), case.name
