"""Keras 3: ``keras.ops.image.resize`` on its JAX backend, which calls `jax.image.resize`.

On its TensorFlow backend the same call gives the numbers of TensorFlow 2.
"""

from dataclasses import replace

from . import jax_image

_METHODS = {
    "nearest": "nearest",
    "bilinear": "linear",
    "bicubic": "cubic",
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
}

ROWS = {
    f"keras:{name}{suffix}": replace(
        jax_image.ROWS[f"jax:{method}{suffix}"],
        library="Keras 3.15.1 (JAX 0.10.2)",
        source="https://keras.io/api/ops/image/#resize-function",
    )
    for name, method in _METHODS.items()
    for suffix in ("", "-antialias")
    if f"jax:{method}{suffix}" in jax_image.ROWS
}
