"""Which program computes `points`, by platform and by what is known of the taps.

Every program takes the weights as a list, of an array ``(B, P, K_a)`` for each axis or of one joint array
``(B, P, K_1 .. K_D)``, and returns the products that are the derivative in the joint weights in its form.
"""

from math import prod
from typing import Any

import jax

from . import points_by_products, points_by_taps, points_gathered, points_in_loops, points_sorted
from .windows import are_countable

IMAGE, VALUES, WEIGHTS = 0, 1, 2  # places of the arrays; the weights have this and those that follow

# "windows" needs neighbouring taps; "sorted" differs from "taps" in the adjoint, which is then the same on
# every run where scatters are atomic. Both give their place to "taps" where they have no program. "products"
# lets a NaN pixel reach every point of its image.
LOWERINGS: tuple[str, ...] = ("auto", "taps", "windows", "sorted", "products")
_AUTO: dict[str, str] = {"cpu": "windows", "cuda": "sorted", "rocm": "sorted", "tpu": "products"}

# On a TPU products serve maps of up to this many pixels, others are gathered. What the compiler for a v5e
# expects of bilinear float32, in kilocycles, products against all but the gathers and scatters, for which it
# has no price: eight maps of 14 x 14 with 256 channels at 28 x 28 points 64 and 126, gradients 149 and 327;
# four of 32 x 32 with 128 channels 84 and 71, 254 and 154; eight of 64 x 64 with 64 at least 3,048 and 428.
_MOST_PIXELS = 1024
# And while the weights of all points and pixels together are no more than this.
_MOST_WEIGHTS = 1 << 26

# On a CPU windows of up to this many pixels are read for many points at once where channels lie in planes
# or are few beside the taps. Two cores, in ms, against windows one by one. Channels first: sixteen photos
# 6.4 and 8.7, two maps of 16 channels 4.6 and 7.6, eight of 64 channels 2.3 and 4.4, a volume of four 0.9
# and 1.7. Channels last: the volume, eight taps, 0.87 and 1.0; photos, four taps, 6.3 and 5.4, 16 channels
# 9.5 and 5.3. With 16 taps nothing is gained: cubic, channels first, three channels 1.0 and 1.0, eight 2.1
# and 1.4; channels last, three channels 1.1 and 0.77.
_MOST_TAPS = 8
# The products of pixels and values are so up to this many taps and channels.
_MOST_TAPS_OF_DOTS = 16
_MOST_CHANNELS = 16

# On a GPU planes of up to this many channels are read where they lie; of more, XLA transposes image and
# result and reads whole pixels. What the compiler for an H100 expects, in microseconds: photos 189 and 282,
# cubic ones 59 and 69, 16 channels 156 and 38. It takes an index of several parts for branches that diverge,
# as they do not: without them it expects 20 of photos and 16 of 16 channels.
_MOST_PLANES = 8

# On a GPU points of up to this many channels are sorted, and else their taps. What the compiler for an H100
# expects of the adjoint in microseconds, points and taps, beside sorts, for which it has no price: photos 229
# and 228, cubic ones 65 and 68, 16 channels 161 and 119, 64 channels 153 and 67. A sort of the taps orders
# four to sixteen times as many keys, of which a GPU sorts a few thousand in a microsecond.
_MOST_SORTED_CHANNELS = 8
_MOST_PIXELS_A_POINT = 2


def evaluate(
    arrays: list[Any],
    index: list[jax.Array],
    *,
    target: int,
    spatial: tuple[int, ...],
    dtype: Any,
    contiguous: bool,
    channels_first: bool,
    lowering: str,
    platform: str,
) -> jax.Array:
    """The target from the other arrays: image, values, weights (see `points.py`)."""
    x, y, *weights = arrays
    name = _AUTO.get(platform, "taps") if lowering == "auto" else lowering
    if name == "windows" and contiguous and (x is None or are_countable(x)):
        result = _by_windows(x, y, weights, index, target, spatial, channels_first)
    else:
        if name == "products" and lowering == "auto" and not _is_small(spatial, index[0].shape[:2]):
            name = "taps"
        result = _by_index(x, y, weights, index, target, spatial, name, contiguous, channels_first)
    return result.astype(dtype) if target == IMAGE else result


def _by_index(
    x: Any,
    y: Any,
    weights: list[Any],
    index: list[jax.Array],
    target: int,
    spatial: tuple[int, ...],
    name: str,
    contiguous: bool,
    channels_first: bool,
) -> jax.Array:
    """By the programs for taps anywhere."""
    program = points_by_products if name == "products" else points_by_taps
    if target == IMAGE and name == "sorted" and contiguous and _sorts_points(index, y, spatial):
        return points_sorted.image_of_windows(y, weights, *_windows(index), spatial)
    if target == IMAGE:
        return (points_sorted if name == "sorted" else program).image(y, weights, index, spatial)
    few = x.shape[-1] <= _MOST_PLANES
    how = {"planes": channels_first and few} if name == "sorted" else {}
    if target == WEIGHTS:
        return program.dots(x, y, index, **how)
    return program.values(x, weights, index, **how)


def _by_windows(
    x: Any,
    y: Any,
    weights: list[Any],
    index: list[jax.Array],
    target: int,
    spatial: tuple[int, ...],
    channels_first: bool,
) -> jax.Array:
    """By those for neighbouring taps, which the first of them tell."""
    start, support = _windows(index)
    if target == IMAGE:
        return points_in_loops.image(y, weights, start, support, spatial)
    channels, taps = x.shape[-1], prod(support)
    if target == VALUES:
        if taps <= _MOST_TAPS and (channels_first or channels == 1 or 2 * channels <= taps):
            options = {"channels_first": channels_first}
            return points_gathered.values_by_numbers(x, weights, start, support, **options)
        return points_gathered.values_by_pixels(x, weights, start, support)
    if taps <= _MOST_TAPS_OF_DOTS and channels <= _MOST_CHANNELS:
        return points_gathered.dots(x, y, start, support, channels_first=channels_first)
    return points_in_loops.dots(x, y, start, support)


def _sorts_points(index: list[jax.Array], y: jax.Array, spatial: tuple[int, ...]) -> bool:
    """Whether it is better to sort points, which are fewer, than taps, of which each is then written once.

    Sums of a whole window are kept for every pixel, of which there must not be many more than points.
    """
    _, points, channels = y.shape
    dense = not isinstance(points, int) or prod(spatial) <= _MOST_PIXELS_A_POINT * points
    return dense and channels <= _MOST_SORTED_CHANNELS and any(i.shape[-1] > 1 for i in index)


def _windows(index: list[jax.Array]) -> tuple[list[jax.Array], tuple[int, ...]]:
    """The first taps ``(B, P)`` and the number of taps of each axis."""
    return [i[..., 0] for i in index], tuple(i.shape[-1] for i in index)


def _is_small(spatial: tuple[int, ...], points: tuple[Any, ...]) -> bool:
    """Whether maps are few enough pixels for products; a symbolic batch counts as one."""
    known = prod(n for n in points if isinstance(n, int))
    return prod(spatial) <= _MOST_PIXELS and known * prod(spatial) <= _MOST_WEIGHTS
