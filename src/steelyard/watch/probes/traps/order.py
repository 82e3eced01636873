"""F09 order-matters: a network for bags answers otherwise when the words of a bag change places."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from steelyard.errors import InputError
from steelyard.watch.finding import Finding
from steelyard.watch.probes.traps.comparing import Call, checked, module_of, outputs, undisturbed, worst


def order_matters(
    call: Call,
    inputs: Sequence[Tensor],
    *,
    seed: int,
    equivariant: bool = False,
    module: nn.Module | None = None,
    step: int = 0,
) -> Finding | None:
    """Return a finding when the order of the words in a bag matters.

    Args:
        call: `call(*inputs)` returns one or more outputs, each with the batch first.
        inputs: tensors; those of shape (batch, n, ...), with the n of the first of them, are shuffled along n, each bag in its own way, all alike.
        seed: of the shuffling and of random draws in the network.
        equivariant: the outputs have a row a word, (batch, n, ...), and must be shuffled as the words were (latents); otherwise they must stay as
            they were (logits, value).
        module: the module behind `call`, if `call` isn't one: it is put into evaluation mode meanwhile.
        step: when it was looked at.

    Returns:
        `F09` (warning) or None.

    Raises:
        InputError: no input of shape (batch, n, ...) with n of 2 or more, or outputs that have no place for the words.

    Example:
        >>> bags = torch.randn(8, 5, 16, generator=torch.Generator().manual_seed(0))
        >>> layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        >>> order_matters(layer, [bags], seed=0, equivariant=True) is None
        True
        >>> places = torch.randn(5, 16, generator=torch.Generator().manual_seed(1))
        >>> order_matters(lambda x: layer(x + places), [bags], seed=0, equivariant=True, module=layer).code
        'F09'

    When it is wrong: order may be meant to matter, in sentences for example. A positional code smaller than rounding isn't seen.
    """
    tensors = checked(inputs, least=1)
    places = next((each.shape[1] for each in tensors if each.ndim > 1), 0)
    if places < 2:
        raise InputError(
            "`inputs` must hold a tensor of shape (batch, n, ...) with n of 2 or more; give bags of several words"
        )
    generator = torch.Generator().manual_seed(seed)
    batch = len(tensors[0])
    orders = torch.rand(batch, places, generator=generator).argsort(dim=1)
    same = (orders == torch.arange(places)).all(dim=1)
    orders[same] = orders[same].roll(1, dims=1)  # no bag stays as it is
    shuffled = tuple(
        _shuffled(each, orders) if each.ndim > 1 and each.shape[1] == places else each for each in tensors
    )
    with undisturbed(module_of(call, module)):
        before, after = (outputs(call, given, seed=seed) for given in (tensors, shuffled))
    if equivariant:
        if not all(each.ndim > 1 and each.shape[1] == places for each in before):
            raise InputError(
                f"with `equivariant` outputs must have shape (batch, {places}, ...), but got {[tuple(each.shape) for each in before]}"
            )
        before = [_shuffled(each, orders) for each in before]
    moved, tolerance, usual = worst(list(zip(before, after, strict=True)))
    if moved <= tolerance:
        return None
    return Finding(
        code="F09",
        name="order-matters",
        severity="warning",
        evidence={"moved": moved, "threshold": tolerance, "spread_of_outputs": usual},
        meaning="The same bag with its words in another order gives other outputs: the network has to learn every order of every bag.",
        advice="Leave positional codes out, and pool over words by a mean or attention; if order means something, allow this finding.",
        step=step,
    )


def _shuffled(values: Tensor, orders: Tensor) -> Tensor:
    rows = torch.arange(len(values), device=values.device)[:, None]
    return values[rows, orders.to(values.device)]
