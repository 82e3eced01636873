"""F07 samples-leak: what the network makes of one sample depends on the others in the batch."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from steelyard.errors import InputError
from steelyard.watch.finding import Finding
from steelyard.watch.probes.traps.comparing import Call, checked, module_of, outputs, undisturbed, worst

_ROUNDINGS = 100.0
"""Times eps that is called rounding: what is computed of the other samples, and its order, is the same in both calls."""


def batch_leak(
    call: Call, inputs: Sequence[Tensor], *, seed: int, module: nn.Module | None = None, step: int = 0
) -> Finding | None:
    """Return a finding when other samples move as one sample of a batch is exchanged.

    The usual cause is `nn.TransformerEncoderLayer` or an LSTM without `batch_first=True` fed with (batch, n, d): attention then runs over
    the batch. Nothing fails, and the loss even falls.

    Args:
        call: `call(*inputs)` returns one or more outputs, each with the batch first: a module, or a function around one.
        inputs: tensors with the batch first; their first sample is exchanged for the last one that differs from it.
        seed: of random draws in the network, the same for both calls.
        module: the module behind `call`, if `call` isn't one: it is put into evaluation mode meanwhile, in which batch norms don't mix
            samples, and left as it was.
        step: when it was looked at.

    Returns:
        `F07` (error) or None.

    Raises:
        InputError: fewer than three samples, all of them alike, or outputs that aren't a row a sample or aren't finite.

    Example:
        >>> import torch
        >>> bags = torch.randn(8, 5, 16, generator=torch.Generator().manual_seed(0))
        >>> right, wrong = (nn.TransformerEncoderLayer(16, 2, 32, batch_first=first) for first in (True, False))
        >>> batch_leak(right, [bags], seed=0) is None, batch_leak(wrong, [bags], seed=0).code
        (True, 'F07')

    When it is wrong: a leak that is smaller than rounding (100 eps of the largest output) isn't seen. Statistics that are shared on purpose, such as a
    batch norm's in training, aren't looked at.
    """
    tensors = checked(inputs, least=3)
    number = _unlike(tensors)
    changed = tuple(each.clone() for each in tensors)
    for each in changed:
        each[0] = each[number]
    with undisturbed(module_of(call, module)):
        before, after = (outputs(call, given, seed=seed) for given in (tensors, changed))
    moved, tolerance, usual = worst(
        [(one[1:], other[1:]) for one, other in zip(before, after, strict=True)], roundings=_ROUNDINGS
    )
    if moved <= tolerance:
        return None
    return Finding(
        code="F07",
        name="samples-leak",
        severity="error",
        evidence={"moved": moved, "threshold": tolerance, "spread_of_outputs": usual},
        meaning="Exchanging one sample of a batch moves the outputs of others: the network reads across the batch.",
        advice="Give attention and recurrent layers `batch_first=True`, and look for reshapes that mix the first two axes.",
        step=step,
    )


def _unlike(tensors: Sequence[Tensor]) -> int:
    """Return the last sample that isn't the first one again."""
    for number in range(len(tensors[0]) - 1, 0, -1):
        if any(not bool((each[number] == each[0]).all()) for each in tensors):
            return number
    raise InputError("`inputs` must hold at least two different samples, but all are alike; give others")
