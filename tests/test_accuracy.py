"""The accuracy report: how figures are gathered, and that the page speaks of what is there."""

import re
from pathlib import Path

import numpy as np
import pytest

import jax_resample as jr

from .parity.accuracy import functions, notes
from .parity.accuracy.measure import Figures, Pair, gather
from .parity.accuracy.page import page, unexplained

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
X = np.array([1.0, -2.0, 3.0], np.float32)


def test_differences_are_in_units_of_the_largest_magnitude():
    off = X + np.float32(2.0**-21) * np.array([0, 0, 1], np.float32)
    figures = gather("someone", [Pair(X, X, X), Pair(off, X, X), Pair(X, X, 8 * X)])
    assert figures == {
        "against": "someone",
        "calls": 3,
        "float64": None,
        "float32": 2.0,
        "values": 0,
        "differing": 0,
        "level": 0.0,
    }


def test_integers_are_counted():
    mine = np.array([1, 2, 250], np.uint8)
    figures = Figures("someone")
    figures.add(Pair(mine, np.array([1, 4, 251], np.uint8), mine))
    assert (figures.values, figures.differing, figures.level) == (3, 2, 2.0)
    assert not figures.is_exact


def test_a_shape_that_differs_is_an_error():
    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(2,\)"):
        Figures("someone").add(Pair(X, X[:2], X))


def test_not_a_number_agrees_with_itself_only():
    broken = np.array([np.nan, -2.0, 3.0], np.float32)
    figures = Figures("someone")
    figures.add(Pair(broken, broken, X))
    assert figures.is_exact
    figures.add(Pair(broken, X, X))
    assert not figures.is_exact


def test_figures_that_are_not_exact_want_an_explanation(monkeypatch):
    exact = gather("someone", [Pair(X, X, X)])
    far = {**exact, "float32": notes.GENERAL_ULPS + 1}
    monkeypatch.setattr(notes, "NOTES", {"jax:*": "why it differs"})
    assert unexplained({"jax:linear": far, "onnx:linear": far, "tf2:area": exact, "dali:cubic": None}) == [
        "onnx:linear"
    ]
    text = page({"jax:linear": far, "jax:cubic": far, "dali:cubic": None}, {})
    assert text.count("| [1] |") == 2
    assert text.count("1. why it differs") == 1
    assert "no package to ask (" in text


def test_the_page_names_what_exists():
    named = set(re.findall(r"^\| `([^`]+)`", PAGE.read_text(), flags=re.MULTILINE))
    assert len(named) > 100
    assert named <= {*jr.conventions, *functions.names()}
