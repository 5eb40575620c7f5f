"""The command line: arguments in, one call each, words out."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import jax.numpy as jnp
import numpy as np
import typer
from PIL import Image
from rich.console import Console

from .. import __version__
from ..interpolate import interpolate
from . import images
from .files import FileError, check_target

app = typer.Typer(
    help="Resamples images in JAX with the numbers of the library you name, and tells conventions apart.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


class Mode(StrEnum):
    """Modes of ``interpolate`` for two spatial axes."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"
    AREA = "area"


_WITH_ALIGNMENT = (Mode.BILINEAR, Mode.BICUBIC)


def _show_version(value: bool) -> None:
    if value:
        _out.print(f"jax-resample {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that every command shares."""


@app.command(
    help="""Resize one image file as torch.nn.functional.interpolate would.

    Reads PNG, JPEG, WebP and TIFF: grey, grey with alpha, RGB, RGBA, CMYK, 16-bit grey, and TIFF of \
32-bit float or, with the nearest modes, integer. The extension of OUT chooses its format: \
PNG, TIFF and WebP are lossless, JPEG has quality 95 without chroma subsampling. OUT is written \
whole or not at all, and replaced if it exists.

    Alpha is resampled as one more channel, without weighing the colours by it, as in PyTorch and OpenCV. \
Pixels are turned upright by EXIF orientation and the ICC profile is kept; no other metadata is. A \
palette becomes RGB or RGBA and a 1-bit image grey, and the output says so. A file that would lose bits, \
channels or pages on the way in or out is refused."""
)
def resize(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Image to read.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Image to write.", show_default=False)],
    size: Annotated[
        str | None,
        typer.Option(metavar="HxW", help="Output height x width in pixels, such as 480x640."),
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="Output over input length. The output has trunc(S x length) pixels, and S itself "
            "steps the coordinates, as in PyTorch.",
        ),
    ] = None,
    mode: Annotated[Mode, typer.Option(metavar="MODE", help=f"{', '.join(Mode)}.")] = Mode.BILINEAR,
    align_corners: Annotated[
        bool | None,
        typer.Option(
            "--align-corners/--no-align-corners",
            help="Line up the centres of the corner pixels, or else their outer edges (the default). "
            "For bilinear and bicubic.",
            show_default=False,
        ),
    ] = None,
    antialias: Annotated[
        bool | None,
        typer.Option(
            "--antialias/--no-antialias",
            help="When shrinking, average what would be skipped. For bilinear and bicubic (off by "
            "default) and lanczos (always on).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Reads, resamples, writes and says so in one line."""
    target = _size(size, scale)
    antialias = mode is Mode.LANCZOS if antialias is None else antialias
    with _file_errors():
        check_target(out)
        images.output_format(out)
        picture = images.read(source)
        stored = images.stored_mode(out, picture)
        _check_pixels(out, picture, target, scale)
    try:
        result = interpolate(
            jnp.asarray(picture.array)[None],
            target,
            scale,
            mode=mode.value,
            align_corners=align_corners,
            antialias=antialias,
            data_format="channels_last",
        )
    except (ValueError, TypeError) as error:  # the library's own words for what the user asked
        _fail(str(error), 2)
    resized = images.Picture(np.asarray(result[0]), picture.mode, picture.icc_profile)
    with _file_errors():
        images.write(out, resized)
    alignment = bool(align_corners) if mode in _WITH_ALIGNMENT else None
    _say(
        f"{source} {_described(picture, picture.mode)} -> {out} {_described(resized, stored)} "
        f"(height x width): {mode.value}, align_corners={alignment}, antialias={antialias}"
    )
    for note in picture.notes:
        _say(f"  note: {note}")
    if stored != picture.mode:
        _say(f"  note: stored as {stored}, since {images.output_format(out).name} holds no {picture.mode}")


@app.command(
    help="""Answer "what does align_corners mean, and when should I use align_corners=False?".

    Draws one picture from a photo that matplotlib ships, prints the coordinates and values behind it, \
and says when to use which. Every number is computed by the library."""
)
def demo(
    out: Annotated[
        Path, typer.Option(help="PNG file to write; an existing file is replaced, and the output says so.")
    ] = Path("align_corners.png"),
    image: Annotated[
        Path | None, typer.Option(help="Photo to use instead of the shipped one.", show_default=False)
    ] = None,
) -> None:
    """Computes, draws, writes and tells."""
    from . import demo as demonstration  # matplotlib takes a second to import; `resize` needs none of it

    with _file_errors():
        demonstration.run(out, image, _out)


@app.command(
    help="""Set conventions side by side: where output samples land, what they weigh, which to use when.

    Without --convention: what align_corners means, that is PyTorch's bilinear with both of its settings. \
Prints a table of their choices, one of coordinates and weights, advice, and writes a picture of both."""
)
def explain(
    n: Annotated[int, typer.Option("--in", metavar="N", help="Samples of the input axis.", min=1)] = 4,
    m: Annotated[int, typer.Option("--out", metavar="M", help="Samples of the output axis.", min=1)] = 8,
    convention: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Such as torch:bilinear; give it several times.", show_default=False
        ),
    ] = None,
    picture: Annotated[Path, typer.Option(metavar="FILE", help="PNG file to write.")] = Path("explain.png"),
    names: Annotated[bool, typer.Option("--list", help="List the names of all conventions.")] = False,
) -> None:
    """Looks the rows up, tells and draws."""
    from .. import conventions
    from .. import explain as explained
    from . import telling

    if names:
        for name, row in conventions.items():
            _say(f"{name}  ({row.library})" if row.library else name)
        return
    for name in convention or ():
        if name not in conventions:
            near = ", ".join(get_close_matches(name, conventions)) or "none"
            msg = f"there is no {name!r}; names like it: {near}; --list names all"
            raise typer.BadParameter(msg, param_hint="--convention")
    with _file_errors():
        telling.explanation(explained(*(convention or ()), n=n, m=m), picture, _out)


@app.command(
    help="""Tell which convention made OUT from IN, whatever library did.

    Both are image files, or NumPy's .npy files, whose resized axes are those that differ in length. Every \
convention of the table is tried. The verdict is "bytes equal", "equal to rounding" (a level of 8-bit \
images), "equal to rounding of coordinates" or "no known convention"; what this input cannot tell apart is \
listed, with a probe that can."""
)
def identify(
    source: Annotated[Path, typer.Argument(metavar="IN", help="What was resized.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What came out.", show_default=False)],
    probe: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to write the probe: .npy, or an image file.", show_default=False
        ),
    ] = None,
) -> None:
    """Reads, compares and tells."""
    from . import telling

    with _file_errors():
        telling.identification(source, out, probe, _out)


def _size(size: str | None, scale: float | None) -> tuple[int, int] | None:
    """Height and width, None with a scale; anything but exactly one of the two is refused."""
    if (size is None) == (scale is None):
        msg = "give exactly one of --size and --scale"
        raise typer.BadParameter(msg)
    if size is None:
        return None
    match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", size, re.ASCII)
    if match is None:
        msg = f"must be HEIGHTxWIDTH in pixels, such as 480x640; received {size!r}"
        raise typer.BadParameter(msg, param_hint="--size")
    return int(match[1]), int(match[2])


def _check_pixels(
    out: Path, picture: images.Picture, target: tuple[int, int] | None, scale: float | None
) -> None:
    """Refuses an output that Pillow would refuse to open again, before memory is asked for it."""
    limit = Image.MAX_IMAGE_PIXELS
    scale = scale if scale is not None and math.isfinite(scale) and scale > 0 else 0.0
    height, width = target or (length * scale for length in picture.array.shape[:2])
    if limit is not None and height * width > 2 * limit:
        msg = f"cannot write {out}: it would have more than the {2 * limit} pixels that Pillow opens"
        raise FileError(msg)


def _described(picture: images.Picture, mode: str) -> str:
    height, width, _ = picture.array.shape
    return f"{height}x{width} {mode}"


@contextmanager
def _file_errors() -> Iterator[None]:
    try:
        yield
    except FileError as error:
        _fail(str(error), 1)


def _fail(message: str, code: int) -> NoReturn:
    _err.print(f"Error: {message}", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def _say(line: str) -> None:
    _out.print(line, markup=False, soft_wrap=True)
