"""`jax-resample resize` on real files: values, colour kinds, metadata, and files written whole or not."""

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image, ImageCms
from typer.testing import CliRunner

import jax_resample as jr
from jax_resample.cli import files
from jax_resample.cli.app import Mode, app
from jax_resample.cli.images import read, to_image
from jax_resample.interpolate import MODES

KINDS = {
    "L": (1, np.uint8, ".png"),
    "LA": (2, np.uint8, ".png"),
    "RGB": (3, np.uint8, ".webp"),
    "RGBA": (4, np.uint8, ".png"),
    "CMYK": (4, np.uint8, ".tiff"),
    "I;16": (1, np.uint16, ".png"),
    "F": (1, np.float32, ".tif"),
}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def run(*arguments: object) -> str:
    """What a command that must succeed prints, on one line."""
    result = CliRunner().invoke(app, ["resize", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", result.output).split())


def pixels(kind: str, height: int = 5, width: int = 7) -> np.ndarray:
    channels, dtype, _ = KINDS[kind]
    random = np.random.default_rng(sum(map(ord, kind)))
    shape = (height, width, channels)
    if dtype == np.float32:
        return random.normal(size=shape).astype(dtype)
    return random.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


def stored(path: Path) -> np.ndarray:
    """Pixels of a file, read by Pillow alone."""
    with Image.open(path) as image:
        array = np.asarray(image)
    return array[..., None] if array.ndim == 2 else array


def save(path: Path, array: np.ndarray, kind: str, **options: Any) -> Path:
    to_image(array, kind).save(path, **options)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", list(Mode))
def test_values_are_those_of_interpolate(tmp_path: Path, mode: str, kind: str) -> None:
    x, suffix = pixels(kind), KINDS[kind][2]
    lossless = {"lossless": True, "exact": True} if suffix == ".webp" else {}
    source = save(tmp_path / f"in{suffix}", x, kind, **lossless)
    np.testing.assert_array_equal(stored(source), x)
    said = run(source, tmp_path / f"out{suffix}", "--size", "8x4", "--mode", mode)
    expected = jr.interpolate(jnp.asarray(x)[None], (8, 4), mode=mode, antialias=mode == "lanczos")
    np.testing.assert_array_equal(stored(tmp_path / f"out{suffix}"), np.asarray(expected[0]))
    assert f"in{suffix} 5x7 {kind} -> " in said
    assert f"out{suffix} 8x4 {kind} (height x width): {mode}, align_corners=" in said


def test_modes_are_those_of_interpolate_for_images() -> None:
    assert set(Mode) == {mode for mode, row in MODES.items() if 4 in row.ranks}


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "nearest", "nearest-exact", "lanczos"])
@pytest.mark.parametrize("scale", [0.6, 1.7])
def test_uint8_equals_torch(tmp_path: Path, mode: str, scale: float) -> None:
    torch = pytest.importorskip("torch")
    x = pixels("RGB", 13, 11)
    run(save(tmp_path / "in.png", x, "RGB"), tmp_path / "out.png", "--scale", scale, "--mode", mode)
    batch = torch.from_numpy(x).permute(2, 0, 1)[None].contiguous()
    expected = torch.nn.functional.interpolate(
        batch, scale_factor=scale, mode=mode, antialias=mode == "lanczos"
    )
    np.testing.assert_array_equal(stored(tmp_path / "out.png"), expected[0].permute(1, 2, 0).numpy())


@pytest.mark.parametrize(
    ("flags", "row"),
    [
        ([], [0, 50, 150, 200]),
        (["--no-align-corners"], [0, 50, 150, 200]),
        (["--align-corners"], [0, 67, 133, 200]),
    ],
)
def test_align_corners_by_hand(tmp_path: Path, flags: list[str], row: list[int]) -> None:
    x = np.array([0, 200], np.uint8).reshape(1, 2, 1)
    said = run(save(tmp_path / "in.png", x, "L"), tmp_path / "out.png", "--size", "1x4", *flags)
    assert stored(tmp_path / "out.png").ravel().tolist() == row
    assert f"bilinear, align_corners={'--align-corners' in flags}, antialias=False" in said


def test_antialias_by_hand(tmp_path: Path) -> None:
    x = np.array([0, 0, 0, 240, 0, 0], np.uint8).reshape(1, 6, 1)
    source = save(tmp_path / "in.png", x, "L")
    run(source, tmp_path / "sharp.png", "--size", "1x2")
    assert "antialias=True" in run(source, tmp_path / "smooth.png", "--size", "1x2", "--antialias")
    assert stored(tmp_path / "sharp.png").ravel().tolist() == [0, 0]
    # Centres 1 and 4, a triangle of half-width 3: sample 3 has weights (1/3) / (8/3) and (2/3) / (8/3).
    assert stored(tmp_path / "smooth.png").ravel().tolist() == [30, 60]


def test_scale_steps_the_coordinates(tmp_path: Path) -> None:
    x = pixels("L")
    source = save(tmp_path / "in.png", x, "L")
    run(source, tmp_path / "scaled.png", "--scale", 1.7)
    run(source, tmp_path / "sized.png", "--size", "8x11")
    scaled, sized = stored(tmp_path / "scaled.png"), stored(tmp_path / "sized.png")
    assert scaled.shape == sized.shape
    assert (scaled != sized).any()
    expected = jr.interpolate(jnp.asarray(x)[None], scale_factor=1.7, mode="bilinear")
    np.testing.assert_array_equal(scaled, np.asarray(expected[0]))


def turned(upright: np.ndarray, orientation: int) -> np.ndarray:
    """Pixels as a camera stores them, from the definition of the EXIF tag."""
    definitions: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    return np.ascontiguousarray(definitions[orientation](upright))


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_pixels(tmp_path: Path, orientation: int, suffix: str) -> None:
    # even blocks of one colour survive JPEG's blocks of eight pixels
    upright = np.kron(pixels("L", 2, 3), np.ones((8, 8, 1), np.uint8))
    exif = Image.Exif()
    exif[274] = orientation
    options = {".jpg": {"quality": 100}, ".webp": {"lossless": True}}.get(suffix, {})
    stored_array = turned(upright, orientation)
    source = save(tmp_path / f"in{suffix}", stored_array, "L", exif=exif.tobytes(), **options)
    said = run(source, tmp_path / f"out{suffix}", "--size", "16x24", "--mode", "nearest")
    result = stored(tmp_path / f"out{suffix}")[..., :1]
    np.testing.assert_allclose(result.astype(int), upright, atol=3 if suffix == ".jpg" else 0)
    with Image.open(tmp_path / f"out{suffix}") as image:
        assert image.getexif().get(274, 1) == 1
    assert (f"turned upright (EXIF orientation {orientation})" in said) == (orientation != 1)
    assert f"in{suffix} 16x24" in said


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tiff"])
def test_icc_profile_is_kept(tmp_path: Path, suffix: str) -> None:
    source = save(tmp_path / f"in{suffix}", pixels("RGB"), "RGB", icc_profile=SRGB)
    run(source, tmp_path / "out.png", "--scale", 2)
    run(tmp_path / "out.png", tmp_path / f"out{suffix}", "--scale", 1)
    with Image.open(tmp_path / f"out{suffix}") as image:
        assert image.info["icc_profile"] == SRGB


@pytest.mark.parametrize("transparent", [False, True])
def test_palette_becomes_colour(tmp_path: Path, transparent: bool) -> None:
    indices = Image.fromarray(np.array([[0, 1], [2, 1]], np.uint8)).convert("P")
    indices.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    indices.save(tmp_path / "in.png", transparency=1 if transparent else None)
    said = run(tmp_path / "in.png", tmp_path / "out.png", "--size", "2x2", "--mode", "nearest")
    mode = "RGBA" if transparent else "RGB"
    assert f"note: palette converted to {mode}" in said
    colours = [[10, 20, 30, 255], [40, 50, 60, 0], [70, 80, 90, 255], [40, 50, 60, 0]]
    assert stored(tmp_path / "out.png").reshape(4, -1).tolist() == [c[: len(mode)] for c in colours]


def test_one_bit_becomes_grey(tmp_path: Path) -> None:
    Image.fromarray(np.array([[False, True]])).save(tmp_path / "in.png")
    said = run(tmp_path / "in.png", tmp_path / "out.png", "--size", "1x4")
    assert "note: 1-bit image converted to L" in said
    assert stored(tmp_path / "out.png").ravel().tolist() == [0, 64, 191, 255]


@pytest.mark.parametrize(("kind", "key"), [("L", 7), ("RGB", (1, 2, 3))])
def test_transparent_colour_becomes_alpha(tmp_path: Path, kind: str, key: int | tuple[int, ...]) -> None:
    x = np.full((1, 2, len(kind)), 200, np.uint8)
    x[0, 0] = key
    save(tmp_path / "in.png", x, kind, transparency=key)
    said = run(tmp_path / "in.png", tmp_path / "out.png", "--scale", 1)
    assert f"note: transparent colour converted to {kind}A" in said
    assert stored(tmp_path / "out.png")[0, :, -1].tolist() == [0, 255]


def test_grey_is_stored_as_colour_in_webp(tmp_path: Path) -> None:
    x = pixels("LA")
    said = run(save(tmp_path / "in.png", x, "LA"), tmp_path / "out.webp", "--scale", 1)
    assert "note: stored as RGBA, since WEBP holds no LA" in said
    np.testing.assert_array_equal(stored(tmp_path / "out.webp"), x[..., [0, 0, 0, 1]])


@pytest.mark.parametrize("kind", ["L", "RGB", "CMYK"])
def test_jpeg_is_close(tmp_path: Path, kind: str) -> None:
    x = np.kron(pixels(kind, 2, 2), np.ones((16, 16, 1), np.uint8))
    run(save(tmp_path / "in.tif", x, kind), tmp_path / "out.JPG", "--scale", 1)
    with Image.open(tmp_path / "out.JPG") as image:
        assert (image.format, image.mode) == ("JPEG", kind)
    np.testing.assert_allclose(stored(tmp_path / "out.JPG").astype(int), x, atol=12)


def test_big_endian_tiff_of_16_bits(tmp_path: Path) -> None:
    x = pixels("I;16")
    image = Image.frombytes("I;16B", (7, 5), x.astype(">u2").tobytes())
    image.save(tmp_path / "in.tif")
    np.testing.assert_array_equal(read(tmp_path / "in.tif").array, x)
    run(tmp_path / "in.tif", tmp_path / "out.tif", "--scale", 1)
    np.testing.assert_array_equal(stored(tmp_path / "out.tif"), x)


def test_integer_tiff_moves_without_loss(tmp_path: Path) -> None:
    x = np.array([-(2**31), 2**31 - 1, 2**24 + 1], np.int32).reshape(1, 3, 1)
    run(save(tmp_path / "in.tif", x, "I"), tmp_path / "out.tif", "--size", "1x6", "--mode", "nearest")
    np.testing.assert_array_equal(stored(tmp_path / "out.tif"), x.repeat(2, axis=1))


def test_pillows_warnings_become_notes(tmp_path: Path) -> None:
    cut = b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01\x03"  # promises five entries and holds a quarter of one
    source = save(tmp_path / "in.jpg", pixels("RGB"), "RGB", exif=cut)
    assert "note: Corrupt EXIF data" in run(source, tmp_path / "out.png", "--scale", 1)


def test_input_may_be_output(tmp_path: Path) -> None:
    path = save(tmp_path / "both.png", pixels("L"), "L")
    run(path, path, "--size", "2x3")
    assert stored(path).shape == (2, 3, 1)


def test_replaced_file_keeps_its_permissions_and_its_link(tmp_path: Path) -> None:
    source = save(tmp_path / "in.png", pixels("L"), "L")
    target, link = tmp_path / "target.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    run(source, link, "--size", "2x3")
    assert link.is_symlink()
    assert stored(target).shape == (2, 3, 1)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def _refuse(*_: Any, **__: Any) -> None:
    msg = "no space left on device"
    raise OSError(28, msg)


def _interrupt(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("failure", [_refuse, _interrupt])
@pytest.mark.parametrize("step", ["Image.save", "os.fsync", "os.replace"])
def test_out_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: Callable[..., None], existing: bool
) -> None:
    source = save(tmp_path / "in.png", pixels("L"), "L")
    out = tmp_path / "out.png"
    if existing:
        out.write_bytes(b"precious")
    before = sorted(tmp_path.iterdir())
    where, name = step.split(".")
    monkeypatch.setattr(Image.Image if where == "Image" else files.os, name, failure)
    result = CliRunner().invoke(app, ["resize", str(source), str(out), "--scale", "2"])
    assert result.exit_code != 0
    assert sorted(tmp_path.iterdir()) == before
    assert not existing or out.read_bytes() == b"precious"
    if failure is _refuse:
        assert result.exit_code == 1
        assert "no space left on device" in " ".join(result.output.split())
