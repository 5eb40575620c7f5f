"""What `jax-resample resize` refuses: each with one line, the right status, and nothing written."""

import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from jax_resample.cli.app import app

SCALE = ("--scale", "2")


def refused(code: int, source: Path, out: Path, *options: str) -> str:
    """The message of a refusal, after checking its status and that the directory is as it was."""
    before = sorted(source.parent.iterdir())
    result = CliRunner().invoke(app, ["resize", str(source), str(out), *options])
    assert result.exit_code == code, result.output
    assert sorted(source.parent.iterdir()) == before
    plain = re.sub(r"\x1b\[[0-9;]*m", "", result.output)
    message = " ".join(re.sub("[│╭╮╰╯─]", " ", plain).split())
    assert "Traceback" not in message
    assert code == 2 or message.count("Error") == 1
    assert code == 2 or result.output.count("\n") == 1
    return message


def grey(path: Path, shape: tuple[int, int] = (4, 5)) -> Path:
    Image.fromarray(np.arange(shape[0] * shape[1], dtype=np.uint8).reshape(shape)).save(path)
    return path


def png(bits: int, colour: int, bytes_per_row: int, key: bytes | None = None) -> bytes:
    """A PNG file of 2 x 2 pixels, written chunk by chunk, since Pillow writes no such kinds."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, bits, colour, 0, 0, 0))
    rows = b"".join(b"\0" + bytes(range(bytes_per_row)) for _ in range(2))
    transparent = b"" if key is None else chunk(b"tRNS", key)
    body = head + transparent + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def tiff(bits: int, samples: int, photometric: int, kind: int = 1, extra: int | None = None) -> bytes:
    """A little-endian TIFF file of 2 x 2 pixels, tag by tag."""
    data = bytes(range(bits // 8 * samples * 4))
    short = {256: 2, 257: 2, 259: 1, 262: photometric, 273: 8, 277: samples, 278: 2, 279: len(data)}
    tags = {tag: [value] for tag, value in short.items()}
    tags |= {258: [bits] * samples, 339: [kind] * samples} | ({338: [extra]} if extra is not None else {})
    entries, beyond = b"", b""
    start = 8 + len(data) + 2 + 12 * len(tags) + 4
    for tag, values in sorted(tags.items()):
        packed = struct.pack(f"<{len(values)}H", *values)
        if len(packed) > 4:
            packed, beyond = struct.pack("<I", start + len(beyond)), beyond + packed
        entries += struct.pack("<HHI", tag, 3, len(values)) + packed.ljust(4, b"\0")
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return b"II" + struct.pack("<HI", 42, 8 + len(data)) + data + directory + beyond


INEXACT: dict[str, tuple[str, bytes, str]] = {
    "RGB PNG of 16 bits": (
        "x.png",
        png(16, 2, 12),
        "reduce its 16 bits per channel to 8 (opened as mode RGB)",
    ),
    "grey and alpha PNG of 16 bits": ("x.png", png(16, 4, 8), "reduce its 16 bits per channel to 8"),
    "RGBA PNG of 16 bits": ("x.png", png(16, 6, 16), "reduce its 16 bits per channel to 8"),
    "2-bit PNG with a key": ("x.png", png(2, 0, 1, b"\0\1"), "transparent colour of a grey PNG with 2 bits"),
    "16-bit PNG with a key": (
        "x.png",
        png(16, 0, 4, b"\0\1"),
        "transparent colour of a grey PNG with 16 bits",
    ),
    "RGB TIFF of 16 bits": ("x.tif", tiff(16, 3, 2), "16-bit unsigned samples exactly (opened as mode RGB)"),
    "RGBA TIFF of 16 bits": ("x.tif", tiff(16, 4, 2, extra=2), "16-bit unsigned samples exactly"),
    "TIFF of 32-bit unsigned": (
        "x.tif",
        tiff(32, 1, 1),
        "32-bit unsigned samples exactly (opened as mode I)",
    ),
    "TIFF of 8-bit signed": ("x.tif", tiff(8, 1, 1, kind=2), "8-bit signed samples exactly"),
    "TIFF with an unnamed channel": ("x.tif", tiff(8, 4, 2, extra=0), "drop some of its 4 channels"),
    "TIFF with premultiplied alpha": ("x.tif", tiff(8, 4, 2, extra=1), "premultiplied alpha"),
    "TIFF of 16 bits whose white is 0": ("x.tif", tiff(16, 1, 0), "ignores that its white is 0"),
    "TIFF in CIELAB": ("x.tif", tiff(8, 3, 8), "mode LAB is not handled"),
    "a text": (
        "x.png",
        b"not an image at all",
        "x.png is not an image that can be read: PNG, JPEG, WEBP, TIFF are",
    ),
}


@pytest.mark.parametrize("case", INEXACT)
def test_files_that_pillow_would_degrade(tmp_path: Path, case: str) -> None:
    name, data, text = INEXACT[case]
    (tmp_path / name).write_bytes(data)
    assert text in refused(1, tmp_path / name, tmp_path / "out.tif", *SCALE)


def test_hand_written_files_are_read_where_they_are_exact(tmp_path: Path) -> None:
    for name, data in (
        ("x.png", png(16, 0, 4)),
        ("y.tif", tiff(16, 1, 1)),
        ("z.tif", tiff(8, 4, 2, extra=2)),
    ):
        (tmp_path / name).write_bytes(data)
        result = CliRunner().invoke(app, ["resize", str(tmp_path / name), str(tmp_path / "o.tif"), *SCALE])
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_several_pages_or_frames(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "green", "blue")]
    frames[0].save(tmp_path / f"in{suffix}", save_all=True, append_images=frames[1:])
    message = refused(1, tmp_path / f"in{suffix}", tmp_path / "out.png", *SCALE)
    assert "it holds 3 pages or frames" in message


def test_gif_is_no_input(tmp_path: Path) -> None:
    grey(tmp_path / "in.gif")
    assert "is not an image that can be read" in refused(1, tmp_path / "in.gif", tmp_path / "out.png", *SCALE)


CANNOT_HOLD = [
    ("RGBA", "out.jpg", "JPEG cannot hold mode RGBA (PNG, WEBP, TIFF can)"),
    ("LA", "out.jpeg", "JPEG cannot hold mode LA"),
    ("I;16", "out.jpg", "JPEG cannot hold mode I;16 (PNG, TIFF can)"),
    ("I;16", "out.webp", "WEBP cannot hold mode I;16"),
    ("CMYK", "out.png", "PNG cannot hold mode CMYK (JPEG, TIFF can)"),
    ("CMYK", "out.webp", "WEBP cannot hold mode CMYK"),
    ("F", "out.png", "PNG cannot hold mode F (TIFF can)"),
    ("I", "out.png", "PNG cannot hold mode I (TIFF can)"),
    ("RGB", "out.gif", "the extension must be one of .png, .jpg, .jpeg, .webp, .tif, .tiff"),
    ("RGB", "out", "the extension must be one of"),
    ("RGB", "nowhere/out.png", "there is no directory"),
]


@pytest.mark.parametrize(("mode", "out", "text"), CANNOT_HOLD)
def test_outputs_that_cannot_be(tmp_path: Path, mode: str, out: str, text: str) -> None:
    Image.new(mode, (3, 2)).save(tmp_path / "in.tif")
    assert text in refused(1, tmp_path / "in.tif", tmp_path / out, *SCALE)


def test_grey_profile_does_not_fit_webp(tmp_path: Path) -> None:
    Image.new("L", (3, 2)).save(tmp_path / "in.png", icc_profile=b"a profile of greys")
    message = refused(1, tmp_path / "in.png", tmp_path / "out.webp", *SCALE)
    assert "the grey colour profile would not fit" in message


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    source = grey(tmp_path / "in.png")
    (tmp_path / "folder.png").mkdir()
    assert "there is no file" in refused(1, tmp_path / "missing.png", tmp_path / "out.png", *SCALE)
    assert "Is a directory" in refused(1, tmp_path / "folder.png", tmp_path / "out.png", *SCALE)
    assert "is a directory; name a file" in refused(1, source, tmp_path / "folder.png", *SCALE)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_truncated_file(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    source = tmp_path / f"in{suffix}"
    Image.fromarray(noise).save(source)
    source.write_bytes(source.read_bytes()[:-1500])
    message = refused(1, source, tmp_path / "out.png", *SCALE)
    assert "cannot read" in message or "is not an image" in message


def test_too_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = grey(tmp_path / "in.png", (10, 10))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 60)  # Pillow refuses above twice this limit
    assert CliRunner().invoke(app, ["resize", str(source), str(source), "--scale", "1"]).exit_code == 0
    text = "more than the 120 pixels that Pillow opens"
    assert text in refused(1, source, tmp_path / "out.png", "--size", "11x11")
    assert text in refused(1, source, tmp_path / "out.png", "--scale", "1e300")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)
    assert "exceeds limit" in refused(1, source, tmp_path / "out.png", "--scale", "1")


def test_larger_than_the_format_allows(tmp_path: Path) -> None:
    source = grey(tmp_path / "in.png", (1, 1))
    message = refused(1, source, tmp_path / "out.webp", "--size", "1x20000", "--mode", "nearest")
    assert "as WEBP" in message


USAGE = [
    ((), "give exactly one of --size and --scale"),
    (("--size", "4x4", "--scale", "2"), "give exactly one of --size and --scale"),
    *(
        (("--size", size), "must be HEIGHTxWIDTH")
        for size in ("4", "4x", "4x4x4", "4,4", "-4x4", "4.5x4", "")
    ),
    (("--size", "0x4"), "`size` must leave at least one sample per axis"),
    (("--scale", "0"), "`size` must leave at least one sample per axis"),
    (("--scale", "-2"), "`size` must leave at least one sample per axis"),
    (("--scale", "nan"), "`scale_factor` must be finite"),
    (("--scale", "inf"), "`scale_factor` must be finite"),
    ((*SCALE, "--mode", "cubic"), "'cubic' is not one of"),
    ((*SCALE, "--mode", "nearest", "--align-corners"), "`align_corners` must be None with mode 'nearest'"),
    ((*SCALE, "--mode", "area", "--no-align-corners"), "`align_corners` must be None with mode 'area'"),
    ((*SCALE, "--mode", "lanczos", "--align-corners"), "`align_corners` must be False unless"),
    ((*SCALE, "--mode", "area", "--antialias"), "`antialias` must be False unless"),
    ((*SCALE, "--mode", "lanczos", "--no-antialias"), "`antialias` must be True with mode 'lanczos'"),
]


@pytest.mark.parametrize(("options", "text"), USAGE)
def test_wrong_options(tmp_path: Path, options: tuple[str, ...], text: str) -> None:
    assert text in refused(2, grey(tmp_path / "in.png"), tmp_path / "out.png", *options)


def test_integers_of_32_bits_are_not_averaged(tmp_path: Path) -> None:
    Image.new("I", (3, 2)).save(tmp_path / "in.tif")
    assert "dtype int32" in refused(2, tmp_path / "in.tif", tmp_path / "out.tif", *SCALE)


def test_error_text_is_not_taken_for_markup(tmp_path: Path) -> None:
    message = refused(1, tmp_path / "[bold]missing.png", tmp_path / "out.png", *SCALE)
    assert "[bold]missing.png" in message
