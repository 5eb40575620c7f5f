"""What `identify` found, in words."""

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from .tabular import Table, number

if TYPE_CHECKING:
    from .identification import Identification, Match
    from .probes import Probe

_MOST_ROWS = 8
_WAYS = {
    "": "",
    "premultiplied": ", colours premultiplied by alpha",
    "rounded": ", computed in floating point and rounded",
    "truncated": ", computed in floating point and cut off",
}


def text(found: "Identification") -> str:
    """The verdict, the ranking and what to do next."""
    return "\n\n".join([headline(found), ranking(found).text(), *advice(found)])


def html(found: "Identification") -> str:
    """The same for a notebook."""
    words = "".join(f"<p>{escape(part)}</p>" for part in advice(found))
    return f"<p><b>{escape(headline(found))}</b></p>{ranking(found).html()}{words}"


def headline(found: "Identification") -> str:
    """The verdict in one sentence."""
    if not found.ranking:
        return "no convention takes this input"
    best = found.ranking[0]
    if found.names:
        return f"{found.verdict}: {', '.join(found.names)}{_WAYS[best.way]}"
    return f"no known convention; nearest is {', '.join(best.names)}{_WAYS[best.way]}, {_difference(best)}"


def ranking(found: "Identification") -> Table:
    """The nearest conventions, one row for each operator."""
    rows = tuple(
        (
            ", ".join(match.names) + _WAYS[match.way],
            match.verdict,
            number(match.largest),
            "" if match.unit == 1 else number(match.largest / match.unit),
            f"{100 * match.differing:.3g} %",
        )
        for match in found.ranking[:_MOST_ROWS]
    )
    title = (
        f"{found.dtype} {found.shape} -> {found.out_dtype} {found.out_shape}, "
        f"axes {', '.join(map(str, found.axes))}"
    )
    return Table(title, ("convention", "verdict", "largest difference", "ulp", "differ"), rows)


def advice(found: "Identification") -> list[str]:
    """What this input cannot tell apart, and an input that can."""
    return list(_ambiguity(found) if found.names else _mismatch(found))


def _ambiguity(found: "Identification") -> Iterator[str]:
    if len(found.candidates) == 1:
        yield "No other convention of the table makes this output."
        return
    yield f"This input cannot tell apart: {', '.join(found.candidates)}."
    if found.probe is None:
        yield "No probe parts them: they are one operator, up to rounding, at every size that was tried."
    else:
        yield _offer(found.probe)


def _offer(probe: "Probe") -> str:
    groups = " | ".join(", ".join(group) for group in probe.groups)
    shape = " x ".join(map(str, probe.x.shape))
    size = " x ".join(map(str, probe.size))
    return (
        f"A probe parts them into {len(probe.groups)}: resize `probe.x` ({probe.x.dtype}, {shape}) to {size} "
        f"by the library in question and identify the result. {groups}"
    )


def _mismatch(found: "Identification") -> Iterator[str]:
    yield (
        "Causes outside the table: a scale factor that steps the coordinates in place of the sizes, a crop, "
        "another colour space or transfer, lossy compression, or processing before or after."
    )


def _difference(match: "Match") -> str:
    return f"differing by {number(match.largest)} at most, in {100 * match.differing:.3g} % of the values"
