"""Tables of the TPU compiler's estimates: cycles of ours by lowering, and jax.image's over them."""

from typing import Any

from .tables import Cell, Table, times
from .timing import geometric_mean

LEGEND = (
    "Thousands of cycles that the TPU compiler expects, and in brackets those of jax.image over ours: above "
    "1 this library is faster. + marks a sum that leaves out gathers or other work without an estimate: the "
    "program takes longer, and no ratio is given. The floor is a copy of the input to itself and of the "
    "output to itself, halved; a program whose input is fetched ahead of time can lie below it."
)

# Copies that overlap with other work: the compiler gives them no cycles of their own.
_OVERLAPPING = frozenset(("copy-start", "slice-start", "async-start"))


def tables(results: dict[str, Any]) -> list[Table]:
    """One table of cycles for each dtype and direction, and one of geometric means."""
    programs = results["programs"]
    dtypes = list(dict.fromkeys(program["dtype"] for program in programs))
    cycles = [_cycles(results, dtype, way) for dtype in dtypes for way in ("forward", "backward")]
    return [*cycles, _sizes(results)]


def partial(program: dict[str, Any]) -> bool:
    """Whether the estimate leaves out work that takes time of its own."""
    return bool(set(program["left_out"]) - _OVERLAPPING)


def _cycles(results: dict[str, Any], dtype: str, direction: str) -> Table:
    programs = [p for p in results["programs"] if p["dtype"] == dtype]
    lowerings = list(dict.fromkeys(p["lowering"] for p in programs if p["library"] == "ours"))
    headers = ["case", "floor", "jax.image", *(f"ours {name}" for name in lowerings)]
    rows, ratios = [], {name: [] for name in lowerings}
    for case in dict.fromkeys(p["case"] for p in programs):
        here = [p for p in programs if p["case"] == case]
        named = {p["lowering"]: p for p in here if p["library"] == "ours" and p["direction"] == direction}
        theirs = next(p for p in here if p["library"] == "jax.image" and p["direction"] == direction)
        floor = next(p for p in here if p["library"] == "copy")
        row = [Cell(case), Cell(f"{floor['cycles'] / 1e3:.0f}"), _shown(theirs, None)]
        for name in lowerings:
            ratio = _ratio(named[name], theirs)
            ratios[name] += [] if ratio is None else [ratio]
            row.append(_shown(named[name], ratio))
        rows.append(row)
    means = [times(geometric_mean(found)) if found else Cell("") for found in ratios.values()]
    rows.append([Cell("geometric mean"), Cell(""), Cell(""), *means])
    return Table(f"{results['topology']}, {dtype}, {direction}: kilocycles expected", headers, rows)


def _ratio(ours: dict[str, Any], theirs: dict[str, Any]) -> float | None:
    if "error" in ours or "error" in theirs or partial(ours) or partial(theirs):
        return None
    return theirs["cycles"] / max(1, ours["cycles"])


def _shown(program: dict[str, Any], ratio: float | None) -> Cell:
    if "error" in program:
        return Cell("refused", True)
    text = f"{program['cycles'] / 1e3:.4g}{'+' if partial(program) else ''}"
    return Cell(text if ratio is None else f"{text} ({times(ratio).text})", ratio is not None and ratio < 1)


def _sizes(results: dict[str, Any]) -> Table:
    """What compiling costs and makes: ours by default, with jax.image in brackets."""
    keys = ("dtype", "case", "direction")
    by_library = {
        library: {tuple(p[key] for key in keys): p for p in results["programs"] if _default(p, library)}
        for library in ("ours", "jax.image")
    }
    rows = []
    for key, ours in by_library["ours"].items():
        theirs = by_library["jax.image"][key]
        if "error" not in ours and "error" not in theirs:
            rows.append([Cell(", ".join(key)), *_facts(ours, theirs)])
    headers = ["program", "compile, s", "program, KiB", "temporary, KiB", "read and written, MB", "Gflop"]
    return Table(f"{results['topology']}: programs of ours (and of jax.image)", headers, rows)


def _default(program: dict[str, Any], library: str) -> bool:
    return program["library"] == library and program["lowering"] in ("auto", None)


def _facts(ours: dict[str, Any], theirs: dict[str, Any]) -> list[Cell]:
    columns = (
        ("compile_s", 1.0),
        ("program_bytes", 2.0**10),
        ("temp_bytes", 2.0**10),
        ("bytes_accessed", 1e6),
        ("flops", 1e9),
    )

    def number(program: dict[str, Any], key: str, unit: float) -> str:
        return "?" if program[key] is None else f"{program[key] / unit:.3g}"

    return [Cell(f"{number(ours, key, unit)} ({number(theirs, key, unit)})") for key, unit in columns]
