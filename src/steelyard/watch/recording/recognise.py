"""Recognise a loss by recomputing it: which formula, of these outputs and targets, gives the number that was reported?

A formula counts as recognised when it gives the number to within rounding. So nothing has to be declared, and what is not as it was
meant shows: that the number is a sum, that (B, 1) was spread over (B,), that probabilities were read as logits.

When it is wrong: the loss has a penalty or other terms in it, or the outputs aren't those that the loss was given; then none is recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from steelyard.watch.recording.objective import Form, Kind, Objective

if TYPE_CHECKING:
    from torch import Tensor, nn

RELATIVE = 1e-4
"""How closely a formula must give the reported number; 2e-2 where outputs are of 16 bits."""

SMOOTHINGS = (0.1, 0.05, 0.2, 0.15, 0.01, 0.02, 0.3)
"""Label smoothings that are recognised; others must be said, by a loss module."""

MOST_ELEMENTS = 2**24
"""Outputs above this are not recomputed."""


def recognise(outputs: Tensor, targets: Tensor, loss: float, *, kind: Kind | None = None) -> Objective | None:
    """Return which loss a number is, None if no formula gives it.

    Args:
        outputs: what the loss was given.
        targets: likewise.
        loss: the number.
        kind: only this one.

    Example:
        >>> import torch
        >>> outputs, targets = torch.tensor([[0.3], [-1.0]]), torch.tensor([0.0, 1.0])
        >>> recognise(outputs, targets, float(((outputs.squeeze(1) - targets) ** 2).mean())).kind
        'mse'
        >>> recognise(outputs, targets, float(((outputs - targets) ** 2).mean())).broadcast   # (2, 1) against (2,)
        True
    """
    return next(iter(matching(outputs, targets, loss, kind=kind)), None)


def matching(
    outputs: Tensor, targets: Tensor, loss: float, *, kind: Kind | None = None
) -> tuple[Objective, ...]:
    """Return every loss that a number can be; a second batch tells apart what agrees by accident, as all do in an untrained network.

    Args:
        outputs: what the loss was given.
        targets: likewise.
        loss: the number.
        kind: only this one.
    """
    if outputs.numel() > MOST_ELEMENTS or outputs.numel() == 0 or targets.numel() == 0:
        return ()
    allowed = (2e-2 if outputs.element_size() == 2 else RELATIVE) * max(abs(loss), 1e-6)
    found = []
    for objective, value, count in _candidates(outputs.detach(), targets.detach()):
        if kind is not None and objective.kind != kind:
            continue
        if abs(value - loss) <= allowed:
            found.append(objective)
        if count > 1 and abs(value * count - loss) <= allowed:
            found.append(replace(objective, reduction="sum"))
    return tuple(found)


def from_module(criterion: nn.Module) -> Objective | None:
    """Return what a torch loss module is; None for one that isn't known.

    Example:
        >>> from torch import nn
        >>> from_module(nn.CrossEntropyLoss(label_smoothing=0.1)).smoothing
        0.1
    """
    known: dict[str, tuple[Kind, Form]] = {
        "CrossEntropyLoss": ("cross-entropy", "logits"),
        "NLLLoss": ("cross-entropy", "log-probabilities"),
        "BCEWithLogitsLoss": ("bce", "logits"),
        "BCELoss": ("bce", "probabilities"),
        "MSELoss": ("mse", "values"),
        "L1Loss": ("mae", "values"),
    }
    name = type(criterion).__name__
    if name not in known:
        return None
    kind, form = known[name]
    reduction: Literal["mean", "sum"] = "sum" if getattr(criterion, "reduction", "mean") == "sum" else "mean"
    weight = _numbers(getattr(criterion, "weight", None))
    return Objective(
        kind=kind,
        form=form,
        smoothing=float(getattr(criterion, "label_smoothing", 0.0)),
        weight=weight if kind == "cross-entropy" else None,
        pos_weight=_numbers(getattr(criterion, "pos_weight", None)),
        ignore=int(getattr(criterion, "ignore_index", -100)),
        reduction=reduction,
    )


def guessed(kind: Kind, outputs: Tensor) -> Objective:
    """Return a kind that was declared, its form read off the outputs where no formula gave the reported number."""
    form: Form = "values"
    if kind in {"cross-entropy", "bce"}:
        low, high = float(outputs.detach().min()), float(outputs.detach().max())
        form = "probabilities" if kind == "bce" and low >= 0 and high <= 1 else "logits"
    return Objective(kind=kind, form=form)


def class_axes(outputs: Tensor, targets: Tensor) -> tuple[int, ...]:
    """Return which axes of the outputs may hold the classes of integer targets: none, one, or two where the shapes fit both.

    Example:
        >>> import torch
        >>> class_axes(torch.zeros(8, 5, 3), torch.zeros(8, 5, dtype=torch.long))
        (2,)
        >>> class_axes(torch.zeros(8, 5, 5), torch.zeros(8, 5, dtype=torch.long))
        (1, 2)
    """
    if targets.is_floating_point() or targets.is_complex() or outputs.ndim < 2 or targets.numel() == 0:
        return ()
    if outputs.ndim != targets.ndim + 1:
        many = outputs.shape[-1]
        return (outputs.ndim - 1,) if many > 1 and targets.numel() * many == outputs.numel() else ()
    second = outputs.shape[0] == targets.shape[0] and outputs.shape[2:] == targets.shape[1:]
    last = outputs.ndim > 2 and outputs.shape[:-1] == targets.shape
    return (*((1,) if second else ()), *((outputs.ndim - 1,) if last else ()))


def _candidates(outputs: Tensor, targets: Tensor) -> Iterator[tuple[Objective, float, int]]:
    """Yield what the loss may be, its mean over these outputs, and how many terms a sum would have."""
    from torch.nn import functional as f  # noqa: PLC0415 - torch is loaded when a model is watched

    axes = class_axes(outputs, targets)
    for axis in axes:
        logits = outputs.movedim(axis, -1).reshape(-1, outputs.shape[axis]).float()
        index = targets.reshape(-1).long()
        kept = index != -100
        if not bool(kept.any()) or int(index[kept].min()) < 0 or int(index[kept].max()) >= logits.shape[1]:
            continue
        logits, index = logits[kept], index[kept]
        last = axis == outputs.ndim - 1
        for smoothing in (0.0, *SMOOTHINGS):
            value = float(f.cross_entropy(logits, index, label_smoothing=smoothing))
            yield (
                Objective(kind="cross-entropy", form="logits", smoothing=smoothing, channels_last=last),
                value,
                len(index),
            )
        likelihood = Objective(kind="cross-entropy", form="log-probabilities", channels_last=last)
        yield likelihood, float(f.nll_loss(logits, index)), len(index)
    if outputs.shape == targets.shape and targets.is_floating_point() and outputs.ndim >= 2:
        soft = targets.float()
        if bool((soft.sum(1) - 1).abs().max() < 1e-4):
            yield _of("cross-entropy", "logits"), float(f.cross_entropy(outputs.float(), soft)), len(soft)
    yield from _elementwise(outputs, targets)


def _elementwise(outputs: Tensor, targets: Tensor) -> Iterator[tuple[Objective, float, int]]:
    from torch.nn import functional as f  # noqa: PLC0415

    if outputs.numel() == targets.numel():
        o, y = outputs.reshape(-1).double(), targets.reshape(-1).double()
        count = o.numel()
        if float(y.min()) >= 0 and float(y.max()) <= 1:
            yield _of("bce", "logits"), float(f.binary_cross_entropy_with_logits(o, y)), count
            if float(o.min()) >= 0 and float(o.max()) <= 1:
                yield _of("bce", "probabilities"), float(f.binary_cross_entropy(o, y)), count
        yield _of("mse", "values"), float(((o - y) ** 2).mean()), count
        yield _of("mae", "values"), float((o - y).abs().mean()), count
        if float(y.min()) >= 0:
            yield _of("poisson", "logits"), float((o.exp() - y * o).mean()), count
    if outputs.shape == targets.shape or not _spreads(outputs, targets):
        return
    difference = outputs.double() - targets.double()
    yield _of("mse", "values", broadcast=True), float((difference**2).mean()), difference.numel()
    yield _of("mae", "values", broadcast=True), float(difference.abs().mean()), difference.numel()


def _spreads(outputs: Tensor, targets: Tensor) -> bool:
    import torch  # noqa: PLC0415

    try:
        shape = torch.broadcast_shapes(outputs.shape, targets.shape)  # type: ignore[no-untyped-call] # as torch left it
    except RuntimeError:
        return False
    return bool(outputs.numel() < shape.numel() <= MOST_ELEMENTS)


def _of(kind: Kind, form: Form, *, broadcast: bool = False) -> Objective:
    return Objective(kind=kind, form=form, broadcast=broadcast)


def _numbers(weight: Any) -> tuple[float, ...] | None:
    return None if weight is None else tuple(float(each) for each in weight.detach().reshape(-1).tolist())
