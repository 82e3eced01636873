"""F11 layers-begin-alike: layers of a stack that start with the same weights, as `nn.TransformerEncoder` makes them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from steelyard.watch.finding import Finding

if TYPE_CHECKING:
    from torch import Tensor, nn


def layers_begin_alike(module: nn.Module, *, step: int = 0) -> Finding | None:
    """Return a finding when sibling layers have the same weights, number for number, at initialisation.

    `nn.TransformerEncoder` copies the layer that it is given, weights and all.

    Args:
        module: a network before its first update.
        step: when it was looked at; later than 0 the check hardly says anything.

    Returns:
        `F11` (info: layers at different depths get different gradients and grow apart) or None. Layers that *share* their weights on purpose
        are not meant, nor layers whose weights are constants.

    Example:
        >>> from torch import nn
        >>> layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        >>> stack = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        >>> layers_begin_alike(stack).evidence
        {'layers_alike': 2, 'groups': 1}
        >>> for each in stack.modules():
        ...     if isinstance(each, nn.Linear):
        ...         each.reset_parameters()
        ...     if isinstance(each, nn.MultiheadAttention):
        ...         each._reset_parameters()
        >>> layers_begin_alike(stack) is None
        True

    When it is wrong: a network loaded from a checkpoint doesn't show how it began.
    """
    alike: list[tuple[str, ...]] = []
    inside: tuple[str, ...] = ()
    for name, parent in module.named_modules():
        if name.startswith(inside) and inside:
            continue  # what is in copies is copied
        kinds: dict[tuple[object, ...], list[tuple[str, list[Tensor]]]] = defaultdict(list)
        for child_name, child in parent.named_children():
            weights = list(child.parameters())
            if any(_varies(each) for each in weights):
                shapes = tuple((key, tuple(each.shape)) for key, each in child.named_parameters())
                kinds[(type(child), shapes)].append((f"{name}.{child_name}".strip("."), weights))
        for siblings in kinds.values():
            alike += _groups(siblings)
        inside = tuple(f"{each}." for group in alike for each in group)
    if not alike:
        return None
    return Finding(
        code="F11",
        name="layers-begin-alike",
        severity="info",
        evidence={"layers_alike": sum(map(len, alike)), "groups": len(alike)},
        meaning=f"These layers begin with the same weights, number for number: {'; '.join(', '.join(group) for group in alike)}.",
        advice="Initialise each layer anew, as PyTorch's documentation of `nn.TransformerEncoder` advises; they grow apart in training, but later.",
        step=step,
    )


def _groups(siblings: list[tuple[str, list[Tensor]]]) -> list[tuple[str, ...]]:
    """Return the names of siblings with equal weights in storages of their own, group by group."""
    left, found = siblings, []
    while left:
        (name, weights), *others = left
        same = [each for each in others if _equal(weights, each[1])]
        if same:
            found.append((name, *(each[0] for each in same)))
        left = [each for each in others if each not in same] if same else others
    return found


def _equal(one: list[Tensor], other: list[Tensor]) -> bool:
    if all(a.data_ptr() == b.data_ptr() for a, b in zip(one, other, strict=True)):
        return False  # shared on purpose
    return all(a.device == b.device and bool((a == b).all()) for a, b in zip(one, other, strict=True))


def _varies(weights: Tensor) -> bool:
    return weights.numel() > 1 and bool((weights != weights.flatten()[0]).any())
