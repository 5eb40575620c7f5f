"""Speed of jax_resample beside its peers: ``python -m benchmarks COMMAND``, from the repository root."""
