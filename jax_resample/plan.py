"""The operator of a resize made visible: applied, transposed, composed, inverted, printed and drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import prod
from typing import TYPE_CHECKING, Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from . import banded, checks, dtypes
from .axis import Axis
from .cli import pictures
from .conventions import Convention
from .inspection import plan_text
from .inspection.landing import landing
from .lowering.primitive import resample_p
from .lowering.schedule import Passes, Schedule, schedule
from .resize import _resample, _row, normalised_axes, resize

if TYPE_CHECKING:
    from jaxtyping import Array, Num

_MOST_ENTRIES = 1 << 26  # of a dense matrix: 512 MiB


@jax.tree_util.register_static
@dataclass(frozen=True, repr=False)
class Plan:
    """What a resize of arrays of one shape and dtype computes: a linear operator, one band per axis.

    A plan made by `plan` runs the very program of `resize`. Plans derived from it (`T`, `@`, `pinv`) are
    operators of the same kind and meet the same lowerings; their weights are rounded once to the type that
    computes. Plans are hashable, and static arguments under ``jit``.

    Attributes:
      shape: shape of the input.
      dtype: name of its dtype, and of the result's.
      out_shape: shape of the result.
      passes: for each axis that changes, the axis and its taps.
      lowering: ``"auto"``, or the lowering that the caller names.
      cval: what lies outside the array: the difference from it is resampled.
      axes: the axes that were to be resized, those that keep their length included.
      convention: the row that the taps follow; None for a plan derived from others.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> double = jr.plan((4,), 8)
      >>> double(jnp.arange(4.0))
      Array([0.  , 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.  ], dtype=float32)
      >>> (double.T @ double).as_matrix()[0]
      array([1.625, 0.375, 0.   , 0.   ])
      >>> print(jr.plan((2, 1), 4, axes=0))  # doctest: +ELLIPSIS
      float32 (2, 1) -> (4, 1)
        axis 0: 2 -> 4 samples, K = 2
          output  lands at  sum of
               0     -0.25  1 x[0]
               1      0.25  0.75 x[0] + 0.25 x[1]
               2      0.75  0.25 x[0] + 0.75 x[1]
               3      1.25  1 x[1]
      cpu: axis 0 by ...
    """

    shape: tuple[int, ...]
    dtype: str
    out_shape: tuple[int, ...]
    passes: Passes
    lowering: str
    cval: float = 0.0
    axes: tuple[int, ...] = field(default=(), compare=False)
    convention: Convention | None = field(default=None, compare=False)

    def __call__(self, x: "Num[Array, '...']") -> "Num[Array, '...']":
        """The operator applied to an array of its shape and dtype; differentiable, batched by ``vmap``.

        Raises:
          ValueError: another shape.
          TypeError: another dtype, or no array.
        """
        x = checks.as_array(x, "x")
        if x.shape != self.shape:
            checks.refuse("x", f"have the plan's shape {self.shape}", str(x.shape))
        if x.dtype.name != self.dtype:
            checks.refuse("x", f"have the plan's dtype {self.dtype}", x.dtype.name, TypeError)
        return _resample(x, passes=self.passes, cval=self.cval, lowering=self.lowering)

    @property
    def T(self) -> "Plan":  # noqa: N802 - as in NumPy
        """The transposed operator: what reverse mode applies to a cotangent. `cval` has no part in it.

        Raises:
          TypeError: an integer dtype, whose results are rounded.
        """
        self._check_linear("T")
        adjoint = tuple((axis, taps.transposed) for axis, taps in reversed(self.passes))
        return self._derived(self.out_shape, self.shape, adjoint, 0.0)

    def __matmul__(self, other: "Plan") -> "Plan":
        """``other``, then this, as one operator: ``(a @ b)(x)`` is ``a(b(x))``, with one rounding.

        Each axis of the product is a band as wide as both together read.

        Raises:
          ValueError: this plan does not take what ``other`` gives, or another `cval` lies outside.
          TypeError: an integer dtype, whose results are rounded, or no plan.
        """
        if not isinstance(other, Plan):
            checks.refuse("other", "be a plan", type(other).__name__, TypeError)
        if (self.shape, self.dtype) != (other.out_shape, other.dtype):
            rule = f"give what this plan takes, {self.dtype} {self.shape}"
            checks.refuse("other", rule, f"{other.dtype} {other.out_shape}")
        if self.cval != other.cval:
            checks.refuse("other", f"have this plan's cval {self.cval}", str(other.cval))
        for one in (self, other):
            one._check_linear("@")
        kind = dtypes.compute_dtype(self.dtype)
        outer, inner = dict(self.passes), dict(other.passes)
        both = {a: banded.compose(outer[a], inner[a], kind) for a in inner if a in outer}
        passes = tuple((inner | outer | both).items())
        return self._derived(other.shape, self.out_shape, passes, self.cval)

    def pinv(self, *, rcond: float | None = None) -> "Plan":
        """The Moore-Penrose inverse: of all inputs that give an output best, the smallest.

        The operator is a Kronecker product of its axes, and so is its inverse, axis by axis. Its bands
        are full. Computed in float64 from the weights that run.

        Args:
          rcond: singular values of an axis up to this fraction of its largest count as zero; by default
            the spacing of the weights' type times the longer of both lengths.

        Raises:
          ValueError: a negative ``rcond``.
          TypeError: an integer dtype, whose results are rounded.
        """
        self._check_linear("pinv")
        if rcond is not None and checks.a_number(rcond, "rcond") < 0:
            checks.refuse("rcond", "be at least 0", repr(rcond))
        kind = dtypes.compute_dtype(self.dtype)
        inverse = tuple((a, banded.pseudo_inverse(t, kind, rcond)) for a, t in reversed(self.passes))
        return self._derived(self.out_shape, self.shape, inverse, self.cval)

    def as_matrix(self, axis: int | None = None) -> np.ndarray:
        """The weights as a dense matrix, for inspection; nothing computes with it.

        Args:
          axis: the axis whose ``(m, n)`` matrix is wanted; the identity where it does not change. By
            default the matrix of the whole operator on the axes that change, flattened in row-major
            order: the Kronecker product of theirs.

        Returns:
          float64, which holds the weights as they are; fixed-point weights are scaled back.

        Raises:
          ValueError: no such axis, or a product of more than 2**26 entries.
          TypeError: an axis that is no integer.
        """
        if axis is not None:
            return self._matrix_of(axis)
        ordered = [taps for _, taps in sorted(self.passes, key=lambda item: item[0])]
        entries = prod(taps.m * taps.n for taps in ordered)
        if entries > _MOST_ENTRIES:
            rule = "be given where the whole matrix has more than 2**26 entries"
            checks.refuse("axis", rule, f"None for {entries} entries")
        return reduce(np.kron, map(banded.matrix, ordered), np.ones((1, 1)))

    def coordinates(self, axis: int) -> np.ndarray | None:
        """Where the outputs along an axis land in the input, in pixels, before any boundary rule.

        Args:
          axis: an axis that was to be resized.

        Returns:
          ``(m,)`` float64; None for a plan derived from others.

        Raises:
          ValueError: another axis.
        """
        if self.convention is None:
            return None
        named = self._named(axis)
        if named not in self.axes:
            checks.refuse("axis", f"be one of the resized axes {self.axes}", repr(axis))
        lengths, sizes = (tuple(shape[a] for a in self.axes) for shape in (self.shape, self.out_shape))
        row = self.convention.per_axis(lengths, sizes)[self.axes.index(named)]
        at = Axis(self.shape[named], self.out_shape[named], row, dtypes.compute_dtype(self.dtype))
        return landing(at)

    def schedule(self, platform: str) -> Schedule:
        """The steps taken on a platform, and their price.

        Args:
          platform: ``"cpu"``, ``"cuda"``, ``"rocm"`` or ``"tpu"``.
        """
        return schedule(self.shape, self.passes, platform, self.lowering)

    def plot(self) -> Any:
        """A picture of every axis: which samples each output reads, and with what weights.

        Returns:
          a ``matplotlib.figure.Figure``.

        Raises:
          ModuleNotFoundError: matplotlib is not installed; the message names the install line.
        """
        named = [(f"axis {axis}", taps) for axis, taps in sorted(self.passes, key=lambda item: item[0])]
        return pictures("taps_picture").draw_operator(plan_text.title(self), named)

    def __str__(self) -> str:
        return plan_text.text(self)

    def __repr__(self) -> str:
        return plan_text.summary(self)

    def _repr_html_(self) -> str:
        return plan_text.html(self)

    def _matrix_of(self, axis: int) -> np.ndarray:
        named = self._named(axis)
        taps = dict(self.passes).get(named)
        return np.eye(self.shape[named]) if taps is None else banded.matrix(taps)

    def _named(self, axis: int) -> int:
        rank, named = len(self.shape), checks.an_integer(axis, "axis")
        if not -rank <= named < rank:
            checks.refuse("axis", f"lie in [-{rank}, {rank})", repr(axis))
        return named % rank

    def _derived(
        self, shape: tuple[int, ...], out_shape: tuple[int, ...], passes: Passes, cval: float
    ) -> "Plan":
        return Plan(shape, self.dtype, out_shape, passes, self.lowering, cval)

    def _check_linear(self, operation: str) -> None:
        if not jnp.issubdtype(self.dtype, jnp.inexact):
            rule = f"be floating or complex for `{operation}`: results of integers are rounded"
            checks.refuse("dtype", rule, self.dtype, TypeError)


def plan(shape: Sequence[int], size: int | Sequence[int], *, dtype: Any = "float32", **options: Any) -> Plan:
    """What `resize` does with arrays of a shape: its taps, and the program chosen on each platform.

    `print` shows each axis with its taps, then a line for each platform that names the steps in order.
    "stored" means that a step's result is written to memory before the next one, which otherwise computes
    what it reads. Prices are those that the choice rests on (`jax_resample.lowering.cost`): times of one
    machine, whose ratios matter. "not" lists what asking for another lowering would cost.

    Args:
      shape: shape of the array, batch and channels included.
      size: output length of each resized axis, in samples, as in `resize`.
      dtype: dtype of the array.
      **options: any other option of `resize`.

    Returns:
      The plan: print it, apply it, transpose it, or ask it for the `schedule` of a platform.

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
    flags = {name: options.get(name, False) for name in ("align_corners", "antialias")}
    row = _row(options.get("method"), options.get("convention"), **flags)
    axes = normalised_axes(cast(jax.Array, x), options.get("axes"))
    out_shape = traced.out_avals[0].shape
    return Plan(x.shape, x.dtype.name, out_shape, passes, lowering, row.cval, axes, row)


def _equations(jaxpr: Any) -> Iterator[Any]:
    """The resampling equations of a program, those of the functions that it calls included."""
    for equation in jaxpr.eqns:
        if equation.primitive is resample_p:
            yield equation
        for called in jax.tree.leaves(tuple(equation.params.values()), is_leaf=lambda v: hasattr(v, "jaxpr")):
            if hasattr(called, "jaxpr"):
                yield from _equations(called.jaxpr)
