"""The examples run as their users run them, and their figures are those that they claim."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(example: str, *folders: Path) -> subprocess.CompletedProcess:
    """Runs an example as a command; modules are looked for in ``folders`` and in this package first."""
    path = os.pathsep.join(map(str, [*folders, ROOT]))
    # Compiling takes most of an example's time, and half of that goes into making it run faster.
    environment = {**os.environ, "PYTHONPATH": path, "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}
    command = [sys.executable, str(ROOT / "examples" / example)]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def tables() -> list[list[str]]:
    """Rows of both tables, in words; each begins with a mode."""
    pytest.importorskip("torch")
    done = run("segmentation_decoder.py")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    return [row for row in rows if row and row[0] in ("bilinear,", "bicubic,")]


def test_logits_and_gradients_are_pytorchs(tables):
    agreement = [row for row in tables if row[3] in ("float32", "float64")]
    assert len(agreement) == 8
    assert {row[1] for row in agreement} == {"align_corners=True,", "align_corners=False,"}
    assert [row[4:-3] for row in agreement[:2]] == [["logits"], ["15", "gradients"]]
    for row in agreement:
        absolute, relative, ulp = map(float, row[-3:])
        assert relative < (1e-12 if row[3] == "float64" else 1e-5)
        assert ulp < 512
        assert absolute > 0


def test_only_half_pixel_upsampling_survives_jax_image(tables):
    replaced = {tuple(row[:4]): row[4:] for row in tables if row[3].startswith("j")}
    assert len(replaced) == 8
    for (*setting, layer), (logits, gradients, flipped) in replaced.items():
        if layer == "jr.nnx.Upsample" or setting == ["bilinear,", "align_corners=False,", "121x161"]:
            assert max(float(logits), float(gradients)) < 1e-5
            assert float(flipped.rstrip("%")) < 0.01
        else:
            assert min(float(logits), float(gradients)) > 0.03
            assert float(flipped.rstrip("%")) > 1


def test_without_torch_the_example_says_so(tmp_path):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('as if it were not installed')")
    done = run("segmentation_decoder.py", tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip() == "This example compares with PyTorch; install it with: pip install torch"


def test_flexivit_keeps_tokens_as_patches_grow():
    done = run("flexivit_patch_embedding.py")
    assert done.returncode == 0, done.stderr
    rows = [line.split()[2:] for line in done.stdout.splitlines() if re.match(r" ?\d+ x ", line)]
    figures = {int(side): list(map(float, errors)) for side, *errors in rows}
    assert set(figures) == {4, 6, 12, 16, 30}
    for side, (each, resized_each, whole, resized_whole, formula) in figures.items():
        assert formula < 1e-6
        assert each < 1e-5 or side < 8  # exact as patches grow
        assert each <= resized_each
        assert whole <= resized_whole


def test_deformable_attention_is_its_formula():
    done = run("deformable_attention.py")
    assert done.returncode == 0, done.stderr
    rows = [line.rsplit(maxsplit=4) for line in done.stdout.splitlines()]
    names = ["value", *(f"gradient to the {name}" for name in ("maps", "locations", "weights"))]
    assert [row[0].strip() for row in rows] == names
    assert all(0 < float(row[1]) < 1e-5 for row in rows)


def test_a_spatial_transformer_learns_to_turn_digits():
    pytest.importorskip("sklearn")
    done = run("spatial_transformer.py")
    assert done.returncode == 0, done.stderr
    pixels, angles = ([float(n) for n in re.findall(r"\d+\.\d+", line)] for line in done.stdout.splitlines())
    assert pixels[1] < 0.35 * pixels[0]
    assert angles[1] < 6 < 20 < angles[0]


def test_without_scikit_learn_the_example_says_so(tmp_path):
    (tmp_path / "sklearn.py").write_text("raise ModuleNotFoundError('as if it were not installed')")
    done = run("spatial_transformer.py", tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("pip install scikit-learn")
