"""The public surface: documented, typed, with examples that run, and cheap to import."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import jax_resample as jr

MODULES = [m.name for m in pkgutil.walk_packages(jr.__path__, "jax_resample.") if "__main__" not in m.name]
HEAVY = ("flax", "PIL", "matplotlib", "torch", "typer", "rich", "jaxtyping", "scipy.ndimage")


def public_functions():
    for module in (jr, jr.compat.torch, jr.compat.pillow, jr.compat.opencv):
        for name in module.__all__:
            if inspect.isfunction(value := getattr(module, name)):
                yield pytest.param(value, id=f"{module.__name__}.{name}")


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


@pytest.mark.parametrize("function", list(public_functions()))
def test_public_functions_are_documented_and_typed(function):
    text = inspect.getdoc(function) or ""
    assert ">>>" in text, "no example"
    named = inspect.get_annotations(function)
    assert set(named) == {*inspect.signature(function).parameters, "return"}


@pytest.mark.parametrize("function", [jr.resize, jr.interpolate, jr.adaptive_avg_pool])
def test_every_argument_is_explained_and_options_are_keywords(function):
    text = inspect.getdoc(function) or ""
    for section in ("**Convention.**", "Args:", "Returns:", "Raises:", "Example:"):
        assert section in text, section
    for name, parameter in inspect.signature(function).parameters.items():
        assert f"\n  {name}: " in text, name
        if name not in ("x", "size", "scale_factor", "output_size"):
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, name


def test_import_is_light():
    code = f"import sys, jax_resample; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_all_names_exist():
    for name in jr.__all__:
        assert getattr(jr, name) is not None
    for name in jr.compat.torch.__all__:
        assert inspect.isfunction(getattr(jr.compat.torch, name))
    assert set(jr.__all__) <= set(dir(jr))
    with pytest.raises(AttributeError, match="no attribute 'resise'"):
        jr.resise  # noqa: B018
