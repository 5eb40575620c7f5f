"""Timing of several calls in turn, so that a machine that drifts slows all of them alike."""

import gc
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

# PyTorch's threads spin on when its call is over, and took half of the machine from the peer that came next.
# A longer pause makes all of them slower: the machine goes to sleep.
_PAUSE_S = 5e-3
# A call longer than this needs no untimed call before its sample: caches and threads hardly matter to it.
_LONG_CALL = 0.5
_FEWEST_SAMPLES = 3


@dataclass(frozen=True)
class Call:
    """Something to time.

    Args:
      launch: does the work, or starts it on a device.
      wait: returns when the result of ``launch`` is there.
      before: runs untimed before each sample, to set a number of threads.
    """

    launch: Callable[[], Any]
    wait: Callable[[Any], Any] = lambda result: result
    before: Callable[[], Any] = lambda: None


@dataclass(frozen=True)
class Settings:
    """How long to measure.

    Args:
      repeats: samples of each call.
      sample_s: a sample repeats its call until it should last this long, in seconds.
      budget_s: a call that has taken this long in all takes no further samples, but never fewer than 3.
      wait_each: wait for every call, as on a CPU; otherwise once at the end of a sample, so that the
        launch of one call hides behind the work of the one before, as it does in a training step.
    """

    repeats: int = 25
    sample_s: float = 2e-3
    budget_s: float = 5.0
    wait_each: bool = True


@dataclass(frozen=True)
class Times:
    """Seconds per call: the median of the samples and their quartiles."""

    median_s: float
    lower_s: float
    upper_s: float
    samples: int
    calls_per_sample: int

    def as_dict(self) -> dict[str, float]:
        """As JSON holds it."""
        return asdict(self)


def measure(calls: Mapping[str, Call], settings: Settings) -> dict[str, Times]:
    """Times every call in interleaved rounds; each round begins with another one of them."""
    names = list(calls)
    inner = {name: _calls_per_sample(calls[name], settings) for name in names}
    samples: dict[str, list[float]] = {name: [] for name in names}
    spent = dict.fromkeys(names, 0.0)
    with _no_collection():
        for turn in range(settings.repeats):
            for name in _rotated(names, turn):
                if spent[name] > settings.budget_s and len(samples[name]) >= _FEWEST_SAMPLES:
                    continue
                began = time.perf_counter()
                warm = not samples[name] or samples[name][-1] < _LONG_CALL
                samples[name].append(_sample(calls[name], inner[name], settings, warm=warm))
                spent[name] += time.perf_counter() - began
    return {name: summarise(samples[name], inner[name]) for name in names}


def summarise(samples: Sequence[float], calls_per_sample: int) -> Times:
    """Median and quartiles of samples in seconds per call."""
    lower, median, upper = np.quantile(np.asarray(samples, np.float64), (0.25, 0.5, 0.75)).tolist()
    return Times(median, lower, upper, len(samples), calls_per_sample)


def geometric_mean(ratios: Sequence[float]) -> float:
    """The mean that does not depend on which of the two times is on top; NaN of nothing."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def once(call: Call) -> float:
    """Seconds that one call takes, waiting included."""
    call.before()
    began = time.perf_counter()
    call.wait(call.launch())
    return time.perf_counter() - began


def _calls_per_sample(call: Call, settings: Settings) -> int:
    seconds = once(call)
    if seconds < _LONG_CALL:  # the first one may have started threads or filled caches
        seconds = once(call)
    return max(1, math.ceil(settings.sample_s / max(seconds, 1e-9)))


def _sample(call: Call, inner: int, settings: Settings, *, warm: bool) -> float:
    """Seconds per call, over ``inner`` calls after an untimed one that fills caches and wakes threads.

    Before both the threads of the peer whose turn it was are given the time to go to sleep.
    """
    time.sleep(_PAUSE_S)
    if warm:
        once(call)
    call.before()
    began = time.perf_counter()
    result = None
    for _ in range(inner):
        result = call.launch()
        if settings.wait_each:
            call.wait(result)
    if not settings.wait_each:
        call.wait(result)
    return (time.perf_counter() - began) / inner


def _rotated(names: list[str], turn: int) -> list[str]:
    first = turn % max(1, len(names))
    return names[first:] + names[:first]


@contextmanager
def _no_collection() -> Iterator[None]:
    """No pause of Python's garbage collector falls into a sample."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
