"""Normalised grids as the tests draw them: inside, far outside, on the lattice of halves, and hostile."""

import numpy as np

SPECIAL = (np.nan, np.inf, -np.inf, 1e10, -1e10, 1e30, 1.0, -1.0, 0.0, 3.0, -3.0, 2.0, -2.0, 1.5)


def grids(
    rng: np.random.Generator, shape: tuple[int, ...], dtype: str, *, hostile: bool = True
) -> np.ndarray:
    """Grids whose first axis, the batch, goes through the kinds, the hostile one first."""
    inside = rng.uniform(-1.1, 1.1, shape)
    wide = rng.uniform(-30, 30, shape)
    lattice = rng.integers(-24, 25, shape) / 8
    special = np.where(rng.random(shape) < 0.15, rng.choice(SPECIAL, shape), inside)
    kinds = (special, inside, wide, lattice) if hostile else (inside, wide, lattice)
    chosen = [kinds[item % len(kinds)][item] for item in range(shape[0])]
    return np.stack(chosen).astype(dtype)
