"""The packages that are asked, with the versions that are installed."""

from importlib.metadata import PackageNotFoundError, version

# name in the table and in `jax_resample.compat` -> what the page calls it, and its distributions
PACKAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "torch": ("PyTorch", ("torch",)),
    "torchvision": ("torchvision", ("torchvision",)),
    "jax": ("jax.image", ("jax",)),
    "jax_image": ("jax.image", ("jax",)),
    "keras": ("Keras on JAX", ("keras",)),
    "onnx": ("ONNX's reference", ("onnx",)),
    "pillow": ("Pillow", ("pillow",)),
    "opencv": ("OpenCV", ("opencv-python-headless", "opencv-python")),
    "scipy": ("SciPy", ("scipy",)),
    "skimage": ("scikit-image", ("scikit-image",)),
}


def told(library: str) -> str:
    """The package of a library and its version."""
    name, distributions = PACKAGES[library]
    for distribution in distributions:
        try:
            return f"{name} {version(distribution).split('+')[0]}"
        except PackageNotFoundError:
            continue
    raise PackageNotFoundError(distributions[0])
