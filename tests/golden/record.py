"""Records what PyTorch 2.13 answers to every call of ``calls.py``: values, and a pull-back each.

    python -m tests.golden.record           writes the file beside this script, whole or not at all
    python -m tests.golden.record --check   re-records and compares with the committed file

``--check`` asks for equality of integers and of nearest neighbours, and for two units in the last place
elsewhere, since PyTorch chooses kernels by CPU.
"""

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch

from ..tolerances import unit
from .calls import CALLS, FILE, Call, samples

_PATH = Path(__file__).parent / FILE
_CHECK_ULPS = 2.0


def to_numpy(tensor: torch.Tensor) -> np.ndarray:
    """Tensors as NumPy arrays; bfloat16, which NumPy lacks, as float32."""
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).detach().numpy()


def answer(call: Call) -> dict[str, np.ndarray]:
    """The value and, for float32 and float64, the pull-back of ``samples(..., seed=1)``."""
    x = torch.from_numpy(samples(call.shape, call.dtype)).to(getattr(torch, call.dtype))
    if call.has_gradient:
        x.requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the deprecation of the upsample functions
        y = getattr(torch.nn.functional, call.function)(x, **call.keywords)
    recorded = {call.name: to_numpy(y)}
    if call.has_gradient:
        cotangent = torch.from_numpy(samples(tuple(y.shape), call.dtype, seed=1)).to(y.dtype)
        y.backward(cotangent)
        assert x.grad is not None
        recorded[f"{call.name} gradient"] = to_numpy(x.grad)
    return recorded


def record() -> dict[str, np.ndarray]:
    """Every answer, by name."""
    answers: dict[str, np.ndarray] = {}
    for call in CALLS:
        answers |= answer(call)
    return answers


def write(answers: dict[str, np.ndarray]) -> None:
    """Saves the answers, whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=_PATH.parent, suffix=".npz", delete=False) as file:
        np.savez_compressed(file, **answers)
    Path(file.name).replace(_PATH)


def differences(answers: dict[str, np.ndarray]) -> list[str]:
    """What a fresh recording has that the committed one has not."""
    with np.load(_PATH) as committed:
        if set(committed) != set(answers):
            return [f"names differ: {sorted(set(committed) ^ set(answers))[:5]}"]
        return [name for name in committed if _differs(name, committed[name], answers[name])]


def _differs(name: str, old: np.ndarray, new: np.ndarray) -> bool:
    exact = old.dtype.kind != "f" or ("nearest" in name and "gradient" not in name)
    if exact or old.shape != new.shape:
        return not np.array_equal(old, new)
    kind = "bfloat16" if "bfloat16" in name else old.dtype.name
    return bool(np.abs(old.astype(float) - new).max(initial=0) > _CHECK_ULPS * unit(kind, old))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file")
    check = parser.parse_args().check
    if torch.__version__.split("+")[0] not in FILE:
        print(f"this records PyTorch for {FILE}; found {torch.__version__}", file=sys.stderr)
        return 2
    answers = record()
    if not check:
        write(answers)
        print(f"{len(answers)} arrays, {_PATH.stat().st_size / 1024:.0f} KiB")
        return 0
    different = differences(answers)
    print(f"{len(answers)} arrays re-recorded, {len(different)} differ", *different, sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
