"""What `identify` finds: conventions with how near they come, and what would tell them apart."""

from dataclasses import dataclass
from functools import cached_property

from . import identify_words
from .probes import Probe, find_probe

# Other libraries add the same products in other orders.
ROUNDING_ULPS = 16.0
# A coordinate of n pixels that is rounded two or three times in other places moves a weight by about so many
# times n units, on each axis.
COORDINATE_ULPS = 2.0
# Of two that differ by some rounding, one that differs by up to so many times as much is as likely.
AS_LIKELY = 2.0
# What `identify` says of a convention, from the best to the worst.
VERDICTS = ("bytes equal", "equal to rounding", "equal to rounding of coordinates", "different")
# The library's own arithmetic; the same on colours premultiplied by alpha; what becomes of float32 results
# where the output holds integers.
WAYS = ("", "premultiplied", "rounded", "truncated")


@dataclass(frozen=True)
class Match:
    """Conventions that are one operator here, and how near they come.

    Attributes:
      names: their names.
      way: ``""`` for the library's own arithmetic; ``"premultiplied"`` for the same on colours weighed by
        alpha, the last of two or four channels, as Pillow resizes LA and RGBA; ``"rounded"`` or
        ``"truncated"`` where float32 results became the integers of ``y``.
      largest: the largest absolute difference from ``y``; infinite where one of both is NaN.
      differing: the share of values that differ.
      unit: one unit in the last place of the largest value; 1 for integers.
      coordinates: the largest difference that coordinates rounded in other places explain; 0 for integers.
    """

    names: tuple[str, ...]
    way: str
    largest: float
    differing: float
    unit: float
    coordinates: float = 0.0

    @property
    def verdict(self) -> str:
        """One of ``VERDICTS``."""
        rounding = 1.0 if self.unit == 1 else ROUNDING_ULPS * self.unit
        fits = (self.differing == 0, self.largest <= rounding, self.largest <= rounding + self.coordinates)
        return VERDICTS[fits.index(True)] if any(fits) else "different"


@dataclass(frozen=True, repr=False)
class Identification:
    """What `identify` found; `print` it.

    Attributes:
      shape: shape of ``x``.
      dtype: name of its dtype.
      out_shape: shape of ``y``.
      out_dtype: name of its dtype.
      axes: the resized axes.
      ranking: the conventions that were run in full, the nearest first.
      refused: names of conventions that do not take this input.
    """

    shape: tuple[int, ...]
    dtype: str
    out_shape: tuple[int, ...]
    out_dtype: str
    axes: tuple[int, ...]
    ranking: tuple[Match, ...]
    refused: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """That of the nearest convention."""
        return self.ranking[0].verdict if self.ranking else "different"

    @property
    def names(self) -> tuple[str, ...]:
        """Conventions that make ``y`` as exactly as any does; empty where none does but for differences."""
        return self.matching(self.verdict) if self.verdict != "different" else ()

    def matching(self, verdict: str) -> tuple[str, ...]:
        """Names with a verdict, the nearest first."""
        found = (name for match in self.ranking if match.verdict == verdict for name in match.names)
        return tuple(dict.fromkeys(found))

    @property
    def candidates(self) -> tuple[str, ...]:
        """Every convention that fits to rounding or better: those that this input cannot tell apart.

        Besides those that fit but for the rounding of coordinates, and differ by at most twice as much as the
        nearest; where none fits to rounding, all of them.
        """
        to_rounding = self.matching("bytes equal") + self.matching("equal to rounding")
        but_for_coordinates = self.matching("equal to rounding of coordinates")
        if not to_rounding:
            return but_for_coordinates
        as_likely = AS_LIKELY * self.ranking[0].largest
        near = {name for match in self.ranking if match.largest <= as_likely for name in match.names}
        return tuple(dict.fromkeys((*to_rounding, *(name for name in but_for_coordinates if name in near))))

    @cached_property
    def probe(self) -> Probe | None:
        """An input that tells the candidates apart, and the size to resize it to; None where none was found.

        Give it to the library in question and `identify` what comes back.
        """
        return find_probe(self.candidates, len(self.axes), self.dtype)

    def __str__(self) -> str:
        return identify_words.text(self)

    def __repr__(self) -> str:
        return f"<Identification: {identify_words.headline(self)}>"

    def _repr_html_(self) -> str:
        return identify_words.html(self)
