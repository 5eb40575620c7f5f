"""Refusals of files that Pillow opens but does not read exactly: fewer bits, channels or pages."""

from pathlib import Path
from typing import NoReturn

from PIL import Image, PngImagePlugin, TiffImagePlugin

from .files import FileError

# TIFF: mode that Pillow opens -> (bits, sample format) that it then reads exactly. Sample formats are the
# standard's: 1 unsigned, 2 signed, 3 floating.
_BYTES = ((8, 1),)
_TIFF_SAMPLES: dict[str, tuple[tuple[int, int], ...]] = {
    "1": ((1, 1),),
    "L": ((1, 1), (2, 1), (4, 1), (8, 1)),
    "P": ((1, 1), (2, 1), (4, 1), (8, 1)),
    "LA": _BYTES,
    "RGB": _BYTES,
    "RGBA": _BYTES,
    "CMYK": _BYTES,
    "I;16": ((16, 1),),
    "I": ((16, 2), (32, 2)),
    "F": ((32, 3),),
}
_KINDS = {1: "unsigned", 2: "signed", 3: "floating"}
_WHITE_IS_ZERO = 0
_PREMULTIPLIED = 1


def check_exact(image: Image.Image, path: Path) -> None:
    """Refuses an opened, not yet decoded file whose pixels Pillow would not deliver as they are.

    Raises:
      FileError: several pages or frames, a colour kind that is not handled, or lost bits or channels.
    """
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        _refuse(path, f"it holds {frames} pages or frames, and only single images are handled")
    mode = "I;16" if image.mode.startswith("I;16") else image.mode
    if mode not in (*_TIFF_SAMPLES, "PA"):
        _refuse(path, f"mode {mode} is not handled")
    if isinstance(image, PngImagePlugin.PngImageFile):
        _check_png(image, mode, path)
    elif isinstance(image, TiffImagePlugin.TiffImageFile):
        _check_tiff(image, mode, path)


def _check_png(image: Image.Image, mode: str, path: Path) -> None:
    with path.open("rb") as file:
        bits = file.read(25)[24]  # the bit depth in the header chunk, which the standard puts first
    if bits == 16 and mode != "I;16":
        _refuse(path, f"Pillow would reduce its 16 bits per channel to 8 (opened as mode {mode})")
    if mode in ("L", "I;16") and bits != 8 and "transparency" in image.info:
        _refuse(path, f"Pillow does not apply the transparent colour of a grey PNG with {bits} bits")


def _check_tiff(image: TiffImagePlugin.TiffImageFile, mode: str, path: Path) -> None:
    tags = image.tag_v2
    bits = _values(tags.get(TiffImagePlugin.BITSPERSAMPLE, 1))
    kinds = _values(tags.get(TiffImagePlugin.SAMPLEFORMAT, 1))
    for bit in bits:
        for kind in kinds:
            if (bit, kind) not in _TIFF_SAMPLES.get(mode, ()):
                samples = f"{bit}-bit {_KINDS.get(kind, 'untyped')} samples"
                _refuse(path, f"Pillow does not read its {samples} exactly (opened as mode {mode})")
    channels = tags.get(TiffImagePlugin.SAMPLESPERPIXEL, 1)
    if channels != len(image.getbands()):
        _refuse(path, f"Pillow would drop some of its {channels} channels (opened as mode {mode})")
    if mode == "RGBA" and _PREMULTIPLIED in _values(tags.get(TiffImagePlugin.EXTRASAMPLES, ())):
        _refuse(path, "Pillow would divide its colours by alpha and round them (premultiplied alpha)")
    white_is_zero = tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO
    if white_is_zero and mode in ("I;16", "I", "F"):
        _refuse(path, f"Pillow ignores that its white is 0 (opened as mode {mode})")


def _values(tag: int | tuple[int, ...]) -> tuple[int, ...]:
    return tag if isinstance(tag, tuple) else (tag,)


def _refuse(path: Path, reason: str) -> NoReturn:
    msg = f"cannot resample {path}: {reason}"
    raise FileError(msg)
