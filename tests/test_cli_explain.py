"""`jax-resample explain` and `identify`: what they print and write, and what they refuse."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import jax_resample as jr
from jax_resample.cli import app as command
from jax_resample.inspection.probes import noise


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command._out, "width", 160)  # rows of a table stay on one line
    monkeypatch.chdir(tmp_path)


def run(*arguments: object, code: int = 0) -> str:
    """What the command prints, without colours and line breaks."""
    result = CliRunner().invoke(command.app, [*map(str, arguments)])
    assert result.exit_code == code, result.output
    return " ".join(re.sub(r"\x1b\[[0-9;]*m|[│╭╮╰╯─]", " ", result.output).split())


def small_photo(path: str = "in.png") -> np.ndarray:
    pixels = noise((12, 10, 3), "uint8")
    Image.fromarray(pixels).save(path)
    return pixels


def test_explain_answers_what_align_corners_means():
    said = run("explain", "--in", 2, "--out", 4)
    for line in (
        "2 -> 4 samples torch:bilinear torch:bilinear-align-corners",
        "output i lands at (i + 1/2) n/m - 1/2: outer edges coincide (align_corners=False)",
        "0 -0.25: 1 x[0] 0: 1 x[0]",
        "1 0.25: 0.75 x[0] + 0.25 x[1] 0.333333: 0.6667 x[0] + 0.3333 x[1]",
        "land up to 0.25 input pixels apart",
        "align_corners=False (half-pixel): a pixel is a square",
        "wrote explain.png",
    ):
        assert line in said
    with Image.open("explain.png") as image:
        assert image.format == "PNG"
        assert len(np.unique(np.asarray(image.convert("L")))) > 20


def test_explain_sets_conventions_side_by_side():
    names = ("torch:bicubic", "torch:area", "pillow:box")
    flags = [flag for name in names for flag in ("--convention", name)]
    said = run("explain", "--in", 10, "--out", 4, *flags, "--picture", "three.png")
    assert f"10 -> 4 samples {' '.join(names)}" in said
    assert "antialias: when shrinking" in said
    assert Path("three.png").stat().st_size > 10_000
    assert "replaced three.png" in run("explain", "--picture", "three.png")


def test_explain_lists_names():
    said = run("explain", "--list")
    assert all(name in said for name in jr.conventions)
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (
            ("--convention", "torch:bilinaer"),
            2,
            "there is no 'torch:bilinaer'; names like it: torch:bilinear,",
        ),
        (("--in", 0), 2, "Invalid value for '--in'"),
        (("--picture", "x.jpg"), 1, "the picture is a PNG file"),
        (("--picture", "no/x.png"), 1, "there is no directory no"),
    ],
)
def test_explain_refuses(arguments, code, text):
    assert text in run("explain", *arguments, code=code)
    assert not list(Path().iterdir())


def test_identify_names_what_made_an_image():
    pixels = small_photo()
    made = np.asarray(jr.resize(pixels, (7, 21), axes=(0, 1), convention="pillow:bicubic"))
    Image.fromarray(made).save("out.png")
    said = run("identify", "in.png", "out.png")
    assert said.startswith("bytes equal: ")
    assert "pillow:bicubic" in said.split("uint8 (12, 10, 3)")[0]
    assert "uint8 (12, 10, 3) -> uint8 (7, 21, 3), axes 0, 1" in said


def test_identify_writes_a_probe():
    x = noise((8, 8), "float32")
    np.save("in.npy", x)
    np.save("out.npy", np.asarray(jr.resize(x, 16, convention="torch:bilinear")))
    said = run("identify", "in.npy", "out.npy", "--probe", "probe.npy")
    assert "This input cannot tell apart:" in said
    shown = re.search(r"wrote probe.npy: resize it to (\d+)x(\d+) by the library in question", said)
    assert shown is not None
    made = jr.resize(np.load("probe.npy"), (int(shown[1]), int(shown[2])), convention="torch:bilinear")
    np.save("again.npy", np.asarray(made))
    assert "torch:bilinear-antialias," not in run("identify", "probe.npy", "again.npy").split("axes")[0]


def test_identify_says_where_nothing_fits():
    small_photo()
    Image.fromarray(noise((5, 5, 3), "uint8")[::-1]).save("out.png")
    said = run("identify", "in.png", "out.png", "--probe", "probe.png")
    assert said.startswith("no known convention; nearest is ")
    assert "there is no probe to write" in said
    assert not Path("probe.png").exists()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("in.png", "missing.png"), "there is no file missing.png"),
        (("in.png", "grey.png"), "in.png has 3 channels and grey.png has 1"),
        (("missing.npy", "in.png"), "there is no file missing.npy"),
        (("broken.npy", "in.png"), "cannot read broken.npy"),
        (("flat.npy", "in.png"), "cannot compare flat.npy with in.png: `y` must have as many axes as `x`, 1"),
    ],
)
def test_identify_refuses(arguments, text):
    small_photo()
    Image.fromarray(noise((4, 4), "uint8")).save("grey.png")
    Path("broken.npy").write_bytes(b"no array")
    np.save("flat.npy", np.zeros(3, np.float32))
    assert text in run("identify", *arguments, code=1)
