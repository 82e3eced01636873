"""Training a network on images: Adam, a rate that falls when validation stalls, the best epoch's weights; resumable exactly."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steelyard.errors import InputError
from steelyard.imaging.backbones.named import head_of
from steelyard.imaging.images import Images
from steelyard.imaging.loading import Wanted, batches
from steelyard.imaging.losses import Loss
from steelyard.imaging.preparation import Preparation

Trainable = Literal["all", "all but batch norm", "head"]
"""What learns; a batch norm that doesn't learn also keeps the statistics that it normalises with."""
Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Images and what is to be learned of them.

    Args:
        images: all of them.
        targets: shape (images, outputs) of 0 and 1, or (images,) of class numbers.
    """

    images: Images
    targets: NDArray[Any]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a network is trained; the defaults are CheXNet's.

    Args:
        epochs: most passes over the training images.
        batch_size: images a step.
        learning_rate: Adam's, at the start.
        decay: what the rate is multiplied with when validation stalls.
        plateau: epochs without a lower validation loss after which it stalls.
        patience: epochs without a lower validation loss after which training ends.
        weight_decay: of Adam.
        flip: probability that a training image is mirrored.
        trainable: what learns.
        precision: `bfloat16` computes convolutions in 16 bits where the processor has them (weights stay in 32), `auto` where that
            is faster.
        workers: threads that read images ahead.
        seed: of order and mirroring.
    """

    epochs: int = 30
    batch_size: int = 16
    learning_rate: float = 1e-3
    decay: float = 0.1
    plateau: int = 1
    patience: int = 6
    weight_decay: float = 0.0
    flip: float = 0.5
    trainable: Trainable = "all"
    precision: Precision = "auto"
    workers: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What one pass came to.

    Args:
        epoch: from 1.
        train_loss: mean over the pass's images while the weights changed, nats.
        validation_loss: after it, nats; the training loss where there is no validation.
        learning_rate: during it.
    """

    epoch: int
    train_loss: float
    validation_loss: float
    learning_rate: float


@dataclass(slots=True, kw_only=True, eq=False)
class Training:
    """A training between two steps: everything that the next step depends on.

    Args:
        network: what learns, in place.
        recipe: how.
        loss: of a batch.
        preparation: of images.
        device: where.
    """

    network: nn.Module
    recipe: Recipe
    loss: Loss
    preparation: Preparation
    device: torch.device
    optimizer: torch.optim.Adam = field(init=False)
    schedule: torch.optim.lr_scheduler.ReduceLROnPlateau = field(init=False)
    history: list[Epoch] = field(default_factory=list)
    step: int = 0
    loss_sum: float = 0.0
    best_loss: float = math.inf
    best_epoch: int = 0
    best_weights: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        recipe = self.recipe
        self.network.to(self.device)
        chosen = choose_trainable(self.network, recipe.trainable)
        self.optimizer = torch.optim.Adam(chosen, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self.optimizer, factor=recipe.decay, patience=recipe.plateau - 1, threshold=0.0
        )

    @property
    def ended(self) -> bool:
        """Say whether there is nothing left to train."""
        done = len(self.history)
        return done >= self.recipe.epochs or done - self.best_epoch >= self.recipe.patience

    @property
    def learning_rate(self) -> float:
        """Return the present one."""
        return float(self.optimizer.param_groups[0]["lr"])

    def state(self) -> dict[str, Any]:
        """Return everything that the next step depends on."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": _plain(self.schedule.state_dict()),
            "history": [asdict(epoch) for epoch in self.history],
            "step": self.step,
            "loss_sum": self.loss_sum,
            "best_loss": self.best_loss,
            "best_epoch": self.best_epoch,
            "best_weights": dict(self.best_weights),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go to where `state` was taken, of a training of the same images and recipe.

        Raises:
            KeyError: a state without all its parts.
            RuntimeError: weights of other shapes.
        """
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.history[:] = [Epoch(**each) for each in state["history"]]
        self.step, self.loss_sum = state["step"], state["loss_sum"]
        self.best_loss, self.best_epoch = state["best_loss"], state["best_epoch"]
        self.best_weights = state["best_weights"]


def train(
    training: Training,
    examples: Examples,
    validation: Examples | None,
    *,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_step: Callable[[int, int], None] | None = None,
    keep: Callable[[Training], None] | None = None,
    keep_seconds: float = 300.0,
) -> None:
    """Train from where the training stands to its end, and give the network the best epoch's weights.

    Args:
        training: fresh, or as a checkpoint left it.
        examples: what is learned from.
        validation: what decides on rate, end and best epoch; None: the training loss.
        on_epoch: called after every epoch.
        on_step: called after every step with the steps of the epoch so far and in all.
        keep: writes a checkpoint; called after every epoch and within one every `keep_seconds`.
        keep_seconds: between two checkpoints within an epoch.

    Raises:
        InputError: an image that can't be read, or a loss that isn't finite any more.
    """
    kept_at = time.monotonic()
    while not training.ended:
        plan = _epoch_plan(training.recipe, len(examples), epoch=len(training.history))
        images = batches(
            examples.images, training.preparation, plan[training.step :], workers=training.recipe.workers
        )
        for batch in images:
            wanted = plan[training.step]
            _learn(training, batch, examples.targets[wanted.chosen])
            training.step += 1
            if on_step is not None:
                on_step(training.step, len(plan))
            if keep is not None and training.step < len(plan) and time.monotonic() - kept_at >= keep_seconds:
                keep(training)
                kept_at = time.monotonic()
        _end_epoch(training, examples, validation)
        if on_epoch is not None:
            on_epoch(training.history[-1])
        if keep is not None:
            keep(training)
            kept_at = time.monotonic()
    training.network.load_state_dict(training.best_weights)
    training.network.eval()


def _learn(training: Training, batch: Tensor, targets: NDArray[Any]) -> None:
    """Make one step; torch's global generator, which dropout draws from, depends on seed, epoch and step only."""
    set_mode(training.network, training.recipe.trainable)
    seed = _seed(training.recipe.seed, 1, len(training.history), training.step)
    with seeded(seed, training.device):
        training.optimizer.zero_grad(set_to_none=True)
        with _computed_in(training.recipe.precision, training.device):
            logits = training.network(batch.to(training.device))
        loss = training.loss(logits.float(), torch.from_numpy(targets).to(training.device))
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        training.optimizer.step()
    value = loss.item()
    if not math.isfinite(value):
        raise InputError(
            f"the loss must stay finite, but was {value} in step {training.step + 1} of epoch {len(training.history) + 1}; lower the learning rate"
        )
    training.loss_sum += value * len(targets)


def _end_epoch(training: Training, examples: Examples, validation: Examples | None) -> None:
    train_loss = training.loss_sum / len(examples)
    rate = training.learning_rate
    loss = train_loss if validation is None else mean_loss(training, validation)
    epoch = Epoch(
        epoch=len(training.history) + 1, train_loss=train_loss, validation_loss=loss, learning_rate=rate
    )
    training.history.append(epoch)
    training.schedule.step(loss)
    training.step, training.loss_sum = 0, 0.0
    if loss < training.best_loss:
        training.best_loss, training.best_epoch = loss, epoch.epoch
        training.best_weights = copy.deepcopy(training.network.state_dict())
    if not training.best_weights:
        raise InputError(
            f"the validation loss must be finite, but was {loss} after the first epoch; lower the learning rate"
        )


def mean_loss(training: Training, examples: Examples) -> float:
    """Return the mean loss over examples, in nats."""
    logits = outputs(
        training.network,
        examples.images,
        training.preparation,
        device=training.device,
        precision=training.recipe.precision,
        workers=training.recipe.workers,
    )
    return float(training.loss(logits, torch.from_numpy(examples.targets)))


def outputs(
    network: nn.Module,
    images: Images,
    preparation: Preparation,
    *,
    device: torch.device,
    batch_size: int = 32,
    precision: Precision = "auto",
    workers: int = 0,
    on_batch: Callable[[int], None] | None = None,
) -> Tensor:
    """Return a network's logits for all images, shape (images, outputs), on the CPU.

    Args:
        network: put into evaluation mode.
        images: all of them.
        preparation: what becomes of an image.
        device: where the network is.
        batch_size: images at a time.
        precision: as in `Recipe`.
        workers: threads that read ahead.
        on_batch: called after every batch with the number of images done.

    Raises:
        InputError: an image that can't be read.
    """
    network.eval()
    parts = np.split(np.arange(len(images)), np.arange(batch_size, len(images), batch_size))
    found, done = [], 0
    with torch.inference_mode(), _computed_in(precision, device):
        for batch in batches(images, preparation, [Wanted(chosen=part) for part in parts], workers=workers):
            found.append(network(batch.to(device)).float().cpu())
            done += len(batch)
            if on_batch is not None:
                on_batch(done)
    return torch.cat(found)


def choose_trainable(network: nn.Module, trainable: Trainable) -> list[nn.Parameter]:
    """Say by `requires_grad` which parameters learn, and return them."""
    network.requires_grad_(trainable != "head")
    head_of(network).requires_grad_(True)
    if trainable == "all but batch norm":
        for module in network.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):  # noqa: SLF001 - the only base of all batch norms
                module.requires_grad_(False)
    return [each for each in network.parameters() if each.requires_grad]


def set_mode(network: nn.Module, trainable: Trainable) -> None:
    """Put a network into training mode, and what doesn't learn into evaluation mode."""
    network.train(trainable != "head")
    if trainable == "all but batch norm":
        for module in network.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):  # noqa: SLF001 - the only base of all batch norms
                module.eval()


def bfloat16_gains(device: torch.device) -> bool:
    """Say whether 16-bit convolutions are faster there: GPUs that have them, processors with AMX or AVX-512 bf16."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))


def _epoch_plan(recipe: Recipe, images: int, *, epoch: int) -> list[Wanted]:
    """Return an epoch's batches, in sizes that differ by at most 1; they depend on seed and epoch only."""
    rng = np.random.default_rng([recipe.seed, 0, epoch])
    order, flip = rng.permutation(images), rng.random(images) < recipe.flip
    parts = math.ceil(images / recipe.batch_size)
    return [
        Wanted(chosen=chosen, flip=flip[chosen]) for chosen in np.array_split(order.astype(np.int64), parts)
    ]


def _seed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch's global generators inside the block, and leave them as they were."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


@contextmanager
def _computed_in(precision: Precision, device: torch.device) -> Iterator[None]:
    wanted = precision == "bfloat16" or (precision == "auto" and bfloat16_gains(device))
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=wanted):
        yield


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a schedule's state is numbers and text."""
    return {name: value for name, value in state.items() if isinstance(value, (int, float, str, list))}
