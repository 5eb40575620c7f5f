"""The peers on JAX: this library, ``jax.image.resize`` and a copy, all compiled ahead of time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import jax_resample as jr

from .cases import LAYOUTS, Case, Layout
from .peers import Peer, Program
from .timing import Call

# What serves the purpose of each mode of PyTorch. Where no method computes the mean of a window, the
# antialiased triangle is what averages.
_JAX_IMAGE = {
    "nearest": "nearest",
    "linear": "linear",
    "bilinear": "linear",
    "trilinear": "linear",
    "bicubic": "cubic",
    "lanczos": "lanczos3",
    "area": "linear",
}


@dataclass(frozen=True, eq=False)
class Jax:
    """A function on JAX arrays.

    Args:
      library: its name.
      layout: of the arrays that it is given.
      of: the function that computes a case.
      setting: what else tells it from other peers of the same library.
      resizes: False for a function of an array that already has the output's shape.
    """

    library: str
    layout: Layout
    of: Callable[[Case, Layout], Callable[[jax.Array], jax.Array]]
    setting: str = ""
    resizes: bool = True

    @property
    def label(self) -> str:
        """The library, its layout and its setting."""
        return " ".join(filter(None, (self.library, self.layout, self.setting)))

    def supports(self, case: Case) -> bool:
        """Every case."""
        return True

    def prepare(self, case: Case, *, gradient: bool) -> Program:
        """Compiled calls; the pull-back is the transpose of the resize, which is linear."""
        function = self.of(case, self.layout)
        x = jnp.asarray(case.input(self.layout) if self.resizes else case.cotangent(self.layout))
        forward, facts = _compiled(function, x)
        program = {"forward": facts}
        backward = None
        if gradient and self.resizes:
            spec = jax.ShapeDtypeStruct(x.shape, x.dtype)
            g = jnp.asarray(case.cotangent(self.layout))
            backward, program["backward"] = _compiled(lambda g: jax.linear_transpose(function, spec)(g)[0], g)
        return Program(forward, backward, np.asarray, program)


def jax_peers(lowerings: tuple[str, ...] = ()) -> list[Peer]:
    """This library and ``jax.image`` in both layouts, and a copy; with ``lowerings``, ours with each."""
    peers: list[Peer] = []
    for layout in LAYOUTS:
        peers.append(Jax("ours", layout, _ours()))
        peers += [Jax("ours", layout, _ours(lowering=name), setting=name) for name in lowerings]
        peers.append(Jax("jax.image", layout, _jax_image))
    return [*peers, Jax("copy", "channels_last", _copy, "jax", resizes=False)]


def _ours(**options: Any) -> Callable[[Case, Layout], Callable[[jax.Array], jax.Array]]:
    def of(case: Case, layout: Layout) -> Callable[[jax.Array], jax.Array]:
        def resize(x: jax.Array) -> jax.Array:
            return jr.interpolate(
                x, case.sizes, mode=case.mode, antialias=case.antialias, data_format=layout, **options
            )

        return resize

    return of


def _jax_image(case: Case, layout: Layout) -> Callable[[jax.Array], jax.Array]:
    shape, method = case.out_shape(layout), _JAX_IMAGE[case.mode]
    antialias = case.antialias or case.mode == "area"

    def resize(x: jax.Array) -> jax.Array:
        y = jax.image.resize(x, shape, method, antialias)
        return jnp.round(y).clip(0, 255).astype(x.dtype) if x.dtype == jnp.uint8 else y

    return resize


def _copy(case: Case, layout: Layout) -> Callable[[jax.Array], jax.Array]:
    """Reads as many bytes as the output has and writes as many; a bare copy XLA would not make."""
    return lambda x: x + jnp.ones((), x.dtype)


def _compiled(function: Callable[[jax.Array], jax.Array], x: jax.Array) -> tuple[Call, dict[str, float]]:
    """A call of ``function`` compiled for ``x``, and what it cost to trace, lower, compile and first run."""
    clock = [time.perf_counter()]

    def lap() -> float:
        clock.append(time.perf_counter())
        return clock[-1] - clock[-2]

    traced = jax.jit(function).trace(x)
    facts = {"trace_s": lap()}
    lowered = traced.lower()
    facts["lower_s"] = lap()
    compiled = lowered.compile()
    facts["compile_s"] = lap()
    jax.block_until_ready(compiled(x))
    facts["first_call_s"] = lap()
    return Call(lambda: compiled(x), jax.block_until_ready), facts | _size(compiled)


def _size(compiled: Any) -> dict[str, float]:
    """Size of the optimised program, and the bytes that it needs beside its input and output."""
    text = compiled.as_text() or ""
    sizes: dict[str, float] = {"hlo_bytes": len(text)}
    sizes["instructions"] = sum(" = " in line for line in text.splitlines())
    memory = compiled.memory_analysis()
    if memory is not None:
        sizes["argument_bytes"] = memory.argument_size_in_bytes
        sizes["output_bytes"] = memory.output_size_in_bytes
        sizes["temp_bytes"] = memory.temp_size_in_bytes
    return sizes
