"""Multi-scale deformable attention: its core is bilinear sampling of feature maps at learnt places.

Deformable DETR (Zhu et al., 2021) lets every query look at a few points of each feature map and adds up what
they read with attention weights. This example writes the core with `jr.grid_sample` and compares values and
all gradients with the formula written out in NumPy, where reading a pixel is indexing:

    python examples/deformable_attention.py
"""

import jax
import jax.numpy as jnp
import numpy as np

import jax_resample as jr


def deformable_attention(maps: list[jax.Array], locations: jax.Array, weights: jax.Array) -> jax.Array:
    """Samples every map at every query's points and adds them up.

    Args:
      maps: for each of ``L`` levels ``(batch, height, width, heads, channels)``.
      locations: ``(batch, queries, heads, L, points, 2)``, x and y: 0 and 1 are the edges of a map.
      weights: ``(batch, queries, heads, L, points)``.

    Returns:
      ``(batch, queries, heads, channels)``.
    """

    def level(feature: jax.Array, places: jax.Array, weight: jax.Array) -> jax.Array:
        """One head of one image: ``(height, width, channels)`` at ``(queries, points, 2)``."""
        sampled = jr.grid_sample(feature[None], 2 * places[None] - 1)[0]
        return jnp.einsum("qpc,qp->qc", sampled, weight)

    heads = jax.vmap(level, in_axes=(2, 1, 1), out_axes=1)
    batch = jax.vmap(heads)
    each = [batch(m, locations[:, :, :, i], weights[:, :, :, i]) for i, m in enumerate(maps)]
    return sum(each[1:], start=each[0])


def written_out(
    maps: list[np.ndarray], locations: np.ndarray, weights: np.ndarray, cotangent: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray, np.ndarray]:
    """The same by loops over pixels, in float64: the value and its three pull-backs."""
    value = np.zeros(cotangent.shape)
    to_maps, to_locations, to_weights = (
        [np.zeros(m.shape) for m in maps],
        np.zeros(locations.shape),
        np.zeros(weights.shape),
    )
    for b, q, h, i, p in np.ndindex(weights.shape):
        size = np.array(maps[i].shape[2:0:-1])
        place = locations[b, q, h, i, p] * size - 0.5  # pixel centres lie at halves of the map's units
        below = np.floor(place).astype(int)
        for dx, dy in np.ndindex(2, 2):
            x, y = below[0] + dx, below[1] + dy
            if not (0 <= x < size[0] and 0 <= y < size[1]):
                continue
            share = np.array([1 - abs(place[0] - x), 1 - abs(place[1] - y)])
            pixel, pulled, weight = maps[i][b, y, x, h], cotangent[b, q, h], weights[b, q, h, i, p]
            value[b, q, h] += weight * share.prod() * pixel
            to_maps[i][b, y, x, h] += weight * share.prod() * pulled
            to_weights[b, q, h, i, p] += share.prod() * (pixel @ pulled)
            slope = np.array([2 * dx - 1, 2 * dy - 1]) * share[::-1] * size
            to_locations[b, q, h, i, p] += weight * slope * (pixel @ pulled)
    return value, to_maps, to_locations, to_weights


def random_input(seed: int = 0) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """Three levels, two images, two heads, five queries with four points a level, some outside the map."""
    rng = np.random.default_rng(seed)
    maps = [rng.standard_normal((2, h, w, 2, 8)) for h, w in ((12, 16), (6, 8), (3, 4))]
    locations = rng.uniform(-0.1, 1.1, (2, 5, 2, 3, 4, 2))
    scores = np.exp(rng.standard_normal((2, 5, 2, 12)))
    weights = (scores / scores.sum(axis=-1, keepdims=True)).reshape(2, 5, 2, 3, 4)
    return maps, locations, weights, rng.standard_normal((2, 5, 2, 8))


def main() -> None:
    """Prints how far both are apart."""
    maps, locations, weights, cotangent = random_input()
    expected = written_out(maps, locations, weights, cotangent)
    arguments = jax.tree.map(lambda v: jnp.asarray(v, jnp.float32), (maps, locations, weights))
    value, pull = jax.vjp(jax.jit(deformable_attention), *arguments)
    received = (value, *pull(jnp.asarray(cotangent, jnp.float32)))
    names = ("value", "gradient to the maps", "gradient to the locations", "gradient to the weights")
    for name, mine, theirs in zip(names, received, expected, strict=True):
        pairs = list(zip(jax.tree.leaves(mine), jax.tree.leaves(theirs), strict=True))
        largest = max(float(np.abs(t).max()) for _, t in pairs)
        off = max(float(np.abs(np.asarray(m, np.float64) - t).max()) for m, t in pairs)
        print(f"{name:26s} {off / largest:.1e} of the largest")


if __name__ == "__main__":
    main()
