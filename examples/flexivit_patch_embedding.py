"""FlexiViT's patch embedding at other patch sizes, by the pseudo-inverse of a resize.

Run it as ``python examples/flexivit_patch_embedding.py``; it needs JAX and NumPy only.

A vision transformer multiplies each patch of an image by a kernel. For patches of another size, resizing the
kernel like an image changes the tokens. FlexiViT (Beyer et al., 2023) asks for the kernel whose product with
a resized patch is the old product: with ``B`` the matrix of the resize, the pseudo-inverse of its transpose
times the old kernel. `jr.plan` is that matrix as an operator, one band per axis, and ``plan.T.pinv()`` its
answer; ``jr.resize_patch_embedding`` is the two in one call.

The first table embeds patches that are resized one by one, for which the formula is exact as they grow. The
second resizes the whole image, as training does, so that patches see across their borders.
"""

import jax
import jax.numpy as jnp
import numpy as np

import jax_resample as jr

OLD, CHANNELS, WIDTH = 8, 3, 64  # pixels of a patch's side, colours, length of a token
GRID = 12  # patches along each side of the image
NEW = (4, 6, 12, 16, 30)


def images(rng: np.random.Generator) -> jax.Array:
    """Four smooth images, ``(4, 96, 96, 3)``: noise of a coarse grid, enlarged."""
    noise = jnp.asarray(rng.standard_normal((4, GRID * 3, GRID * 3, CHANNELS)), jnp.float32)
    return jr.resize(noise, GRID * OLD, method="cubic")


def patches(image: jax.Array, side: int) -> jax.Array:
    """``(batch, patches, side, side, channels)``."""
    batch, height, width, channels = image.shape
    rows, columns = height // side, width // side
    cut = image.reshape(batch, rows, side, columns, side, channels)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(batch, rows * columns, side, side, channels)


def embed(cut: jax.Array, kernel: jax.Array) -> jax.Array:
    """Tokens of patches."""
    return jnp.einsum("bnhwc,hwcd->bnd", cut, kernel, precision="highest")


def by_formula(kernel: jax.Array, side: int) -> np.ndarray:
    """The paper's formula on the whole matrix of the resize, by NumPy."""
    units = np.eye(OLD * OLD, dtype=np.float32).reshape(-1, OLD, OLD, 1)
    matrix = np.asarray(jr.resize(jnp.asarray(units), side)).reshape(OLD * OLD, -1)  # B transposed
    flat = np.asarray(kernel, np.float64).reshape(OLD * OLD, -1)
    return (np.linalg.pinv(matrix.astype(np.float64)) @ flat).reshape(side, side, *kernel.shape[2:])


def off(tokens: jax.Array, wanted: jax.Array) -> float:
    """Root mean square difference over root mean square."""
    return float(jnp.linalg.norm(tokens - wanted) / jnp.linalg.norm(wanted))


def main() -> None:
    """Prints both tables, and how far the operator is from the formula."""
    rng = np.random.default_rng(0)
    image = images(rng)
    kernel = jnp.asarray(rng.standard_normal((OLD, OLD, CHANNELS, WIDTH)), jnp.float32)
    # Trained kernels are smoother than noise.
    kernel = jr.resize(jr.resize(kernel, OLD // 2, axes=(0, 1), antialias=True), OLD, axes=(0, 1))
    wanted = embed(patches(image, OLD), kernel)
    print(jr.plan((OLD, OLD), (NEW[-1], NEW[-1])), end="\n\n")
    print("Tokens for patches of another size: difference from those of 8 x 8 patches")
    print("              each patch resized         whole image resized")
    print("patch     pseudo-inverse  resized    pseudo-inverse  resized     formula")
    for side in NEW:
        new = jr.resize_patch_embedding(kernel, side)
        naive = jr.resize(kernel, side, axes=(0, 1)) * (OLD / side) ** 2
        each = jr.resize(patches(image, OLD), side, axes=(2, 3))
        whole = patches(jr.resize(image, GRID * side), side)
        figures = [off(embed(cut, one), wanted) for cut in (each, whole) for one in (new, naive)]
        formula = float(np.abs(np.asarray(new) - by_formula(kernel, side)).max())
        print(
            f"{side:2d} x {side:2d}      {figures[0]:12.1e}  {figures[1]:7.1e}"
            f"      {figures[2]:12.1e}  {figures[3]:7.1e}     {formula:7.1e}"
        )


if __name__ == "__main__":
    main()
