"""Small tables of words and numbers, as text and as HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

GAP = "..."
_NUMERIC = re.compile(r"-?[\d.]+(e[-+]\d+)?|\.\.\.|")
_MOST_ROWS = 8  # a longer list is abbreviated to its first and last rows
_ENDS = (3, 2)
_MOST_TERMS = 4  # a longer sum is abbreviated likewise


@dataclass(frozen=True)
class Table:
    """Rows of cells under a head.

    Attributes:
      title: one line above it.
      head: a word for each column.
      rows: as many cells each.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self, indent: str = "") -> str:
        """Aligned columns: numbers to the right, words to the left."""
        lines = [self.title] if self.title else []
        return "\n".join(indent + line for line in (*lines, *self._lines())).rstrip()

    def html(self) -> str:
        """A title and a table."""
        cells = [_row("th", self.head), *(_row("td", row) for row in self.rows)]
        return (f"<p>{escape(self.title)}</p>" if self.title else "") + f"<table>{''.join(cells)}</table>"

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""
        return tuple(all(map(_NUMERIC.fullmatch, column)) for column in zip(*self.rows, strict=True))

    def _lines(self) -> Iterator[str]:
        right = self.numeric or (False,) * len(self.head)
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        for row in (self.head, *self.rows):
            yield "  ".join(
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(row, widths, right, strict=True)
            ).rstrip()


def shown(count: int) -> list[int | None]:
    """Which of ``count`` rows to show; None stands for those that are left out."""
    if count <= _MOST_ROWS:
        return list(range(count))
    first, last = _ENDS
    return [*range(first), None, *range(count - last, count)]


def number(value: float, digits: int = 4) -> str:
    """So many digits, and no minus before a zero."""
    return f"{value + 0.0:.{digits}g}"


def weighted_sum(terms: list[tuple[float, int]]) -> str:
    """``0.75 x[0] + 0.25 x[1]`` of weights and samples, abbreviated where it is long."""
    words = [f"{number(weight)} x[{sample}]" for weight, sample in terms]
    if len(words) > _MOST_TERMS:
        words = [*words[: _MOST_TERMS // 2], f"{GAP} ({len(words)} terms)", words[-1]]
    return " + ".join(words).replace("+ -", "- ") or "0"


def _row(tag: str, cells: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
