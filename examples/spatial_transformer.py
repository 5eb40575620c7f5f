"""A spatial transformer learns to turn handwritten digits upright.

Scikit-learn's digits (real scans, 8 x 8 pixels) are turned by angles that the network is not told. Its
localisation part looks at an image and answers with an angle; `jr.nnx.SpatialTransformer` turns the image by
it. What is learnt comes through the gradient to the sampling coordinates alone: the loss only compares pixels
of the result with the upright digit.

    pip install "jax_resample[flax]" scikit-learn
    python examples/spatial_transformer.py
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

import jax_resample as jr

STEPS, BATCH, LARGEST_ANGLE = 600, 128, np.pi / 4


def turns(angle: jax.Array) -> jax.Array:
    """The maps ``(batch, 2, 3)`` that turn images by angles ``(batch,)``."""
    cosine, sine, zero = jnp.cos(angle), jnp.sin(angle), jnp.zeros_like(angle)
    return jnp.stack([jnp.stack([cosine, -sine, zero], -1), jnp.stack([sine, cosine, zero], -1)], axis=-2)


class Localization(nnx.Module):
    """From an image to the map that turns it; at first, by no angle."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.hidden = nnx.Linear(64, 96, rngs=rngs)
        self.second = nnx.Linear(96, 96, rngs=rngs)
        self.angle = nnx.Linear(96, 1, kernel_init=nnx.initializers.zeros_init(), rngs=rngs)

    def angles(self, x: jax.Array) -> jax.Array:
        """``(batch,)``, in radians."""
        return self.angle(nnx.relu(self.second(nnx.relu(self.hidden(x.reshape(len(x), -1))))))[:, 0]

    def __call__(self, x: jax.Array) -> jax.Array:
        """``(batch, 2, 3)``, the maps."""
        return turns(self.angles(x))


def loss(layer: nnx.Module, turned: jax.Array, upright: jax.Array) -> jax.Array:
    """Mean square of the difference in pixels."""
    return jnp.mean((layer(turned) - upright) ** 2)


@nnx.jit
def train(layer: nnx.Module, optimizer: nnx.Optimizer, images: jax.Array, key: jax.Array) -> None:
    """All steps, each on a batch of digits turned by new angles."""

    def step(carry: tuple[nnx.Module, nnx.Optimizer], key: jax.Array) -> tuple:
        layer, optimizer = carry
        choice, angle = jax.random.split(key)
        upright = images[jax.random.randint(choice, (BATCH,), 0, len(images))]
        angles = jax.random.uniform(angle, (BATCH,), minval=-LARGEST_ANGLE, maxval=LARGEST_ANGLE)
        turned = jr.nnx.SpatialTransformer()(upright, turns(angles))
        optimizer.update(layer, nnx.grad(loss)(layer, turned, upright))
        return (layer, optimizer), None

    nnx.scan(step, in_axes=(nnx.Carry, 0))((layer, optimizer), jax.random.split(key, STEPS))


def main() -> None:
    """Trains, and prints what is left of the differences on digits that training did not see."""
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError:
        sys.exit("This example needs scikit-learn's digits; install it with: pip install scikit-learn")
    digits = load_digits(return_X_y=True)[0].reshape(-1, 8, 8, 1)
    images = jnp.asarray(digits / 16, jnp.float32)
    seen, unseen = images[:1500], images[1500:]
    localization = Localization(nnx.Rngs(0))
    layer = jr.nnx.SpatialTransformer(localization)
    angles = jax.random.uniform(
        jax.random.key(1), (len(unseen),), minval=-LARGEST_ANGLE, maxval=LARGEST_ANGLE
    )
    turned = jr.nnx.SpatialTransformer()(unseen, turns(angles))
    before = float(loss(layer, turned, unseen))
    train(layer, nnx.Optimizer(layer, optax.adam(2e-3), wrt=nnx.Param), seen, jax.random.key(2))
    after = float(loss(layer, turned, unseen))
    left = np.degrees(np.asarray(angles + localization.angles(turned)))
    given = np.degrees(np.asarray(angles))
    print(f"mean square difference   {before:.4f} before, {after:.4f} after {STEPS} steps")
    print(
        f"mean angle to upright    {np.abs(given).mean():.1f} degrees before, {np.abs(left).mean():.1f} after"
    )


if __name__ == "__main__":
    main()
