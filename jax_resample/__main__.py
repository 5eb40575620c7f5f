"""``python -m jax_resample``: the command ``jax-resample``."""

from .cli import main

if __name__ == "__main__":
    main()
