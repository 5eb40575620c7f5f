"""Compiles cases for a TPU that is not there: run by ``tpu.py`` under a Python that has libtpu.

Reads one JSON object from standard input, with the ``topology``, names of ``cases``, the ``dtypes`` and the
``lowerings``; writes one JSON object to a line for each program, as soon as it is compiled.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import jax
from jax.experimental import topologies

from .cases import CASES, Case, Layout
from .peers_jax import Jax, jax_peers
from .tpu_estimate import facts

# Channels last is the layout of models in JAX; the compiler chooses the one inside the program itself.
_LAYOUT: Layout = "channels_last"

Function = Callable[[jax.Array], jax.Array]
Shape = tuple[int, ...]


class Compiler:
    """Compiles functions of one array for one TPU core, and no program twice."""

    def __init__(self, topology: str) -> None:
        described = topologies.get_topology_desc(platform="tpu", topology_name=f"{topology}:2x2")
        self.device = described.devices[0]
        self._sharding = jax.sharding.SingleDeviceSharding(self.device)
        self._done: dict[str, dict[str, Any]] = {}

    def facts(self, function: Function, shape: Shape, dtype: str) -> dict[str, Any]:
        """The estimate for ``function`` of one array, and the seconds that compiling took."""
        x = jax.ShapeDtypeStruct(shape, dtype, sharding=self._sharding)
        lowered = jax.jit(function).lower(x)
        program = hashlib.sha256(lowered.as_text().encode()).hexdigest()
        if program not in self._done:
            began = time.perf_counter()
            compiled = lowered.compile()
            took = time.perf_counter() - began
            self._done[program] = {**facts(compiled), "compile_s": took}
        return self._done[program]


def programs(
    compiler: Compiler, case: Case, dtype: str, lowerings: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """The programs of a case, forward and backward, and a copy as a floor."""
    typed = replace(case, dtype=dtype)
    shape, out_shape = typed.shape(_LAYOUT), typed.out_shape(_LAYOUT)
    head = {"case": case.name, "dtype": dtype}
    for peer in jax_peers(lowerings):
        if not isinstance(peer, Jax) or peer.layout != _LAYOUT or not peer.resizes:
            continue
        function = peer.of(typed, _LAYOUT)
        lowering = (peer.setting or "auto") if peer.library == "ours" else None
        named = {**head, "library": peer.library, "lowering": lowering}
        pull_back = _pull_back(function, shape, dtype)
        yield named | {"direction": "forward"} | _attempt(compiler, function, shape, dtype)
        yield named | {"direction": "backward"} | _attempt(compiler, pull_back, out_shape, dtype)
    yield head | {"library": "copy", "lowering": None, "direction": "both"} | _copy(compiler, typed)


def _pull_back(function: Function, shape: Shape, dtype: str) -> Function:
    """The transpose of a linear function, which is its pull-back."""
    return lambda g: jax.linear_transpose(function, jax.ShapeDtypeStruct(shape, dtype))(g)[0]


def _attempt(compiler: Compiler, function: Function, shape: Shape, dtype: str) -> dict[str, Any]:
    """The facts, or the compiler's refusal in words; one program in many must not end the run."""
    try:
        return compiler.facts(function, shape, dtype)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        return {"error": " ".join(str(error).split())[:500]}


def _copy(compiler: Compiler, case: Case) -> dict[str, Any]:
    """What reading the input and writing the output costs: half of a copy of each."""
    both = [
        compiler.facts(lambda x: x + jax.numpy.ones((), x.dtype), shape, case.dtype)["cycles"]
        for shape in (case.shape(_LAYOUT), case.out_shape(_LAYOUT))
    ]
    return {"cycles": sum(both) // 2}


def main() -> None:
    """Compiles what standard input names."""
    job = json.load(sys.stdin)
    compiler = Compiler(job["topology"])
    kind = compiler.device.device_kind
    print(json.dumps({"device_kind": kind, "libtpu": version("libtpu")}), flush=True)
    for case in (case for case in CASES if case.name in job["cases"]):
        for dtype in job["dtypes"]:
            for program in programs(compiler, case, dtype, tuple(job["lowerings"])):
                print(json.dumps(program), flush=True)


if __name__ == "__main__":
    main()
