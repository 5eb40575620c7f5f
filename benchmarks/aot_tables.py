"""Tables of a compiler's estimates: what ours take by lowering, and jax.image's over them."""

from typing import Any

from .aot_targets import TARGETS, Target
from .tables import Cell, Table, times
from .timing import geometric_mean

_RATIOS = "and in brackets those of jax.image, or jax.scipy, over ours: above 1 this library is faster."
_FLOOR = "The floor is a copy of the input to itself and of the output to itself, halved"
LEGENDS: dict[str, str] = {
    "tpu": (
        f"Thousands of cycles that the TPU compiler expects, {_RATIOS} + marks a sum that leaves out gathers "
        "or other work without an estimate: the program takes longer, and no ratio is given. "
        f"{_FLOOR}; a program whose input is fetched ahead of time can lie below it."
    ),
    "gpu": (
        f"Microseconds that XLA's compiler expects on the GPU, starting kernels apart, {_RATIOS} Products of "
        "cuBLAS, of which only jax.image and the matrix lowering make any, count as if they ran at the "
        "device's greatest speed. + marks a sum that leaves out work without an estimate. "
        f"{_FLOOR}. A sample that several outputs read counts as read by each of them, and an index of "
        "several parts, as grid_sample has, as branches that diverge, so that kernels may well be faster."
    ),
}

# Copies that overlap with other work: the compiler gives them no time of their own.
_OVERLAPPING = frozenset(("copy-start", "slice-start", "async-start"))
# Of the sizes: heading, key, and the unit.
_SIZES: tuple[tuple[str, str, float], ...] = (
    ("compile, s", "compile_s", 1.0),
    ("kernels", "instructions", 1.0),
    ("program, KiB", "program_bytes", 2.0**10),
    ("temporary, KiB", "temp_bytes", 2.0**10),
    ("read and written, MB", "bytes_accessed", 1e6),
    ("Gflop", "flops", 1e9),
)

Program = dict[str, Any]


def tables(results: dict[str, Any]) -> list[Table]:
    """One table of times for each layout, dtype and direction, with geometric means, and one of sizes."""
    target = TARGETS[results["benchmark"].split("-")[0]]
    kinds = list(dict.fromkeys((_layout(p), p["dtype"]) for p in results["programs"]))
    costs = [_costs(results, target, *kind, way) for kind in kinds for way in ("forward", "backward")]
    sampled = [_sampled(results, target)] if results.get("sampling") else []
    return [*costs, _sizes(results), *sampled]


def partial(program: Program) -> bool:
    """Whether the estimate leaves out work that takes time of its own."""
    return bool(set(program["left_out"]) - _OVERLAPPING)


def _layout(program: Program) -> str:
    return program.get("layout", "channels_last")


def _costs(results: dict[str, Any], target: Target, layout: str, dtype: str, direction: str) -> Table:
    programs = [p for p in results["programs"] if p["dtype"] == dtype and _layout(p) == layout]
    lowerings = list(dict.fromkeys(p["lowering"] for p in programs if p["library"] == "ours"))
    headers = ["case", "floor", "jax.image", *(f"ours {name}" for name in lowerings)]
    rows, ratios = [], {name: [] for name in lowerings}
    for case in dict.fromkeys(p["case"] for p in programs):
        here = [p for p in programs if p["case"] == case]
        named = {p["lowering"]: p for p in here if p["library"] == "ours" and p["direction"] == direction}
        theirs = next(p for p in here if p["library"] == "jax.image" and p["direction"] == direction)
        floor = next(p for p in here if p["library"] == "copy")
        row = [Cell(case), Cell(f"{floor[target.unit] / target.shown[1]:.3g}"), _shown(theirs, None, target)]
        for name in lowerings:
            ratio = _ratio(named[name], theirs, target)
            ratios[name] += [] if ratio is None else [ratio]
            row.append(_shown(named[name], ratio, target))
        rows.append(row)
    means = [times(geometric_mean(found)) if found else Cell("") for found in ratios.values()]
    rows.append([Cell("geometric mean"), Cell(""), Cell(""), *means])
    where = ", ".join([results["topology"], layout.replace("_", " "), dtype, direction])
    return Table(f"{where}: {target.shown[0]} expected", headers, rows)


def _sampled(results: dict[str, Any], target: Target) -> Table:
    """``grid_sample`` beside ``jax.scipy``."""
    programs = {(p["case"], p["layout"], p["direction"], p["library"]): p for p in results["sampling"]}
    rows = []
    for case, layout in dict.fromkeys(key[:2] for key in programs):
        row = [Cell(f"{case}, {layout.replace('_', ' ')}")]
        for direction in ("forward", "both"):
            ours = programs[case, layout, direction, "ours"]
            theirs = programs.get((case, layout, direction, "jax.scipy"))
            ratio = None if theirs is None else _ratio(ours, theirs, target)
            row += [Cell("") if theirs is None else _shown(theirs, None, target), _shown(ours, ratio, target)]
        rows.append(row)
    title = f"{results['topology']}: grid_sample of float32, {target.shown[0]} expected"
    ways = ("forward", "and both gradients")
    headers = ["case", *(f"{library}, {way}" for way in ways for library in ("jax.scipy", "ours"))]
    return Table(title, headers, rows)


def _ratio(ours: Program, theirs: Program, target: Target) -> float | None:
    if "error" in ours or "error" in theirs or partial(ours) or partial(theirs):
        return None
    return theirs[target.unit] / max(1e-3, ours[target.unit])


def _shown(program: Program, ratio: float | None, target: Target) -> Cell:
    if "error" in program:
        return Cell("refused", True)
    text = f"{program[target.unit] / target.shown[1]:.4g}{'+' if partial(program) else ''}"
    return Cell(text if ratio is None else f"{text} ({times(ratio).text})", ratio is not None and ratio < 1)


def _sizes(results: dict[str, Any]) -> Table:
    """What compiling costs and makes: ours by default, with jax.image in brackets."""
    by_library = {
        library: {_key(p): p for p in results["programs"] if _default(p, library)}
        for library in ("ours", "jax.image")
    }
    pairs = [(key, ours, by_library["jax.image"][key]) for key, ours in by_library["ours"].items()]
    pairs = [(key, *both) for key, *both in pairs if not any("error" in p for p in both)]
    columns = [c for c in _SIZES if any(p.get(c[1]) for _, *both in pairs for p in both)]
    rows = [[Cell(", ".join(key)), *_facts(ours, theirs, columns)] for key, ours, theirs in pairs]
    title = f"{results['topology']}: programs of ours (and of jax.image)"
    return Table(title, ["program", *(heading for heading, *_ in columns)], rows)


def _key(program: Program) -> tuple[str, ...]:
    return _layout(program).replace("_", " "), program["dtype"], program["case"], program["direction"]


def _default(program: Program, library: str) -> bool:
    return program["library"] == library and program["lowering"] in ("auto", None)


def _facts(ours: Program, theirs: Program, columns: list[tuple[str, str, float]]) -> list[Cell]:
    def number(program: Program, key: str, unit: float) -> str:
        return "?" if program.get(key) is None else f"{program[key] / unit:.3g}"

    return [Cell(f"{number(ours, key, unit)} ({number(theirs, key, unit)})") for _, key, unit in columns]
