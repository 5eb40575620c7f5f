"""A table that is shown on a terminal or written as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import table as rich_table
from rich.text import Text


@dataclass(frozen=True)
class Cell:
    """A value in words; a loss is marked, in red or with bold type."""

    text: str
    loss: bool = False


@dataclass(frozen=True)
class Table:
    """A titled table; the first ``labels`` columns hold words, the others numbers."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    labels: int = 1

    def rich(self) -> rich_table.Table:
        """For the terminal."""
        shown = rich_table.Table(title=self.title, title_justify="left")
        for column, header in enumerate(self.headers):
            shown.add_column(header, justify="left" if column < self.labels else "right")
        for row in self.rows:
            shown.add_row(*(Text(cell.text, style="red" if cell.loss else "") for cell in row))
        return shown

    def markdown(self) -> str:
        """For a file; headings of level three."""
        rules = ("---" if column < self.labels else "---:" for column in range(len(self.headers)))
        lines = [list(self.headers), list(rules)]
        lines += [[f"**{cell.text}**" if cell.loss else cell.text for cell in row] for row in self.rows]
        body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"### {self.title}\n\n{body}\n"


def seconds(value: float) -> str:
    """Three figures in the unit that suits."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def times(value: float | None) -> Cell:
    """A ratio; below 1 the peer is faster than this library."""
    if value is None:
        return Cell("")
    figures = ".2g" if value < 0.1 else ".2f" if value < 10 else ".0f"
    return Cell(f"{value:{figures}}x", loss=value < 1)
