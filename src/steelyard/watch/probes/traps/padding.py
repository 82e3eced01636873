"""F12 padding-is-read: what stands where there is no word reaches the outputs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from steelyard.errors import InputError
from steelyard.watch.finding import Finding
from steelyard.watch.probes.traps.comparing import Call, checked, module_of, outputs, undisturbed, worst


def padding_is_read(
    call: Call,
    inputs: Sequence[Tensor],
    *,
    mask: Tensor,
    seed: int,
    module: nn.Module | None = None,
    per_word: bool = False,
    step: int = 0,
) -> Finding | None:
    """Return a finding when outputs change with what stands in the padding.

    Args:
        call: `call(*inputs)` returns one or more outputs, each with the batch first. It must get the mask among `inputs` or know it: a network that
            takes padding to be wherever a certain word stands would see new words.
        inputs: tensors; in those of shape (batch, n, ...) that aren't booleans, places without a word are filled with what stands at places
            with one.
        mask: True where there is a word, shape (batch, n).
        seed: of the filling and of random draws in the network.
        module: the module behind `call`, if `call` isn't one: it is put into evaluation mode meanwhile.
        per_word: the outputs have a row a word, (batch, n, ...): those at padding are not looked at.
        step: when it was looked at.

    Returns:
        `F12` (warning) or None.

    Raises:
        InputError: a mask without padding or without words, or of another shape than the inputs.

    Example:
        >>> bags = torch.randn(8, 5, 16, generator=torch.Generator().manual_seed(0))
        >>> mask = torch.arange(5) < torch.tensor([5, 3, 4, 2, 5, 1, 3, 4])[:, None]
        >>> layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True).eval()
        >>> masked = lambda x: layer(x, src_key_padding_mask=~mask)
        >>> padding_is_read(masked, [bags], mask=mask, seed=0, module=layer, per_word=True) is None
        True
        >>> padding_is_read(layer, [bags], mask=mask, seed=0, per_word=True).code
        'F12'

    When it is wrong: a network that reads how *much* padding there is, but not what stands in it, isn't seen.
    """
    tensors = checked(inputs, least=1)
    if mask.dtype != torch.bool or mask.ndim != 2 or len(mask) != len(tensors[0]):
        raise InputError(
            f"`mask` must be boolean of shape ({len(tensors[0])}, n), but got {mask.dtype} of shape {tuple(mask.shape)}"
        )
    if bool(mask.all()) or not bool(mask.any()):
        raise InputError(
            "`mask` must have words and padding, but has only one of them; give bags of different sizes"
        )
    fillable = [
        each.ndim > 1 and each.shape[:2] == mask.shape and each.dtype != torch.bool for each in tensors
    ]
    if not any(fillable):
        raise InputError(
            f"`inputs` must hold a tensor of shape {tuple(mask.shape)} or more, as the mask, but hold none"
        )
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(int(mask.sum()), (int((~mask).sum()),), generator=generator)
    filled = tuple(
        _filled(each, mask, drawn) if wanted else each for each, wanted in zip(tensors, fillable, strict=True)
    )
    with undisturbed(module_of(call, module)):
        before, after = (outputs(call, given, seed=seed) for given in (tensors, filled))
    if per_word:
        if not all(each.shape[:2] == mask.shape for each in before):
            raise InputError(
                f"with `per_word` outputs must have shape {tuple(mask.shape)} or more, but got {[tuple(each.shape) for each in before]}"
            )
        before, after = ([each[mask.to(each.device)] for each in found] for found in (before, after))
    moved, tolerance, usual = worst(list(zip(before, after, strict=True)))
    if moved <= tolerance:
        return None
    return Finding(
        code="F12",
        name="padding-is-read",
        severity="warning",
        evidence={"moved": moved, "threshold": tolerance, "spread_of_outputs": usual},
        meaning="Outputs change with what stands where there is no word: attention or pooling reads the padding.",
        advice="Hand attention `src_key_padding_mask` (True where there is *no* word), and pool over words only.",
        step=step,
    )


def _filled(values: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
    where = mask.to(values.device)
    filled = values.clone()
    filled[~where] = values[where][drawn.to(values.device)]
    return filled
