"""Record what sampled optimiser steps did: gradients, size of updates, weights that stayed as they were, stale gradients.

Everything hangs on hooks that look and change nothing: optimisers' step hooks, and for one sampled step a hook on one parameter that
sees whether the first backward pass after the step before found the gradient cleared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from steelyard.watch.evidence import Parameter, Updates, Wiring
from steelyard.watch.recording.frozen import Frozen

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer
    from torch.utils.hooks import RemovableHandle

MOST_PARAMETERS = 48
"""Parameters whose updates are followed: evenly chosen from first to last."""

MOST_NUMBERS = 16_384
"""Numbers of each that are followed."""

MOST_SAMPLES = 2048


class OptimizerRecorder:
    """Follows the optimisers of a model.

    Args:
        model: the model.
        optimizers: its optimisers.
        frozen: what was declared frozen.
        guard: runs a function so that an error in it doesn't reach the training.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizers: Sequence[Optimizer],
        *,
        frozen: Frozen,
        guard: Callable[[Callable[[], None]], None],
    ) -> None:
        self.armed = False
        self.step = 0
        self._guard = guard
        self._optimizers = list(optimizers)
        self._frozen = frozen
        self._named = list(model.named_parameters())
        self._handles: list[RemovableHandle] = []
        self._seen = dict.fromkeys((name for name, _ in self._named), 0)
        self._moved = dict(self._seen)
        self._before: dict[str, Tensor] = {}
        self._gradients: dict[str, Tensor] = {}
        self._samples: list[tuple[Any, ...]] = []
        self._accumulations = self._stale = 0
        self._fresh: bool | None = None
        self._first_not_finite, self._first_not_finite_step = "", 0
        self._probe_handle: RemovableHandle | None = None
        self._last_step_of_probe = False
        owned = {id(each) for group in self._groups() for each in group["params"]}
        trained = [(name, each) for name, each in self._named if id(each) in owned and each.requires_grad]
        thin = max(1, -(-len(trained) // MOST_PARAMETERS))
        self._followed = trained[::thin]
        self._smallest = min(trained, key=lambda each: each[1].numel(), default=None)
        for optimizer in self._optimizers:
            self._handles.append(optimizer.register_step_pre_hook(self._before_step))
            self._handles.append(optimizer.register_step_post_hook(self._after_step))

    def arm(self) -> None:
        """Look at the next step."""
        self.armed = True
        self._fresh = None
        if self._probe_handle is None and self._smallest is not None:
            watched: Any = self._smallest[1]  # torch left `register_hook` without types
            self._probe_handle = watched.register_hook(self._incoming)

    def close(self) -> None:
        """Remove every hook."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._disarm()
        self._before.clear()
        self._gradients.clear()

    def wiring(self) -> Wiring:
        """Return how model and optimisers are connected."""
        owned = {id(each) for group in self._groups() for each in group["params"]}
        return Wiring(
            parameters=tuple(
                Parameter(
                    name=name,
                    elements=each.numel(),
                    trainable=each.requires_grad,
                    in_optimizer=id(each) in owned,
                    declared_frozen=self._frozen.has(name, each),
                    seen=self._seen[name],
                    moved=self._moved[name],
                )
                for name, each in self._named
            ),
            optimizers=len(self._optimizers),
            accumulations=self._accumulations,
            stale=self._stale,
            first_not_finite=self._first_not_finite,
            first_not_finite_step=self._first_not_finite_step,
        )

    def updates(self) -> Updates | None:
        """Return what sampled steps did; None before the first."""
        if not self._samples:
            return None
        steps, rates, gradients, ratios, lost, saturated = zip(*self._samples, strict=True)
        return Updates(
            steps=np.array(steps, dtype=np.float64),
            rates=np.array(rates, dtype=np.float64),
            names=tuple(name for name, _ in self._followed),
            gradients=np.array(gradients),
            ratios=np.array(ratios),
            lost=np.array(lost),
            sixteen_bits=tuple(each.element_size() == 2 for _, each in self._followed),
            saturated=np.array(saturated),
        )

    def _groups(self) -> list[dict[str, Any]]:
        return [group for optimizer in self._optimizers for group in optimizer.param_groups]

    def _incoming(self, _gradient: Tensor) -> None:
        """See whether a gradient that comes in finds the last one cleared; called before it is added."""
        if not self.armed or self._smallest is None:
            return
        held = self._smallest[1].grad
        clear = held is None or not bool(held.any())
        self._fresh = clear if self._fresh is None else self._fresh or clear

    def _before_step(self, optimizer: Optimizer, _args: Any, _more: Any) -> None:
        if self.armed:
            self._guard(lambda: self._look_before(optimizer))

    def _after_step(self, optimizer: Optimizer, _args: Any, _more: Any) -> None:
        if self.armed:
            self._guard(lambda: self._look_after(optimizer))

    def _look_before(self, optimizer: Optimizer) -> None:
        if self._smallest is not None and self._owns(optimizer, self._smallest[1]):
            if self._fresh is not None and self.step > 1:
                self._accumulations += 1
                self._stale += not self._fresh
            self._fresh = None
        own = {id(each) for group in optimizer.param_groups for each in group["params"]}
        for name, each in self._named:
            if id(each) not in own or not each.requires_grad:
                continue
            self._seen[name] += 1
            if each.grad is not None and _any(each.grad):
                self._moved[name] += 1
        for name, each in self._followed:
            if id(each) in own:
                self._before[name] = _some(each).clone()
                if each.grad is not None and not each.grad.is_sparse:
                    self._gradients[name] = _some(each.grad).clone()
                    if not self._first_not_finite and not bool(self._gradients[name].isfinite().all()):
                        self._first_not_finite, self._first_not_finite_step = name, self.step

    def _look_after(self, optimizer: Optimizer) -> None:
        own = {id(each) for group in optimizer.param_groups for each in group["params"]}
        row = {name: (math.nan,) * 4 for name, _ in self._followed}
        for name, each in self._followed:
            if id(each) in own and name in self._before and name in self._gradients:
                row[name] = _compared(self._before[name], _some(each), self._gradients[name])
        rates = [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]
        columns = [[row[name][i] for name, _ in self._followed] for i in range(4)]
        self._samples.append((self.step, max(rates, default=math.nan), *columns))
        if len(self._samples) >= MOST_SAMPLES:
            del self._samples[1 : MOST_SAMPLES // 2 : 2]
        self._before.clear()
        self._gradients.clear()

    def _owns(self, optimizer: Optimizer, parameter: Tensor) -> bool:
        return any(each is parameter for group in optimizer.param_groups for each in group["params"])

    def disarm(self) -> None:
        """Stop looking until armed again."""
        self._disarm()

    def _disarm(self) -> None:
        self.armed = False
        if self._probe_handle is not None:
            self._probe_handle.remove()
            self._probe_handle = None


def _any(gradient: Tensor) -> bool:
    """Return whether a gradient isn't all 0 (nan counts as not 0), looking at some of it first."""
    return (not gradient.is_sparse and bool(_some(gradient).any())) or bool(
        (gradient.coalesce().values() if gradient.is_sparse else gradient).any()
    )


def _some(tensor: Tensor) -> Tensor:
    """Return a view of at most so many of a tensor's numbers, spread over it."""
    flat = tensor.detach().reshape(-1)
    return flat if flat.numel() <= MOST_NUMBERS else flat[:: -(-flat.numel() // MOST_NUMBERS)]


def _compared(before: Tensor, after: Tensor, gradient: Tensor) -> tuple[float, float, float, float]:
    """Return root mean square of the gradient, update ratio, share of lost updates, share of saturated gradients."""
    import torch  # noqa: PLC0415 - loaded already

    moved = gradient != 0
    count = int(moved.sum())
    weights = float(before.float().norm())
    update = float((after.float() - before.float()).norm())
    kept = int(((after == before) & moved).sum())
    limit = torch.finfo(gradient.dtype).max / 2
    return (
        float(gradient.float().square().mean().sqrt()),
        update / weights if weights > 0 else math.nan,
        kept / count if count else math.nan,
        float((gradient.abs() >= limit).float().mean()),
    )
