"""Compiles cases for an accelerator that is not there: run by ``aot.py`` under a Python with its compiler.

Reads one JSON object from standard input, with the ``target``, the ``kind`` of device, names of ``cases`` and
of cases of ``sampling``, the ``dtypes`` and the ``lowerings``; writes one JSON object to a line for each
program, as soon as it is compiled.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from itertools import product
from typing import Any

import jax
from jax.experimental import topologies

from .aot_estimate import facts
from .aot_targets import TARGETS, Target
from .cases import CASES, Case, Layout
from .peers_jax import Jax, jax_peers
from .sampling_cases import CASES as SAMPLE_CASES
from .sampling_cases import SampleCase, both_gradients, samplers

Function = Callable[..., Any]
Shape = tuple[int, ...]


class Compiler:
    """Compiles functions of arrays for one device, and no program twice."""

    def __init__(self, target: Target, kind: str) -> None:
        self.target = target
        self.device = topologies.get_topology_desc(**target.topology(kind)).devices[0]
        self._sharding = jax.sharding.SingleDeviceSharding(self.device)
        self._done: dict[str, dict[str, Any]] = {}

    def facts(self, function: Function, dtype: str, *shapes: Shape) -> dict[str, Any]:
        """The estimate for ``function`` of arrays, and the seconds that compiling took."""
        arrays = [jax.ShapeDtypeStruct(shape, dtype, sharding=self._sharding) for shape in shapes]
        lowered = jax.jit(function).trace(*arrays).lower(lowering_platforms=(self.target.platform,))
        program = hashlib.sha256(lowered.as_text().encode()).hexdigest()
        if program not in self._done:
            began = time.perf_counter()
            compiled = lowered.compile()
            took = time.perf_counter() - began
            self._done[program] = {**facts(compiled, self.target), "compile_s": took}
        return self._done[program]


def programs(
    compiler: Compiler, case: Case, layout: Layout, lowerings: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """The programs of a case, forward and backward, and a copy as a floor."""
    shape, out_shape = case.shape(layout), case.out_shape(layout)
    head = {"case": case.name, "dtype": case.dtype, "layout": layout}
    for peer in jax_peers(lowerings):
        if not isinstance(peer, Jax) or peer.layout != layout or not peer.resizes:
            continue
        function = peer.of(case, layout)
        lowering = (peer.setting or "auto") if peer.library == "ours" else None
        named = {**head, "library": peer.library, "lowering": lowering}
        pull_back = _pull_back(function, shape, case.dtype)
        yield named | {"direction": "forward"} | _attempt(compiler, function, case.dtype, shape)
        yield named | {"direction": "backward"} | _attempt(compiler, pull_back, case.dtype, out_shape)
    copies = _copy(compiler, case, layout)
    yield head | {"library": "copy", "lowering": None, "direction": "both"} | copies


def sampling(compiler: Compiler, case: SampleCase, layout: Layout) -> Iterator[dict[str, Any]]:
    """The programs of ``grid_sample`` and its peer, forward and with both gradients."""
    x, grid, y = case.shapes(layout)
    head = {"case": case.name, "dtype": "float32", "layout": layout}
    for library, sample in samplers(case, layout).items():
        if (library, case.name) in compiler.target.ends_the_compiler:
            continue
        named = head | {"library": library}
        forward = _attempt(compiler, sample, "float32", x, grid)
        both = _attempt(compiler, both_gradients(sample), "float32", x, grid, y)
        yield named | {"direction": "forward"} | forward
        yield named | {"direction": "both"} | both


def _pull_back(function: Function, shape: Shape, dtype: str) -> Function:
    """The transpose of a linear function, which is its pull-back."""
    return lambda g: jax.linear_transpose(function, jax.ShapeDtypeStruct(shape, dtype))(g)[0]


def _attempt(compiler: Compiler, function: Function, dtype: str, *shapes: Shape) -> dict[str, Any]:
    """The facts, or the compiler's refusal in words; one program in many must not end the run."""
    try:
        return compiler.facts(function, dtype, *shapes)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        return {"error": " ".join(str(error).split())[:500]}


def _copy(compiler: Compiler, case: Case, layout: Layout) -> dict[str, Any]:
    """What reading the input and writing the output costs: half of a copy of each."""
    unit = compiler.target.unit
    both = [
        compiler.facts(lambda x: x + jax.numpy.ones((), x.dtype), case.dtype, shape)[unit]
        for shape in (case.shape(layout), case.out_shape(layout))
    ]
    return {unit: sum(both) / 2}


def main() -> None:
    """Compiles what standard input names."""
    job = json.load(sys.stdin)
    target = TARGETS[job["target"]]
    compiler = Compiler(target, job["kind"])
    kind = compiler.device.device_kind
    print(json.dumps({"device_kind": kind, "compiler": version(target.distribution)}), flush=True)
    for case in (case for case in CASES if case.name in job["cases"]):
        for dtype, layout in product(job["dtypes"], target.layouts):
            for program in programs(compiler, replace(case, dtype=dtype), layout, tuple(job["lowerings"])):
                print(json.dumps(program), flush=True)
    for one in (one for one in SAMPLE_CASES if one.name in job["sampling"]):
        for layout in target.layouts:
            for program in sampling(compiler, one, layout):
                print(json.dumps(program), flush=True)


if __name__ == "__main__":
    main()
