"""``python -m benchmarks sampling``: ``grid_sample`` beside PyTorch's and JAX's own ``map_coordinates``.

Forward, and forward with both gradients.
"""

from dataclasses import asdict
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rich.table import Table

from .cases import LAYOUTS, Layout
from .command import settings
from .cpu import Out, Quick, Repeats
from .environment import cores, on_cpu
from .running import console, fail, payload, save, target
from .sampling_cases import CASES, DIRECTIONS, SampleCase, Sampler, both_gradients, samplers
from .timing import Call, Settings, geometric_mean, measure

# Largest difference from PyTorch, over the largest magnitude, with which a case is timed.
_TOLERANCE = 1e-5
PEERS = ("torch", "jax.scipy")


def torch_calls(case: SampleCase, layout: Layout) -> tuple[dict[str, Call], list[np.ndarray]]:
    """PyTorch's forward, and forward with backward, with all threads; and its results, channels last."""
    import torch

    torch.set_num_threads(cores())
    x, grid, g = (torch.from_numpy(a) for a in case.arrays())
    x, g = (torch.movedim(a, -1, 1) for a in (x, g))
    if layout == "channels_first":
        x, g = x.contiguous(), g.contiguous()
    x, grid = x.requires_grad_(), grid.requires_grad_()

    def sample(x: Any, grid: Any) -> Any:
        function = torch.nn.functional.grid_sample
        return function(x, grid, case.mode, case.padding_mode, align_corners=False)

    def both() -> Any:
        y = sample(x, grid)
        return (y, *torch.autograd.grad(y, (x, grid), g))

    y, to_x, to_grid = (a.detach() for a in both())
    last = [np.moveaxis(y.numpy(), 1, -1), np.moveaxis(to_x.numpy(), 1, -1), to_grid.numpy()]
    plain = x.detach(), grid.detach()
    return {"forward": Call(lambda: sample(*plain)), "both": Call(both)}, last


def jax_calls(
    sample: Sampler, case: SampleCase, layout: Layout
) -> tuple[dict[str, Call], list[np.ndarray], dict[str, dict[str, float]]]:
    """Compiled calls of a function, their results, channels last, and their memory over image and result."""
    first = layout == "channels_first"
    x, grid, g = map(jnp.asarray, case.arrays())
    if first:
        x, g = (jnp.asarray(np.moveaxis(np.asarray(a), -1, 1).copy()) for a in (x, g))
    forward = jax.jit(sample).lower(x, grid).compile()
    both = jax.jit(both_gradients(sample)).lower(x, grid, g).compile()
    y, to_x, to_grid = map(np.asarray, both(x, grid, g))
    last = [np.moveaxis(a, 1, -1) if first else a for a in (y, to_x)]
    calls = {
        "forward": Call(lambda: forward(x, grid), jax.block_until_ready),
        "both": Call(lambda: both(x, grid, g), jax.block_until_ready),
    }
    size = x.nbytes + g.nbytes
    memory = {}
    for name, program in (("forward", forward), ("both", both)):
        used = program.memory_analysis()
        memory[name] = {"temporary_over_image_and_result": used.temp_size_in_bytes / size if used else np.nan}
    return calls, [*last, to_grid], memory


def run(case: SampleCase, layout: Layout, chosen: Settings) -> dict[str, Any]:
    """One case in one layout: seconds per call of the libraries, interleaved, or what differs."""
    theirs, expected = torch_calls(case, layout)
    on_jax = {name: jax_calls(sample, case, layout) for name, sample in samplers(case, layout).items()}
    libraries = {name: (calls, results) for name, (calls, results, _) in on_jax.items()}
    libraries["torch"] = (theirs, expected)
    memory = on_jax["ours"][2]
    differences = {
        name: [
            float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))
            for a, b in zip(of, expected, strict=True)
        ]
        for name, (_, of) in libraries.items()
        if name != "torch"
    }
    done: dict[str, Any] = {**asdict(case), "layout": layout, "differences": differences, "memory": memory}
    if not all(d <= _TOLERANCE for of in differences.values() for d in of):  # a NaN is not
        return {**done, "cells": []}
    calls = {f"{library} {name}": call for library, (of, _) in libraries.items() for name, call in of.items()}
    return {**done, "cells": [{"call": name, **t.as_dict()} for name, t in measure(calls, chosen).items()]}


def ratios(done: dict[str, Any], peer: str) -> dict[str, float]:
    """A peer's median time over ours, by direction; nothing where it was not timed."""
    times = {cell["call"]: cell["median_s"] for cell in done["cells"]}
    found = {name: times.get(f"{peer} {name}") for name in DIRECTIONS}
    return {name: theirs / times[f"ours {name}"] for name, theirs in found.items() if theirs}


def show(results: list[dict[str, Any]]) -> None:
    """A table of the ratios and their geometric means by layout."""
    columns = [(peer, name) for peer in PEERS for name in DIRECTIONS]
    table = Table(
        "case", "layout", *(f"{peer} {name}" for peer, name in columns), title="Their time over ours"
    )
    for done in results:
        found = [ratios(done, peer).get(name) for peer, name in columns]
        table.add_row(done["name"], done["layout"], *(f"{r:.2f}" if r else "" for r in found))
    for layout in LAYOUTS:
        of = [done for done in results if done["layout"] == layout]
        found = [[r[name] for done in of if name in (r := ratios(done, peer))] for peer, name in columns]
        table.add_row("geometric mean", layout, *(f"{geometric_mean(r):.2f}" if r else "" for r in found))
    console.print(table)


def sampling(repeats: Repeats = None, quick: Quick = False, out: Out = None) -> None:
    """Times grid_sample on the CPU beside PyTorch and jax.scipy, in both layouts."""
    prepared = on_cpu()
    chosen = settings(quick=quick, repeats=repeats)
    results = payload("sampling", chosen, **prepared)
    results["cases"] = [run(case, layout, chosen) for case in CASES for layout in LAYOUTS]
    show(results["cases"])
    path = target("sampling", out, quick=quick, partial=False)
    if path is not None:
        save(path, results)
    if any(not done["cells"] for done in results["cases"]):
        fail("some results differ from torch's, and those cases were not timed; see above")
