"""Live comparison with PyTorch: it refuses every call of the table, and accepts every neighbour."""

import warnings

import pytest

from ..refusals import IDS, REFUSALS, samples

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("refusal", REFUSALS, ids=IDS)
def test_torch_refuses_it_too(refusal):
    x = torch.from_numpy(samples(refusal)).to(getattr(torch, refusal.dtype))
    function = getattr(torch.nn.functional, refusal.function)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the deprecation of the upsample functions
        with pytest.raises((ValueError, TypeError, RuntimeError, NotImplementedError)):
            function(x, **refusal.keywords)
