"""Calling a network twice on inputs that differ in one respect, and telling rounding from a real difference."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor, nn

from steelyard.errors import InputError

if TYPE_CHECKING:
    from torch.nn.modules.module import Module

Call = Callable[..., Any]
"""Takes the inputs, each with the batch first, and returns a tensor, or a tuple or mapping of tensors, each with the batch first."""
Mode = Literal["train", "eval"]
ROUNDINGS = 1000.0
"""Times the number format's eps, of the largest output, up to which a difference is called rounding: sums in another order reach some tens."""
LEAST_OUTPUT = 10.0
"""Times eps below which an output is what rounding left of a sum that should be 0."""
MOST_TOLERANCE = 0.05
"""The same for formats so short that the rule above would allow anything."""


@contextmanager
def undisturbed(module: Module | None, *, mode: Mode = "eval") -> Iterator[None]:
    """Put a module into a mode, without gradients, and leave it, its buffers and torch's random state as they were.

    Args:
        module: what is called; None where the caller looks after it.
        mode: `eval` (dropout off, batch norms use what they have kept) or `train`.
    """
    modes = [] if module is None else [(each, each.training) for each in module.modules()]
    buffers = [] if module is None else [(each, each.detach().clone()) for each in module.buffers()]
    cuda = sorted({each.device.index or 0 for each in _tensors(module) if each.device.type == "cuda"})
    with torch.random.fork_rng(devices=cuda), torch.no_grad():
        try:
            if module is not None:
                module.train(mode == "train")
            yield
        finally:
            for each, training in modes:
                each.training = training
            for kept, before in buffers:
                kept.copy_(before)


def module_of(call: Call, module: nn.Module | None) -> nn.Module | None:
    """Return the module that is called: the one given, or `call` itself, or the one whose method it is."""
    if module is not None:
        return module
    if isinstance(call, nn.Module):
        return call
    owner = getattr(call, "__self__", None) if inspect.ismethod(call) else None
    return owner if isinstance(owner, nn.Module) else None


def checked(inputs: Sequence[Any], *, least: int = 2) -> tuple[Tensor, ...]:
    """Return inputs that belong together.

    Raises:
        InputError: none, one that isn't a tensor, another number of samples in each, or fewer than `least`.
    """
    tensors = tuple(inputs)
    if not tensors or not all(isinstance(each, Tensor) and each.ndim > 0 for each in tensors):
        raise InputError(
            "`inputs` must be one or more tensors with the batch first; wrap a call that takes anything else"
        )
    sizes = {len(each) for each in tensors}
    if len(sizes) > 1:
        raise InputError(f"`inputs` must hold as many samples each, but got {sorted(sizes)}")
    if min(sizes) < least:
        raise InputError(f"`inputs` must hold at least {least} samples, but got {min(sizes)}; give more")
    return tensors


def outputs(call: Call, inputs: Sequence[Tensor], *, seed: int) -> list[Tensor]:
    """Return the floating-point outputs of a call, its random draws from `seed`.

    Raises:
        InputError: no such output, another number of samples in it, or one that isn't finite.
    """
    torch.manual_seed(seed)
    found = [each.detach() for each in _flat(call(*inputs)) if each.dtype.is_floating_point]
    if not found:
        raise InputError(
            "the network must return at least one tensor of floating-point numbers, but returned none"
        )
    for each in found:
        if each.ndim == 0 or len(each) != len(inputs[0]):
            raise InputError(
                f"each output must have a row for each of the {len(inputs[0])} samples, but got shape {tuple(each.shape)}; "
                "return outputs before they are averaged over the batch"
            )
        if not torch.isfinite(each).all():
            raise InputError("the network's outputs must be finite, but some aren't; look for that first")
    return found


def difference(one: Tensor, other: Tensor, *, roundings: float = ROUNDINGS) -> tuple[float, float]:
    """Return the largest difference of two outputs, and the most that rounding explains.

    Args:
        one: an output.
        other: of the same shape.
        roundings: times eps of the largest output.
    """
    if one.numel() == 0:
        return 0.0, 0.0
    eps = torch.finfo(one.dtype).eps
    share = min(roundings * eps, MOST_TOLERANCE)
    largest = max(float(one.abs().max()), float(other.abs().max()))
    return float((one - other).abs().max()), share * largest + LEAST_OUTPUT * eps


def worst(
    pairs: Sequence[tuple[Tensor, Tensor]], *, roundings: float = ROUNDINGS
) -> tuple[float, float, float]:
    """Return of the pair that differs most beyond rounding: its difference, the tolerance, and the spread of the outputs it is part of."""
    ranked = [(*difference(one, other, roundings=roundings), spread(one)) for one, other in pairs]
    return max(ranked, key=lambda each: (each[0] > each[1], each[0] / each[2] if each[2] > 0 else each[0]))


def spread(output: Tensor) -> float:
    """Return the standard deviation of an output over the samples, about each feature's mean; 0 for one sample."""
    if len(output) < 2:
        return 0.0
    values = output.double()
    return float((values - values.mean(dim=0)).square().mean().sqrt())


def _flat(found: Any) -> list[Tensor]:
    if isinstance(found, Tensor):
        return [found]
    if isinstance(found, Mapping):
        return [tensor for each in found.values() for tensor in _flat(each)]
    if isinstance(found, (tuple, list)):
        return [tensor for each in found for tensor in _flat(each)]
    return []


def _tensors(module: Module | None) -> list[Tensor]:
    return [] if module is None else [*module.parameters(), *module.buffers()]
