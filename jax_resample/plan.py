"""The operator of a resize made visible: its taps, and the program chosen on each platform."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax

from .lowering.cost import PLATFORMS
from .lowering.primitive import resample_p
from .lowering.schedule import LOWERINGS, Passes, Schedule, schedule
from .resize import resize

# The GPUs share their prices.
_SHOWN = tuple(name for name in PLATFORMS if name != "rocm")


@dataclass(frozen=True)
class Plan:
    """What a resize of arrays of one shape and dtype computes; `print` shows how, and why so.

    Attributes:
      shape: shape of the input.
      dtype: name of its dtype.
      out_shape: shape of the result.
      passes: for each axis that changes, the axis and its taps.
      lowering: ``"auto"``, or the lowering that the caller names.
    """

    shape: tuple[int, ...]
    dtype: str
    out_shape: tuple[int, ...]
    passes: Passes
    lowering: str

    def schedule(self, platform: str) -> Schedule:
        """The steps taken on a platform, and their price.

        Args:
          platform: ``"cpu"``, ``"cuda"``, ``"rocm"`` or ``"tpu"``.
        """
        return schedule(self.shape, self.passes, platform, self.lowering)

    def __str__(self) -> str:
        lines = [f"{self.dtype} {self.shape} -> {self.out_shape}"]
        lines += [
            f"  axis {axis}: {taps.n} -> {taps.m} samples, K = {taps.support}" for axis, taps in self.passes
        ]
        for platform in _SHOWN if self.passes else ():
            lines += self._platform(platform)
        return "\n".join(lines)

    def _platform(self, platform: str) -> Iterator[str]:
        """The chosen steps with their price, and the price of each lowering where it is asked for."""
        chosen = self.schedule(platform)
        yield f"{platform}: {_steps(chosen)}; {_time(chosen.cost)}"
        others = ((name, schedule(self.shape, self.passes, platform, name)) for name in LOWERINGS[1:])
        dearer = [f"{name} {_time(one.cost)}" for name, one in others if one.steps != chosen.steps]
        if dearer and self.lowering == "auto":
            yield f"  not {', '.join(dearer)}"


def plan(shape: Sequence[int], size: int | Sequence[int], *, dtype: Any = "float32", **options: Any) -> Plan:
    """What `resize` does with arrays of a shape: its taps, and the program chosen on each platform.

    A platform's line names the steps in order. "stored" means that a step's result is written to memory
    before the next one, which otherwise computes what it reads. Prices are those that the choice rests on
    (`jax_resample.lowering.cost`): times of one machine, whose ratios matter. "not" lists what asking for
    another lowering would cost.

    Args:
      shape: shape of the array, batch and channels included.
      size: output length of each resized axis, in samples, as in `resize`.
      dtype: dtype of the array.
      **options: any other option of `resize`.

    Returns:
      The plan: print it, or ask it for the `schedule` of a platform.

    Raises:
      ValueError: as `resize`.
      TypeError: as `resize`.

    Example:
      >>> import jax_resample as jr
      >>> plan = jr.plan((1, 64, 64, 32), (128, 128))
      >>> [step.lowering for step in plan.schedule("cpu").steps]
      ['gather', 'gather']
      >>> [step.lowering for step in plan.schedule("tpu").steps]
      ['matrix', 'matrix']
    """
    x = jax.ShapeDtypeStruct(tuple(shape), dtype)
    traced = jax.make_jaxpr(lambda array: resize(array, size, **options))(x)
    found = next(_equations(traced.jaxpr), None)
    passes, lowering = (found.params["passes"], found.params["lowering"]) if found else ((), "auto")
    return Plan(x.shape, x.dtype.name, traced.out_avals[0].shape, passes, lowering)


def _equations(jaxpr: Any) -> Iterator[Any]:
    """The resampling equations of a program, those of the functions that it calls included."""
    for equation in jaxpr.eqns:
        if equation.primitive is resample_p:
            yield equation
        for called in jax.tree.leaves(tuple(equation.params.values()), is_leaf=lambda v: hasattr(v, "jaxpr")):
            if hasattr(called, "jaxpr"):
                yield from _equations(called.jaxpr)


def _steps(chosen: Schedule) -> str:
    return ", ".join(
        f"axis {step.axis} by {step.lowering}{' (stored)' if step.stored else ''}" for step in chosen.steps
    )


def _time(nanoseconds: float) -> str:
    """A price with three digits and the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"
