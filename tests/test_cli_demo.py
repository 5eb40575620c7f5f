"""`jax-resample demo`, and the entry point: what it prints and draws, and what it says without its extra."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import jax_resample
from jax_resample import cli
from jax_resample.cli import app as command
from jax_resample.cli import demo

EXTRA = ("typer", "rich", "PIL", "matplotlib")


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command._out, "width", 100)  # rows of a table stay on one line


def run(*arguments: object, code: int = 0) -> str:
    """What the command prints, without colours and line breaks."""
    result = CliRunner().invoke(command.app, ["demo", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", result.output).split())


def test_demo_draws_and_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = run()
    path = tmp_path / "align_corners.png"
    with Image.open(path) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (1600, 1200))
        assert len(np.unique(np.asarray(image.convert("L")))) > 100  # the photo's greys, not a blank page
    assert path.stat().st_size <= 400_000
    assert [entry.name for entry in tmp_path.iterdir()] == ["align_corners.png"]
    for line in (
        "Photo grace_hopper.jpg (600x512)",
        "False coordinate -0.25 0.25 0.75 1.25 value 0 0.25 0.75 1",
        "True coordinate 0 0.3333 0.6667 1 value 0 0.3333 0.6667 1",
        "[[1, 2, 0], [3, 4, 0], [0, 0, 0]] doubled",
        "False 1 1.25 1.75 1.5 0.5 0",
        "True 1 1.4 1.8 1.6 0.8 0",
        "False 0.5 0.5 0.5 0.5 0.5",
        "True 0.3333 0.4667 0.4921 0.498 0.4995",
        "Use it for images.",
        "wrote align_corners.png",
    ):
        assert line in said
    assert "replaced align_corners.png" in run()


def test_demo_takes_a_photo(tmp_path: Path) -> None:
    ramp = np.broadcast_to(np.arange(0, 240, 2, dtype=np.uint8)[None, :], (90, 120))
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    said = run("--image", tmp_path / "ramp.png", "--out", tmp_path / "out.png")
    assert "Photo ramp.png (90x120)" in said
    assert (tmp_path / "out.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--out", "out.jpg"), "the picture is a PNG file"),
        (("--out", "nowhere/out.png"), "there is no directory nowhere"),
        (("--image", "missing.png"), "there is no file missing.png"),
        (("--image", "deep.png"), "mode I;16 is not an 8-bit image"),
    ],
)
def test_demo_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, str], text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("I;16", (9, 9)).save("deep.png")
    assert text in run(*arguments, code=1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["deep.png"]


def test_a_failing_demo_leaves_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "out.png").write_bytes(b"precious")
    monkeypatch.setattr(os, "replace", refuse)
    assert "Permission denied" in run("--out", tmp_path / "out.png", code=1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.png"]
    assert (tmp_path / "out.png").read_bytes() == b"precious"


def test_landing_agrees_with_the_values() -> None:
    """On a ramp the linear value is the coordinate, clamped to the ends."""
    ramp = np.arange(5.0)
    for setting in demo.SETTINGS:
        landed = demo.landing(5, 13, align_corners=setting)
        read = demo.values(ramp.tolist(), 13, align_corners=setting)
        np.testing.assert_allclose(read, landed.clip(0, 4), atol=1e-6)


@pytest.mark.parametrize("factor", [2, 3, 8])
def test_displacement_is_largest_at_the_borders(factor: int) -> None:
    shift = demo.displacement(12, 12 * factor)
    np.testing.assert_allclose(shift[[0, -1]], [-(factor - 1) / 2, (factor - 1) / 2], atol=1e-12)
    assert (np.diff(shift) > 0).all()


def test_the_face_of_the_enlarged_patch_differs() -> None:
    patch = demo.enlarge(None)
    assert patch.small.shape[:2] == (20, 20)
    assert 10 < patch.difference.max() < 128


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = str(Path(jax_resample.__file__).parents[1])
    merged = {**os.environ, "PYTHONPATH": path, "COLUMNS": "100", **environment}
    return subprocess.run(
        [sys.executable, *arguments], env=merged, capture_output=True, text=True, check=False
    )


def test_module_runs() -> None:
    shown = python("-W", "error", "-m", "jax_resample", "--help")
    assert shown.returncode == 0, shown.stderr
    assert "resize" in shown.stdout
    assert "demo" in shown.stdout
    assert "jax-resample" in shown.stdout


def test_version() -> None:
    result = CliRunner().invoke(command.app, ["--version"])
    assert result.output.split() == ["jax-resample", jax_resample.__version__]


def test_package_imports_nothing_of_the_extra() -> None:
    script = f"import sys, jax_resample, jax_resample.cli; print(set({EXTRA}) & set(sys.modules))"
    shown = python("-c", script)
    assert shown.stdout.strip() == "set()", shown.stderr


def test_main_names_the_install_line_in_a_bare_installation() -> None:
    script = f"import sys; sys.modules.update(dict.fromkeys({EXTRA})); import jax_resample.cli as c; c.main()"
    shown = python("-c", script)
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert shown.stderr.strip() == f"Error: jax-resample needs typer, which is not installed: {cli.INSTALL}"


def test_a_missing_matplotlib_is_named_when_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "jax_resample.cli.demo", raising=False)
    monkeypatch.delattr(cli, "demo", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(sys, "argv", ["jax-resample", "demo"])
    with pytest.raises(SystemExit) as exit_info:
        cli.main()
    assert exit_info.value.code == 1
    assert (
        'needs matplotlib, which is not installed: pip install "jax_resample[cli]"' in capsys.readouterr().err
    )


def test_other_missing_modules_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax_resample.cli.app", None)
    with pytest.raises(ModuleNotFoundError, match=r"jax_resample\.cli\.app"):
        cli.main()
