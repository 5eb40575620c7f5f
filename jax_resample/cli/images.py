"""Image files as arrays: what Pillow reads without loss, turned upright, and what each format holds."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageOps

from .exactness import check_exact
from .files import FileError, write_atomically

MODES = ("L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F")  # Pillow's modes whose samples are resampled


@dataclass(frozen=True)
class Picture:
    """An upright image.

    Attributes:
      array: ``(height, width, channels)``; uint8, uint16 (``"I;16"``), int32 (``"I"``) or float32 (``"F"``).
      mode: Pillow's name of the colour kind, one of ``MODES``.
      icc_profile: the embedded colour profile, which the result keeps.
      notes: what was changed on the way in, in words.
    """

    array: np.ndarray
    mode: str
    icc_profile: bytes | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """A file format: the mode in which it stores each mode that it holds, and Pillow's save options."""

    name: str
    stored_as: dict[str, str]
    options: dict[str, Any]


def _as_they_are(*modes: str) -> dict[str, str]:
    return {mode: mode for mode in modes}


_JPEG = Format("JPEG", _as_they_are("L", "RGB", "CMYK"), {"quality": 95, "subsampling": 0})
_TIFF = Format("TIFF", _as_they_are(*MODES), {})
FORMATS: dict[str, Format] = {
    ".png": Format("PNG", _as_they_are("L", "LA", "RGB", "RGBA", "I;16"), {}),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    # WebP has no grey: three equal channels hold the same values. `exact` keeps colour under alpha 0.
    ".webp": Format(
        "WEBP",
        _as_they_are("RGB", "RGBA") | {"L": "RGB", "LA": "RGBA"},
        {"lossless": True, "exact": True},
    ),
    ".tif": _TIFF,
    ".tiff": _TIFF,
}
_READERS = tuple(dict.fromkeys(row.name for row in FORMATS.values()))


def read(path: Path) -> Picture:
    """Reads a PNG, JPEG, WebP or TIFF file, whatever its extension.

    EXIF orientation is applied to the pixels. Palettes, 1-bit images and transparent colours become grey,
    RGB or RGBA, with a note.

    Raises:
      FileError: no such file, a broken or oversized one, another format, several pages or frames, or
        samples that Pillow would reduce to fewer bits or channels.
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            # the limit that Pillow warns about at half its value is its error, not its warning
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = _read(path)
    except FileError:
        raise
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise FileError(msg) from error
    except Image.UnidentifiedImageError as error:
        msg = f"{path} is not an image that can be read: {', '.join(_READERS)} are"
        raise FileError(msg) from error
    except Exception as error:  # decoders raise many kinds for broken files, and nothing else runs here
        msg = f"cannot read {path}: {_one_line(error)}"
        raise FileError(msg) from error
    said = tuple(dict.fromkeys(_one_line(warning.message) for warning in caught))
    return Picture(picture.array, picture.mode, picture.icc_profile, picture.notes + said)


def _read(path: Path) -> Picture:
    # An open file and not its name: Pillow maps a named raw TIFF into memory with height and width
    # exchanged where its orientation is 5 to 8, and delivers scrambled pixels.
    with path.open("rb") as file, Image.open(file, formats=_READERS) as opened:
        check_exact(opened, path)
        icc_profile = opened.info.get("icc_profile")
        orientation = opened.getexif().get(ExifTags.Base.Orientation, 1)
        opened.load()
        image, note = _plain(ImageOps.exif_transpose(opened))
    notes = [f"turned upright (EXIF orientation {orientation})"] if orientation in range(2, 9) else []
    return Picture(to_array(image), _mode(image), icc_profile, (*notes, note) if note else tuple(notes))


def _plain(image: Image.Image) -> tuple[Image.Image, str | None]:
    """The image with one number per channel and pixel, and how it got there."""
    transparent = image.has_transparency_data
    target = {"1": "L", "L": "L", "P": "RGB", "PA": "RGBA", "RGB": "RGB"}.get(image.mode)
    if target is None or (target == image.mode and not transparent):
        return image, None
    if transparent:
        target = {"L": "LA", "RGB": "RGBA"}.get(target, target)
    kind = {"1": "1-bit image", "P": "palette", "PA": "palette"}.get(image.mode, "transparent colour")
    return image.convert(target), f"{kind} converted to {target}"


def _mode(image: Image.Image) -> str:
    return "I;16" if image.mode.startswith("I;16") else image.mode


def to_array(image: Image.Image) -> np.ndarray:
    """Pixels as ``(height, width, channels)``, in native byte order."""
    array = np.asarray(image)
    array = array.astype(array.dtype.newbyteorder("="))
    return array[..., None] if array.ndim == 2 else array


def to_image(array: np.ndarray, mode: str) -> Image.Image:
    """The Pillow image of a ``(height, width, channels)`` array whose mode is one of ``MODES``."""
    height, width, _ = array.shape
    stored = array.astype("<u2") if mode == "I;16" else array
    return Image.frombytes(mode, (width, height), stored.tobytes())


def output_format(path: Path) -> Format:
    """The format that a file's extension names.

    Raises:
      FileError: an extension that is none of ``FORMATS``.
    """
    row = FORMATS.get(path.suffix.lower())
    if row is None:
        msg = f"cannot write {path}: the extension must be one of {', '.join(FORMATS)}"
        raise FileError(msg)
    return row


def stored_mode(path: Path, picture: Picture) -> str:
    """The mode in which the file at ``path`` will hold the picture.

    Raises:
      FileError: the format cannot hold it without loss, other than JPEG's own.
    """
    row = output_format(path)
    stored = row.stored_as.get(picture.mode)
    if stored is None:
        able = ", ".join(dict.fromkeys(r.name for r in FORMATS.values() if picture.mode in r.stored_as))
        msg = f"cannot write {path}: {row.name} cannot hold mode {picture.mode} ({able} can)"
        raise FileError(msg)
    if stored != picture.mode and picture.icc_profile and picture.mode in ("L", "LA"):
        msg = f"cannot write {path}: {row.name} holds no grey, so the grey colour profile would not fit"
        raise FileError(msg)
    return stored


def write(path: Path, picture: Picture) -> None:
    """Writes the picture in the format that the extension names, whole or not at all.

    Raises:
      FileError: a mode that the format cannot hold, or an encoder or a disk that refused.
    """
    stored, row = stored_mode(path, picture), output_format(path)
    options = row.options | ({"icc_profile": picture.icc_profile} if picture.icc_profile else {})
    buffer = io.BytesIO()
    try:
        image = to_image(picture.array, picture.mode)
        image = image if stored == picture.mode else image.convert(stored)
        image.save(buffer, row.name, **options)
    except Exception as error:  # encoders raise many kinds, for example above a format's largest size
        msg = f"cannot encode {path} as {row.name}: {_one_line(error)}"
        raise FileError(msg) from error
    write_atomically(path, buffer.getvalue())


def _one_line(error: object) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(words.split()) or type(error).__name__
