"""What `align_corners` means, computed by the library and told in tables and one picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from matplotlib import cbook
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .. import coordinates
from ..inspection.convention_words import ALIGN_CORNERS
from ..interpolate import interpolate
from . import images
from .files import FileError, check_target, write_atomically

SETTINGS = (False, True)
_PHOTO = "grace_hopper.jpg"
_FACE = (0.03, 0.22, 0.6)  # of the shipped photo: top and left of a square, and its side, in widths
_MIDDLE = (0.1, 0.1, 0.8)
_PATCH = 20  # pixels per side of the patch that is enlarged: few enough to be seen one by one
_ENLARGED = 160
_EXAMPLE = np.array([[1, 2, 0], [3, 4, 0], [0, 0, 0]], np.float32)


@dataclass(frozen=True)
class Patch:
    """A few pixels of a photo, enlarged with both settings.

    Attributes:
      photo: name of the photo.
      photo_size: its height and width.
      small: the patch, ``(20, 20, 3)`` uint8: the photo's own pixels, averaged down.
      enlarged: setting -> ``(160, 160, 3)`` uint8.
    """

    photo: str
    photo_size: tuple[int, int]
    small: np.ndarray
    enlarged: dict[bool, np.ndarray]

    @property
    def difference(self) -> np.ndarray:
        """Largest absolute difference over the channels, in grey levels, ``(160, 160)``."""
        levels = {setting: image.astype(int) for setting, image in self.enlarged.items()}
        return np.abs(levels[True] - levels[False]).max(axis=-1)


def run(out: Path, image: Path | None, console: Console) -> None:
    """Writes the picture to ``out`` and prints what it shows.

    Raises:
      FileError: the photo cannot be read, or ``out`` cannot be written.
    """
    from .picture import draw

    if out.suffix.lower() != ".png":
        msg = f"cannot write {out}: the picture is a PNG file"
        raise FileError(msg)
    check_target(out)
    replaced = out.exists()
    patch = enlarge(image)
    write_atomically(out, draw(patch))
    _tell_patch(patch, console)
    console.print(_two_to_four(), _doubled(), _steps())
    console.print(ALIGN_CORNERS, markup=False)
    said = "replaced" if replaced else "wrote"
    console.print(f"\n{said} {out}", markup=False, soft_wrap=True)


def enlarge(image: Path | None) -> Patch:
    """A patch of the photo (None: the one that matplotlib ships), enlarged with both settings."""
    path = image or Path(str(cbook.get_sample_data(_PHOTO, asfileobj=False)))
    picture = images.read(path)
    if picture.array.dtype != np.uint8:
        msg = f"cannot show {path}: mode {picture.mode} is not an 8-bit image"
        raise FileError(msg)
    photo = images.to_array(images.to_image(picture.array, picture.mode).convert("RGB"))
    height, width, _ = photo.shape
    top, left, side = (round(part * min(height, width)) for part in (_MIDDLE if image else _FACE))
    square = photo[top : top + side, left : left + side]
    small = _bilinear(square, _PATCH, align_corners=False, antialias=True)
    enlarged = {setting: _bilinear(small, _ENLARGED, align_corners=setting) for setting in SETTINGS}
    return Patch(path.name, (height, width), small, enlarged)


def _bilinear(image: np.ndarray, side: int, *, align_corners: bool, antialias: bool = False) -> np.ndarray:
    batch = jnp.asarray(image)[None]
    resized = interpolate(batch, side, mode="bilinear", align_corners=align_corners, antialias=antialias)
    return np.asarray(resized[0])


def landing(n: int, m: int, *, align_corners: bool) -> np.ndarray:
    """Input coordinates of the ``m`` output samples of an axis with ``n``, in pixels."""
    step = spacing(n, m, align_corners=align_corners)
    return coordinates.align_corners(step, m) if align_corners else coordinates.half_pixel(step, m)


def spacing(n: int, m: int, *, align_corners: bool) -> np.floating:
    """Distance between neighbouring output samples, in input pixels."""
    return coordinates.step(n, m, align_corners=align_corners, factor=None, dtype=np.float64)


def values(samples: Sequence[float], m: int, *, align_corners: bool) -> np.ndarray:
    """A line of samples resampled linearly to ``m``."""
    x = jnp.asarray(samples, jnp.float32).reshape(1, -1, 1)
    return np.asarray(interpolate(x, m, mode="linear", align_corners=align_corners)).ravel()


def displacement(n: int, m: int) -> np.ndarray:
    """How far each output sample moves when True is used in False's place, in output pixels."""
    half_pixel, aligned = (landing(n, m, align_corners=setting) for setting in SETTINGS)
    return (half_pixel - aligned) / spacing(n, m, align_corners=False)


def _tell_patch(patch: Patch, console: Console) -> None:
    height, width = patch.photo_size
    off = patch.difference
    console.print(
        f"Photo {patch.photo} ({height}x{width}): a square of it averaged down to {_PATCH}x{_PATCH}, then "
        f"enlarged to {_ENLARGED}x{_ENLARGED} with both settings. They differ by up to {off.max()} grey "
        f"levels of 255, {off.mean():.1f} on average.\n",
        markup=False,
    )


def _two_to_four() -> Table:
    """Where the four samples land that two samples give, and what they read."""
    table = _table("Two samples, 0 and 1, enlarged to four", ("align_corners", "", "i=0", "1", "2", "3"))
    for setting in SETTINGS:
        landed = landing(2, 4, align_corners=setting)
        table.add_row(str(setting), "coordinate", *_numbers(landed))
        table.add_row("", "value", *_numbers(values((0, 1), 4, align_corners=setting)), end_section=True)
    return table


def _doubled() -> Table:
    """First row of the 3x3 example, doubled."""
    rows = ", ".join(str([int(v) for v in row]) for row in _EXAMPLE)
    table = _table(f"[{rows}] doubled: first row", ("align_corners", "i=0", *"12345"))
    for setting in SETTINGS:
        doubled = _bilinear(_EXAMPLE[..., None], 6, align_corners=setting)
        table.add_row(str(setting), *_numbers(doubled[0, :, 0]))
    return table


def _steps() -> Table:
    """The step of a doubling at several sizes."""
    lengths = (2, 8, 32, 128, 512)
    heads = ("align_corners", *(f"{n} to {2 * n}" for n in lengths))
    table = _table("Step between output samples when doubling, in input pixels", heads)
    for setting in SETTINGS:
        steps = (spacing(n, 2 * n, align_corners=setting) for n in lengths)
        table.add_row(str(setting), *_numbers(steps))
    return table


def _table(title: str, heads: Sequence[str]) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for head in heads:
        table.add_column(head, justify="left" if head in ("align_corners", "") else "right")
    table.columns[0].no_wrap = True
    return table


def _numbers(line: Iterable[float | np.floating]) -> list[str]:
    return [f"{number:.4f}".rstrip("0").rstrip(".") for number in line]
