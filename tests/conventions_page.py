"""Writes docs/conventions.md from the table of conventions: ``python -m tests.conventions_page``."""

from itertools import groupby
from pathlib import Path

import jax_resample as jr
from jax_resample.axis import Axis
from jax_resample.inspection.convention_words import describe

PAGE = Path(__file__).parent.parent / "docs" / "conventions.md"

_HEAD = """\
# The conventions

`jr.resize(x, size, convention="opencv:area")` takes any name below, on any axes of any array;
`jr.conventions` maps the names to their rows, and `jr.explain` sets some of them side by side. A row is a
`jr.Convention`: a frozen value whose columns say which samples are read and how they are weighed. One with
columns of your own

```python
own = jr.Convention(family="interpolate", kernel="cubic(-0.6)", boundary="mirror")
jr.resize(x, size, convention=own)
```

needs no name. The last column says in which type coordinates and weights are computed: "image" is float32, or
float64 for float64 images, "fused" the same with products and sums rounded once, as PyTorch's kernels do.

The tests compare rows with the libraries or with what they recorded of them; MATLAB's and DALI's follow
their documentation and were not compared with a run. jax.image's coordinates differ in their last bit between
programs of XLA, which fuses products and sums as it likes; in float64 the rows agree with it within 1e-13.
"""
_COLUMNS = ("output i lands at", "reads", "kernel", "when shrinking", "outside the array")


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for library, names in groupby(jr.conventions, key=lambda name: name.split(":")[0]):
        rows = {name: jr.conventions[name] for name in names}
        first = next(iter(rows.values()))
        sources = dict.fromkeys(row.source for row in rows.values())
        links = ", ".join(f"<{source}>" for source in sources)
        parts.append(f"\n## {library}\n\n{first.library}: {links}\n\n")
        parts.append(_line("name", *_COLUMNS, "computed in"))
        parts.append(_line(*["---"] * (len(_COLUMNS) + 2)))
        for name, row in rows.items():
            words = describe(Axis(8, 4, row.per_axis((8,), (4,))[0]))
            step = row.arithmetic if row.phases is None else f"{row.arithmetic}, {row.phases} phases"
            parts.append(_line(f"`{name}`", *(words[column] for column in _COLUMNS), step))
    return "".join(parts)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"{len(jr.conventions)} rows in {PAGE.name}")
