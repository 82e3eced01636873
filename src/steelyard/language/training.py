"""Training a network on a stream: truncated back-propagation with the state carried on from window to window."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from steelyard.language.network import LanguageNetwork, State
from steelyard.language.plan import TrainingPlan
from steelyard.language.precision import Arithmetic
from steelyard.language.scoring import piecewise_nats
from steelyard.language.stream import Stream

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a training stands.

    Args:
        step: steps of the optimiser so far.
        steps: of the whole training.
        epoch: passes over the text so far, whole where `validation_nats` is there.
        tokens: tokens trained on so far.
        train_nats: mean loss of the tokens since the epoch began, nats; each measured before the step it led to.
        validation_nats: loss on the validation text in nats, None between epochs or without one. It is measured on pieces that each begin
            after 256 tokens of warm-up; `LanguageModel.score` reads the text as a whole.
        learning_rate: of the last step.
        tokens_per_s: in training, validation apart, since this process began.
    """

    step: int
    steps: int
    epoch: float
    tokens: int
    train_nats: float
    validation_nats: float | None
    learning_rate: float
    tokens_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """The weights at a moment of the training, on the CPU.

    Args:
        step: steps of the optimiser before it.
        tokens: tokens trained on before it.
        weights: by their names.
    """

    step: int
    tokens: int
    weights: Mapping[str, Tensor]


class Training:
    """One training, window by window; everything that the next one depends on is in `state`.

    Args:
        network: trained in place.
        stream: the training text.
        validation: the text that decides which weights are kept and when to stop; None: the last ones, and never.
        plan: how long and how hard.
        arithmetic: number format and device.
        seed: of dropout.
        snapshots: how many copies of the weights to keep: of the untrained network, the trained one, and between them at steps
            in equal ratios, the first after 2; 0 for none.

    Attributes:
        history: an entry for each epoch.
        kept: snapshots so far.
    """

    def __init__(
        self,
        network: LanguageNetwork,
        stream: Stream,
        *,
        validation: Stream | None,
        plan: TrainingPlan,
        arithmetic: Arithmetic,
        seed: int,
        snapshots: int = 0,
    ) -> None:
        self.network, self.validation, self.plan, self.arithmetic = network, validation, plan, arithmetic
        batch = plan.batch_of(stream.tokens)
        self.length = stream.tokens // batch
        ids = torch.from_numpy(stream.ids.astype(np.int64)).to(arithmetic.device)
        self.inputs = ids[: batch * self.length].view(batch, self.length).t().contiguous()
        self.targets = ids[1 : batch * self.length + 1].view(batch, self.length).t().contiguous()
        self.windows = -(-self.length // plan.window)
        self.steps = self.windows * plan.epochs
        self.generator = torch.Generator(device=arithmetic.device).manual_seed(seed)
        self.weights: list[Tensor] = [weight for weight in network.parameters() if weight.requires_grad]
        self.optimiser = _optimiser(plan, self.weights)
        self.average = None if plan.average is None else [weight.detach().clone() for weight in self.weights]
        self.step, self.loss_sum, self.counted = 0, 0.0, 0
        self.carried: State = network.start(batch)
        self.history: list[Progress] = []
        self.best_nats, self.best_epoch = math.inf, 0
        self.best: Weights = {}
        self.kept: list[Snapshot] = []
        self.diverged = False
        self._moments = _moments(self.steps, snapshots)
        self._seconds, self._done = 0.0, 0

    @property
    def epochs_done(self) -> int:
        """Return how many epochs are over."""
        return len(self.history)

    @property
    def tokens(self) -> int:
        """Return the number of tokens trained on so far."""
        within = min((self.step % self.windows) * self.plan.window, self.length)
        return (self.step // self.windows * self.length + within) * self.inputs.shape[1]

    @property
    def finished(self) -> bool:
        """Return whether there is nothing more to train."""
        patience = self.plan.patience
        waited = (
            self.validation is not None
            and patience is not None
            and self.epochs_done - self.best_epoch >= patience
        )
        return self.diverged or self.step >= self.steps or (waited and self.epochs_done > 0)

    def run(
        self, *, on_progress: Callable[[Progress], None] | None = None, minutes: float | None = None
    ) -> None:
        """Train to the end, and leave the network with the weights to keep.

        Args:
            on_progress: told after every window.
            minutes: stop after the epoch in which they are over.
        """
        began = time.monotonic()
        while not self.finished:
            progress = self.advance()
            if on_progress is not None:
                on_progress(progress)
            over = minutes is not None and time.monotonic() - began >= 60 * minutes
            if over and self.step % self.windows == 0:
                break
        self.finish()

    def advance(self) -> Progress:
        """Train on one window (and validate where it is the last of an epoch), and return where that led."""
        if self.step in self._moments:
            self._keep()
        began = time.perf_counter()
        epoch, at = divmod(self.step, self.windows)
        if at == 0:
            self.loss_sum, self.counted = 0.0, 0
        if at == 0 or not self.plan.carry:
            self.carried = self.network.start(self.inputs.shape[1])
        rows = slice(at * self.plan.window, min((at + 1) * self.plan.window, self.length))
        rate = self.plan.rate(step=self.step, steps=self.steps, epoch=epoch)
        loss = self._train(self.inputs[rows], self.targets[rows], rate)
        tokens = self.inputs[rows].numel()
        self.loss_sum += loss * tokens
        self.counted += tokens
        self.step += 1
        self.diverged = not math.isfinite(loss)
        self._seconds += time.perf_counter() - began
        self._done += tokens
        validated = self._validated() if at == self.windows - 1 or self.diverged else None
        progress = Progress(
            step=self.step,
            steps=self.steps,
            epoch=self.step / self.windows,
            tokens=self.tokens,
            train_nats=self.loss_sum / self.counted,
            validation_nats=validated,
            learning_rate=rate,
            tokens_per_s=self._done / self._seconds,
        )
        if at == self.windows - 1 or self.diverged:
            self._end_epoch(progress)
        return progress

    def finish(self) -> None:
        """Leave the network with the weights to keep: the best on the validation text, or the last."""
        last = self.current()
        self.network.load_state_dict(self.best or last)
        if self._moments and (not self.kept or self.kept[-1].step != self.step):
            self._keep()

    def current(self) -> Weights:
        """Return copies of the present weights, averaged where the plan averages."""
        with self._averaged():
            return {name: weight.detach().clone() for name, weight in self.network.state_dict().items()}

    def state(self) -> dict[str, Any]:
        """Return everything that the next window depends on."""
        return {
            "weights": {name: weight.detach().clone() for name, weight in self.network.state_dict().items()},
            "optimiser": self.optimiser.state_dict(),
            "average": self.average,
            "generator": self.generator.get_state(),
            "carried": [list(pair) for pair in self.carried],
            "step": self.step,
            "loss_sum": self.loss_sum,
            "counted": self.counted,
            "history": [_plain(each) for each in self.history],
            "best_nats": self.best_nats,
            "best_epoch": self.best_epoch,
            "best": self.best,
            "kept": [
                {"step": each.step, "tokens": each.tokens, "weights": dict(each.weights)}
                for each in self.kept
            ],
            "diverged": self.diverged,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go to where `state` was taken, of a training of the same text, plan and seed.

        Raises:
            KeyError: a state without all its parts.
            RuntimeError: weights of other shapes.
        """
        self.network.load_state_dict(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = None if state["average"] is None else list(state["average"])
        self.generator.set_state(state["generator"].cpu())
        self.carried = [(hidden, cell) for hidden, cell in state["carried"]]
        self.step, self.loss_sum, self.counted = state["step"], state["loss_sum"], state["counted"]
        self.history = [Progress(**each) for each in state["history"]]
        self.best_nats, self.best_epoch = state["best_nats"], state["best_epoch"]
        self.best = dict(state["best"])
        self.kept = [Snapshot(**each) for each in state["kept"]]
        self.diverged = state["diverged"]

    def _train(self, inputs: Tensor, targets: Tensor, rate: float) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        with self.arithmetic.autocast():
            features, self.carried = self.network(inputs, self.carried, generator=self.generator)
            loss = self.network.loss(features, targets)
        steps = len(inputs) if self.plan.sum_over_time else 1
        torch.autograd.backward(loss * steps if steps > 1 else loss)
        if self.plan.clip is not None:
            if self.plan.clip_by == "norm":
                torch.nn.utils.clip_grad_norm_(self.weights, self.plan.clip)
            else:
                torch.nn.utils.clip_grad_value_(self.weights, self.plan.clip)
        self.optimiser.step()
        if self.average is not None:
            assert self.plan.average is not None
            # A young average must not remember the initial weights for long.
            memory = min(self.plan.average, (1 + self.step) / (10 + self.step))
            with torch.no_grad():
                torch._foreach_lerp_(self.average, self.weights, 1 - memory)
        return float(loss.detach())

    def _validated(self) -> float | None:
        if self.validation is None:
            return None
        with self._averaged():
            return piecewise_nats(self.network, self.validation, arithmetic=self.arithmetic)

    def _end_epoch(self, progress: Progress) -> None:
        self.history.append(progress)
        nats = progress.validation_nats
        if nats is not None and nats < self.best_nats:
            self.best_nats, self.best_epoch = nats, len(self.history)
            self.best = self.current()

    def _keep(self) -> None:
        if self.kept and self.kept[-1].step == self.step:
            return
        weights = {name: weight.cpu() for name, weight in self.current().items()}
        self.kept.append(Snapshot(step=self.step, tokens=self.tokens, weights=weights))

    def _averaged(self) -> _Swapped:
        return _Swapped(self.weights, self.average)


class _Swapped:
    """Put the averaged weights in the place of the present ones for a while."""

    def __init__(self, weights: list[Tensor], average: list[Tensor] | None) -> None:
        self.weights, self.average = weights, average

    def __enter__(self) -> None:
        self._swap()

    def __exit__(self, *_: object) -> None:
        self._swap()

    def _swap(self) -> None:
        if self.average is None:
            return
        for at, weight in enumerate(self.weights):
            weight.data, self.average[at] = self.average[at], weight.data


def _moments(steps: int, snapshots: int) -> frozenset[int]:
    """Return the steps before which weights are kept; the trained network's are kept at the end."""
    if snapshots < 1:
        return frozenset()
    between = np.geomspace(2, steps, max(snapshots - 1, 1))[:-1] if steps > 2 else np.array([])
    return frozenset({0, *(round(float(each)) for each in between)})


def _optimiser(plan: TrainingPlan, weights: list[Tensor]) -> torch.optim.Optimizer:
    match plan.optimiser:
        case "adam":
            matrices = [weight for weight in weights if weight.ndim > 1]
            vectors = [weight for weight in weights if weight.ndim == 1]
            return torch.optim.AdamW(
                [
                    {"params": matrices, "weight_decay": plan.weight_decay},
                    {"params": vectors, "weight_decay": 0.0},
                ],
                lr=plan.learning_rate,
                fused=True,
            )
        case "sgd":
            return torch.optim.SGD(weights, lr=plan.learning_rate)
        case "rmsprop":
            return torch.optim.RMSprop(weights, lr=plan.learning_rate, alpha=0.95)


def _plain(progress: Progress) -> dict[str, Any]:
    return {name: getattr(progress, name) for name in Progress.__slots__}
