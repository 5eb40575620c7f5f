"""The libraries that are timed, one small adapter each, behind one interface."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from .cases import LAYOUTS, Case, Layout
from .environment import cores
from .timing import Call


@dataclass(frozen=True)
class Program:
    """A case made ready for one peer.

    Args:
      forward: the resize.
      backward: its pull-back of one cotangent alone, or None where the peer has no gradient.
      to_numpy: turns what either of them returns into an array in the peer's layout.
      facts: what compiling cost and made, by direction; empty for libraries that do not compile.
    """

    forward: Call
    backward: Call | None
    to_numpy: Callable[[Any], np.ndarray]
    facts: dict[str, dict[str, float]]


class Peer(Protocol):
    """One library in one layout and with one setting; ``label`` is unique, ``library`` is shared."""

    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def library(self) -> str: ...  # noqa: D102
    @property
    def layout(self) -> Layout: ...  # noqa: D102
    def supports(self, case: Case) -> bool:
        """Whether the library has a method for the same purpose."""
        ...

    def prepare(self, case: Case, *, gradient: bool) -> Program:
        """Calls, with all the work done that is not to be timed; with ``gradient``, the backward one too."""
        ...


@dataclass(frozen=True, eq=False)
class Torch:
    """``torch.nn.functional.interpolate`` on contiguous or channels-last tensors."""

    layout: Layout
    threads: int = 0
    device: str = "cpu"
    library: str = "torch"

    @property
    def label(self) -> str:
        """The library, its layout and its threads."""
        threads = f" {self.threads} thread{'s' * (self.threads > 1)}" if self.threads else ""
        return f"torch {self.layout}{threads}"

    def supports(self, case: Case) -> bool:
        """What the device has a kernel for; channels last, from two spatial axes on."""
        if self.layout == "channels_last" and len(case.lengths) < 2:
            return False
        import torch

        tiny = np.zeros((1, case.channels, *(4 for _ in case.lengths)), case.dtype)
        try:
            self._resize(
                torch.from_numpy(tiny).to(self.device), replace(case, sizes=(2,) * len(case.lengths))
            )
        except (RuntimeError, NotImplementedError):
            return False
        return True

    def prepare(self, case: Case, *, gradient: bool) -> Program:
        """Tensors on the device in the layout's memory format, and a graph to pull back through."""
        import torch

        x = self._tensor(case.input("channels_first")).requires_grad_(gradient)
        detached = x.detach()

        def call(launch: Callable[[], Any]) -> Call:
            return Call(launch, self._wait, self._set_threads)

        backward = None
        if gradient:
            y = self._resize(x, case)
            g = self._tensor(case.cotangent("channels_first"))
            backward = call(lambda: torch.autograd.grad(y, x, g, retain_graph=True)[0])
        return Program(call(lambda: self._resize(detached, case)), backward, self._to_numpy, {})

    @staticmethod
    def _resize(x: Any, case: Case) -> Any:
        import torch

        return torch.nn.functional.interpolate(x, case.sizes, mode=case.mode, antialias=case.antialias)

    def _tensor(self, values: np.ndarray) -> Any:
        import torch

        formats = {4: torch.channels_last, 5: torch.channels_last_3d}
        tensor = torch.from_numpy(values).to(self.device)
        if self.layout == "channels_first":
            return tensor
        return tensor.contiguous(memory_format=formats[values.ndim])

    def _wait(self, result: Any) -> Any:
        if self.device != "cpu":
            import torch

            torch.cuda.synchronize()
        return result

    def _set_threads(self) -> None:
        import torch

        if self.threads and torch.get_num_threads() != self.threads:
            torch.set_num_threads(self.threads)

    def _to_numpy(self, result: Any) -> np.ndarray:
        values = result.detach().cpu().numpy()
        return values if self.layout == "channels_first" else np.moveaxis(values, 1, -1)


@dataclass(frozen=True, eq=False)
class Images:
    """A library that resizes one channels-last image at a time and has no gradient.

    Args:
      library: its name.
      methods: its method for each (mode, antialias) of PyTorch that serves the same purpose.
      resize: (image, case, method) to the resized image.
      accepts: what else the library asks of a case.
      convert: made once, before timing, of each image.
    """

    library: str
    methods: dict[tuple[str, bool], Any]
    resize: Callable[[Any, Case, Any], Any]
    accepts: Callable[[Case], bool]
    convert: Callable[[np.ndarray], Any] = lambda image: image
    layout: Layout = "channels_last"

    @property
    def label(self) -> str:
        """The library."""
        return self.library

    def supports(self, case: Case) -> bool:
        """Images with at most four channels, and the methods that the library has."""
        method = (case.mode, case.antialias)
        return len(case.lengths) == 2 and case.channels <= 4 and method in self.methods and self.accepts(case)

    def prepare(self, case: Case, *, gradient: bool) -> Program:
        """The batch as a list of images."""
        images = [self.convert(image) for image in case.input("channels_last")]
        method = self.methods[case.mode, case.antialias]
        forward = Call(lambda: [self.resize(image, case, method) for image in images])
        return Program(forward, None, lambda result: np.stack([np.asarray(y) for y in result]), {})


@dataclass(frozen=True, eq=False)
class Copy:
    """``numpy.copyto`` of as many bytes as the output has: what no resize can beat on one core."""

    library: str = "copy"
    layout: Layout = "channels_last"
    label: str = "copy numpy"

    def supports(self, case: Case) -> bool:
        """Every case."""
        return True

    def prepare(self, case: Case, *, gradient: bool) -> Program:
        """Two arrays of the output's shape."""
        source = case.cotangent("channels_last")
        target = np.empty_like(source)

        def copy() -> np.ndarray:
            np.copyto(target, source)
            return target

        return Program(Call(copy), None, lambda result: result, {})


def opencv() -> Images:
    """``cv2.resize``: it never antialiases, except with its area method."""
    import cv2

    methods = {
        ("bilinear", False): cv2.INTER_LINEAR,
        ("bicubic", False): cv2.INTER_CUBIC,
        ("nearest", False): cv2.INTER_NEAREST,
        ("area", False): cv2.INTER_AREA,
    }

    def resize(image: np.ndarray, case: Case, method: int) -> np.ndarray:
        return cv2.resize(image, case.sizes[::-1], interpolation=method)

    return Images("opencv", methods, resize, lambda case: True)


def pillow() -> Images:
    """``PIL.Image.resize`` of 8-bit images: it always antialiases, which only matters when shrinking."""
    from PIL import Image

    names = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    names["lanczos"] = Image.Resampling.LANCZOS
    methods = {(mode, antialias): method for mode, method in names.items() for antialias in (False, True)}

    def accepts(case: Case) -> bool:
        return case.dtype == "uint8" and case.channels == 3 and (case.antialias or not case.shrinks)

    def resize(image: Any, case: Case, method: Any) -> Any:
        return image.resize(case.sizes[::-1], method)

    return Images("pillow", methods, resize, accepts, Image.fromarray)


def skimage() -> Images:
    """``skimage.transform``: ``resize`` of order 1 without antialiasing, and ``resize_local_mean``."""
    from skimage import transform

    methods = {("bilinear", False): transform.resize, ("area", False): transform.resize_local_mean}

    def resize(image: np.ndarray, case: Case, method: Any) -> np.ndarray:
        if method is transform.resize:
            return method(image, case.sizes, order=1, mode="edge", anti_aliasing=False)
        return method(image, case.sizes, channel_axis=-1)

    return Images("scikit-image", methods, resize, lambda case: case.dtype == "float32")


_IMAGE_LIBRARIES: dict[str, Callable[[], Peer]] = {"cv2": opencv, "PIL": pillow, "skimage": skimage}


def cpu_peers() -> Sequence[Peer]:
    """Every peer that is installed, apart from those on JAX; PyTorch with one thread and with all."""
    found: list[Peer] = []
    if find_spec("torch"):
        threads = sorted({1, cores()})
        found += [Torch(layout, count) for layout in LAYOUTS for count in threads]
    found += [make() for module, make in _IMAGE_LIBRARIES.items() if find_spec(module)]
    return (*found, Copy())
