"""``python -m benchmarks sampling``: ``grid_sample`` beside PyTorch's and JAX's own ``map_coordinates``.

Forward, and forward with both gradients.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rich.table import Table

import jax_resample as jr
from jax_resample.compat import torch as compat

from .cases import LAYOUTS, Layout
from .command import settings
from .cpu import Out, Quick, Repeats
from .environment import cores, on_cpu
from .running import console, fail, payload, save, target
from .timing import Call, Settings, geometric_mean, measure

_SEED = 20261123
# Largest difference from PyTorch, over the largest magnitude, with which a case is timed.
_TOLERANCE = 1e-5
DIRECTIONS = ("forward", "both")
PEERS = ("torch", "jax.scipy")
# Names that `jax.scipy.ndimage` has for the paddings.
_MODES = {"zeros": "constant", "border": "nearest", "reflection": "reflect"}


@dataclass(frozen=True)
class SampleCase:
    """One batch of images or volumes, sampled at a smooth grid with some noise.

    Args:
      name: unique, without spaces.
      batch: number of images.
      channels: channels of each.
      lengths: spatial lengths of the input, outermost first.
      sizes: spatial lengths of the grid.
      mode: ``mode`` of ``grid_sample``.
      padding_mode: ``padding_mode`` of ``grid_sample``.
    """

    name: str
    batch: int
    channels: int
    lengths: tuple[int, ...]
    sizes: tuple[int, ...]
    mode: str = "bilinear"
    padding_mode: str = "zeros"

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Images and cotangents, channels last, and grids."""
        rng, rank = np.random.default_rng(_SEED), len(self.sizes)
        axes = np.meshgrid(*(np.linspace(-0.95, 0.95, m) for m in self.sizes), indexing="ij")
        smooth = np.stack(axes[::-1], axis=-1)
        grid = smooth + 0.02 * rng.standard_normal((self.batch, *self.sizes, rank))
        x = rng.standard_normal((self.batch, *self.lengths, self.channels), np.float32)
        g = rng.standard_normal((self.batch, *self.sizes, self.channels), np.float32)
        return x, grid.astype(np.float32), g


CASES: tuple[SampleCase, ...] = (
    SampleCase("photos-224", 16, 3, (224, 224), (224, 224)),
    SampleCase("mnist-transformer", 64, 1, (28, 28), (28, 28), "bilinear", "border"),
    SampleCase("features-16", 2, 16, (256, 256), (256, 256)),
    SampleCase("flow-warp-64", 8, 64, (64, 64), (64, 64), "bilinear", "border"),
    SampleCase("attention-128", 4, 128, (32, 32), (32, 32)),
    SampleCase("reflection-32", 4, 32, (96, 96), (96, 96), "bilinear", "reflection"),
    SampleCase("nearest-labels", 8, 4, (128, 128), (128, 128), "nearest"),
    SampleCase("bicubic-photos", 4, 3, (128, 128), (128, 128), "bicubic"),
    SampleCase("volume-4", 1, 4, (32, 48, 48), (32, 48, 48)),
)


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


def our_calls(
    case: SampleCase, layout: Layout
) -> tuple[dict[str, Call], list[np.ndarray], dict[str, dict[str, float]]]:
    """The same of this library, and the memory that its programs take, as multiples of image and result."""
    first = layout == "channels_first"
    x, grid, g = map(jnp.asarray, case.arrays())
    if first:
        x, g = (jnp.asarray(np.moveaxis(np.asarray(a), -1, 1).copy()) for a in (x, g))
    options: dict[str, Any] = {"mode": case.mode, "padding_mode": case.padding_mode, "align_corners": False}
    function: Callable[..., Any] = compat.grid_sample if first else jr.grid_sample

    def sample(x: jax.Array, grid: jax.Array) -> jax.Array:
        return function(x, grid, **options)

    return _jax_calls(sample, x, grid, g, first=first)


def _jax_calls(
    sample: Callable[..., jax.Array], x: jax.Array, grid: jax.Array, g: jax.Array, *, first: bool
) -> tuple[dict[str, Call], list[np.ndarray], dict[str, dict[str, float]]]:
    """Compiled calls of a function of JAX's, their results, channels last, and what memory they take."""

    def pulled(x: jax.Array, grid: jax.Array, g: jax.Array) -> tuple[jax.Array, ...]:
        y, pull = jax.vjp(sample, x, grid)
        return (y, *pull(g))

    forward = jax.jit(sample).lower(x, grid).compile()
    both = jax.jit(pulled).lower(x, grid, g).compile()
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


def jax_calls(case: SampleCase, layout: Layout) -> tuple[dict[str, Call], list[np.ndarray]]:
    """``map_coordinates`` of ``jax.scipy`` at the same places, over batch and channels by ``vmap``."""
    first = layout == "channels_first"
    x, grid, g = map(jnp.asarray, case.arrays())
    if first:
        x, g = (jnp.asarray(np.moveaxis(np.asarray(a), -1, 1).copy()) for a in (x, g))
    mode = _MODES[case.padding_mode]

    def one(x: jax.Array, places: jax.Array) -> jax.Array:
        return jax.scipy.ndimage.map_coordinates(x, list(places), order=1, mode=mode)

    channel = 0 if first else -1
    image = jax.vmap(one, in_axes=(channel, None), out_axes=channel)

    def sample(x: jax.Array, grid: jax.Array) -> jax.Array:
        half = np.asarray(case.lengths[::-1], np.float32) / 2
        places = ((grid + 1) * half - 0.5)[..., ::-1]
        return jax.vmap(image)(x, jnp.moveaxis(places, -1, 1))

    return _jax_calls(sample, x, grid, g, first=first)[:2]


def run(case: SampleCase, layout: Layout, chosen: Settings) -> dict[str, Any]:
    """One case in one layout: seconds per call of the libraries, interleaved, or what differs."""
    theirs, expected = torch_calls(case, layout)
    mine, results, memory = our_calls(case, layout)
    libraries = {"ours": (mine, results), "torch": (theirs, expected)}
    if case.mode == "bilinear":  # its nearest has other ties, and it has no cubic
        libraries["jax.scipy"] = jax_calls(case, layout)
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
