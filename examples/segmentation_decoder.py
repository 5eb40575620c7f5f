"""A PyTorch segmentation decoder, ported to Flax: the same logits and the same gradients.

Run it as ``python examples/segmentation_decoder.py``; it needs PyTorch (the CPU build will do) and
``pip install "jax_resample[flax]"``.

The decoder is a small feature pyramid. Features of three resolutions pass a 1x1 convolution, batch norm and
ReLU each; from the coarsest on, the result is upsampled to the next level's size, added to it and smoothed
by a 3x3 convolution; class logits are resized to the label map. Sizes do not divide each other, as is usual
for photographs. The weights are copied to Flax, the loss is cross entropy, and two tables follow: how far
the port with ``jr.nnx.Upsample`` is from PyTorch, and how far with ``jax.image.resize`` in its place.
"""

import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import product
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

import jax_resample as jr

try:
    import torch
    from torch.nn import functional
except ModuleNotFoundError:
    sys.exit("This example compares with PyTorch; install it with: pip install torch")

BATCH, WIDTH, CLASSES = 2, 24, 6
CHANNELS = (64, 32, 16)  # of the features, coarse to fine
SIZES = ((15, 20), (31, 41), (60, 80))
IMAGE, THUMBNAIL = (121, 161), (23, 31)  # label maps; the second is smaller than the finest features

# Both frameworks add up the products of a convolution in orders of their own: 216 of them for a pixel of a
# 3x3 layer, 9,600 for one weight's gradient (every pixel of the batch). The roundings of n terms wander by
# some sqrt(n) ulp, 15 and 98. The limits leave room for other processors; ulp are those of the largest value.
LOGITS_ULP, GRADIENTS_ULP = 64, 512
OURS, THEIRS = "jr.nnx.Upsample", "jax.image.resize"


class Setting(NamedTuple):
    """How a decoder resizes: arguments of ``torch.nn.Upsample``, and the size of the label map."""

    mode: str
    align_corners: bool
    out: tuple[int, int] = IMAGE

    def __str__(self) -> str:
        return f"{self.mode}, align_corners={self.align_corners}, {self.out[0]}x{self.out[1]}"


PORTED = (Setting("bilinear", align_corners=True), Setting("bilinear", align_corners=False))
REPLACED = (
    *PORTED,  # jax.image.resize has no align_corners; without, its bilinear upsampling is PyTorch's
    Setting("bicubic", align_corners=False),  # another cubic (a = -0.5, not -0.75) and another edge
    Setting("bilinear", align_corners=False, out=THUMBNAIL),  # shrinks, where it antialiases by default
)


class TorchDecoder(torch.nn.Module):
    """The original."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        resize = partial(torch.nn.Upsample, mode=setting.mode, align_corners=setting.align_corners)
        self.laterals = torch.nn.ModuleList(torch.nn.Conv2d(c, WIDTH, 1, bias=False) for c in CHANNELS)
        self.norms = torch.nn.ModuleList(torch.nn.BatchNorm2d(WIDTH) for _ in SIZES)
        self.resizes = torch.nn.ModuleList(resize(size=size) for size in SIZES[1:])
        self.smooths = torch.nn.ModuleList(torch.nn.Conv2d(WIDTH, WIDTH, 3, padding=1) for _ in SIZES[1:])
        self.head, self.to_labels = torch.nn.Conv2d(WIDTH, CLASSES, 1), resize(size=setting.out)

    def forward(self, features: Sequence[torch.Tensor]) -> torch.Tensor:
        """Logits of the label map, from features ``(batch, channels, height, width)``, coarse to fine."""
        triples = zip(self.norms, self.laterals, features, strict=True)
        x, *finer = (torch.relu(norm(conv(f))) for norm, conv, f in triples)
        for resize, smooth, level in zip(self.resizes, self.smooths, finer, strict=True):
            x = torch.relu(smooth(resize(x) + level))
        return self.to_labels(self.head(x))


class FlaxDecoder(nnx.Module):
    """The port. Its attributes have the original's names, so that weights find their places."""

    def __init__(self, out: tuple[int, int], resize: Callable[..., Any], dtype: Any) -> None:
        rngs = nnx.Rngs(0)
        conv = partial(nnx.Conv, param_dtype=dtype, rngs=rngs)
        # Compared in evaluation mode; epsilon is 1e-5 in both frameworks.
        norm = partial(nnx.BatchNorm, use_running_average=True, param_dtype=dtype, rngs=rngs)
        self.laterals = nnx.List([conv(c, WIDTH, (1, 1), use_bias=False) for c in CHANNELS])
        self.norms = nnx.List([norm(WIDTH) for _ in SIZES])
        self.resizes = nnx.List([resize(size=size) for size in SIZES[1:]])
        self.smooths = nnx.List([conv(WIDTH, WIDTH, (3, 3), padding=1) for _ in SIZES[1:]])
        self.head, self.to_labels = conv(WIDTH, CLASSES, (1, 1)), resize(size=out)

    def __call__(self, features: Sequence[jax.Array]) -> jax.Array:
        """Logits of the label map, from features ``(batch, height, width, channels)``, coarse to fine."""
        triples = zip(self.norms, self.laterals, features, strict=True)
        x, *finer = (nnx.relu(norm(conv(f))) for norm, conv, f in triples)
        for resize, smooth, level in zip(self.resizes, self.smooths, finer, strict=True):
            x = nnx.relu(smooth(resize(x) + level))
        return self.to_labels(self.head(x))


class JaxImageResize(nnx.Module):
    """The layer that one would write with ``jax.image.resize`` and its defaults."""

    def __init__(self, size: tuple[int, int], mode: str) -> None:
        self.size, self.mode = size, mode

    def __call__(self, x: jax.Array) -> jax.Array:
        """Resizes images ``(batch, height, width, channels)``."""
        return jax.image.resize(x, (x.shape[0], *self.size, x.shape[-1]), self.mode)


def layer(name: str, setting: Setting) -> Callable[..., Any]:
    """What stands for the original's ``torch.nn.Upsample``: called with a size, it gives a layer."""
    if name == OURS:
        return partial(jr.nnx.Upsample, mode=setting.mode, align_corners=setting.align_corners)
    return partial(JaxImageResize, mode=setting.mode)


def random_batch(setting: Setting, dtype: torch.dtype) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Smooth random features, and random labels."""
    torch.manual_seed(0)
    noise = [torch.randn(BATCH, c, h + 4, w + 4) for c, (h, w) in zip(CHANNELS, SIZES, strict=True)]
    features = [5 * functional.avg_pool2d(x, 5, stride=1).to(dtype) for x in noise]
    return features, torch.randint(CLASSES, (BATCH, *setting.out))


@torch.no_grad()
def random_decoder(setting: Setting, features: list[torch.Tensor]) -> TorchDecoder:
    """The original with random weights and statistics, in evaluation mode."""
    torch.manual_seed(1)
    model = TorchDecoder(setting)
    for name, tensor in model.norms.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            tensor.copy_(0.5 + torch.rand(WIDTH))
    model.to(features[0].dtype).eval()
    # Logits of mean zero: otherwise one class would win nearly everywhere.
    model.state_dict()["head.bias"].sub_(model(features).mean((0, 2, 3)))
    return model


def channels_last(tensor: torch.Tensor) -> jax.Array:
    """A PyTorch batch (N, C, H, W) in Flax's layout, (N, H, W, C)."""
    return jnp.asarray(tensor.detach().permute(0, 2, 3, 1).numpy())


def flax_arrays(tensors: dict[str, torch.Tensor]) -> dict[Any, jax.Array]:
    """PyTorch's named tensors by their path in the port; kernels (O, I, h, w) become (h, w, I, O)."""
    arrays = {}
    for name, tensor in tensors.items():
        *path, leaf = (int(part) if part.isdigit() else part for part in name.split("."))
        weight = "kernel" if tensor.ndim == 4 else "scale"
        leaf = {"weight": weight, "running_mean": "mean", "running_var": "var"}.get(str(leaf), leaf)
        array = tensor.detach().numpy()
        arrays[(*path, leaf)] = jnp.asarray(array.transpose(2, 3, 1, 0) if array.ndim == 4 else array)
    return arrays


def ported(original: TorchDecoder, setting: Setting, resize: Callable[..., Any], dtype: Any) -> FlaxDecoder:
    """The port with the original's parameters and running statistics, all of them."""
    model = nnx.eval_shape(lambda: FlaxDecoder(setting.out, resize, dtype))  # shapes only: no initial weights
    tensors = {k: t for k, t in original.state_dict().items() if not k.endswith("num_batches_tracked")}
    arrays, places = flax_arrays(tensors), dict(nnx.to_flat_state(nnx.state(model)))
    assert {k: v.shape for k, v in arrays.items()} == {k: v.shape for k, v in places.items()}
    nnx.update(model, nnx.from_flat_state([(k, v.replace(arrays[k])) for k, v in places.items()]))
    return model


def cross_entropy(model: FlaxDecoder, features: list[jax.Array], labels: jax.Array) -> Any:
    """Mean cross entropy of the labels, and the logits."""
    logits = model(features)
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[..., None], axis=-1)
    return -chosen.mean(), logits


class Difference(NamedTuple):
    """Largest difference: absolute, over the reference's largest magnitude, and in ulp of that."""

    absolute: float
    relative: float
    ulp: float

    @classmethod
    def between(cls, received: jax.Array, expected: jax.Array) -> "Difference":
        """How far ``received`` is from the reference ``expected``."""
        assert received.dtype == expected.dtype
        absolute, largest = np.abs(received - expected).max(), np.abs(expected).max()
        return cls(float(absolute), float(absolute / largest), float(absolute / np.spacing(largest)))


class Comparison(NamedTuple):
    """A port against PyTorch. ``flipped`` is the share of pixels whose predicted label differs."""

    logits: Difference
    gradients: Difference  # of the parameter that is furthest
    parameters: int
    flipped: float


@cache
def compare(setting: Setting, dtype: torch.dtype, name: str) -> Comparison:
    """Runs the original and the port, forward and backward, on the same weights and batch."""
    features, labels = random_batch(setting, dtype)
    original = random_decoder(setting, features)
    logits = original(features)
    functional.cross_entropy(logits, labels).backward()
    tensors = {key: p.grad for key, p in original.named_parameters() if p.grad is not None}
    expected, gradients = channels_last(logits), flax_arrays(tensors)

    port = ported(original, setting, layer(name, setting), expected.dtype)
    step = nnx.jit(nnx.value_and_grad(cross_entropy, has_aux=True))
    (_, received), state = step(port, [channels_last(f) for f in features], jnp.asarray(labels.numpy()))
    ours = {path: v[...] for path, v in nnx.to_flat_state(state)}
    assert ours.keys() == gradients.keys()
    worst = max((Difference.between(ours[k], gradients[k]) for k in ours), key=lambda d: d.relative)
    flipped = float(jnp.mean(received.argmax(-1) != expected.argmax(-1)))
    return Comparison(Difference.between(received, expected), worst, len(ours), flipped)


def main() -> dict[tuple[Setting, torch.dtype, str], Comparison]:
    """Prints both tables and returns their figures."""
    jax.config.update("jax_enable_x64", True)  # for the float64 rows; float32 stays float32
    jax.config.update("jax_default_matmul_precision", "highest")  # GPUs and TPUs shorten factors otherwise
    print(f"PyTorch {torch.__version__}, JAX {jax.__version__} on {jax.default_backend()}")
    figures = {}
    print("\n1. The port with jr.nnx.Upsample: largest differences from PyTorch.")
    print(f"{'':60}{'absolute':>9}{'relative':>10}{'ulp':>7}")
    for setting, dtype in product(PORTED, (torch.float32, torch.float64)):
        found = figures[setting, dtype, OURS] = compare(setting, dtype, OURS)
        assert found.logits.ulp <= LOGITS_ULP, found
        assert found.gradients.ulp <= GRADIENTS_ULP, found
        for what, d in (("logits", found.logits), (f"{found.parameters} gradients", found.gradients)):
            print(f"{setting!s:40}{str(dtype)[6:]:8}{what:12}{d.absolute:9.1e}{d.relative:10.1e}{d.ulp:7.1f}")

    print("\n2. Another layer in its place, float32: differences from PyTorch over the largest value.")
    print(f"{'':58}{'logits':>9}{'gradients':>11}{'labels flipped':>16}")
    for setting, name in product(REPLACED, (OURS, THEIRS)):
        found = figures[setting, torch.float32, name] = compare(setting, torch.float32, name)
        differences = f"{found.logits.relative:9.1e}{found.gradients.relative:11.1e}"
        print(f"{setting!s:40}{name:18}{differences}{found.flipped:16.2%}")
    return figures


if __name__ == "__main__":
    main()
