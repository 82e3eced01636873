"""Pretraining on one set of images, and what is made of its weights on another."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor, nn

from steelyard.imaging.backbones import SmallNet
from steelyard.imaging.dataset import Dataset, Labelled, Statistics
from steelyard.imaging.levels import Use
from steelyard.imaging.losses import Loss, WeightedCrossEntropy, classes_loss
from steelyard.imaging.preparation import Preparation
from steelyard.imaging.training import Epoch, Examples, Recipe, Trainable, Training, outputs, seeded, train

_CPU = torch.device("cpu")
_TRAINABLE: dict[Use, Trainable] = {
    "fine-tuned": "all",
    "batch norm frozen": "all but batch norm",
    "frozen features": "head",
    "from scratch": "all",
}
_HEAD_RATE = 6.0
"""How many times the learning rate a head alone is trained with: a linear problem bears it, and in few epochs it needs it."""


@lru_cache(maxsize=4)
def pretrained(dataset: Dataset, *, seed: int, images: int, epochs: int, width: int, rate: float) -> SmallNet:
    """Return a network trained on a data set's source, normalised with the source's statistics; trained once a process.

    Args:
        dataset: its source is learned.
        seed: of weights and order.
        images: of the source, the first after a shuffle by the seed.
        epochs: passes.
        width: of the network.
        rate: learning rate.
    """
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(dataset.source.images), generator=generator)[:images].numpy()
    source = dataset.source.chosen(rows)
    loss: Loss = classes_loss if source.targets.ndim == 1 else WeightedCrossEntropy(positives=None)
    network = fresh(dataset.outputs, seed=seed, width=width)
    recipe = _recipe(epochs=epochs, rate=rate, seed=seed, trainable="all")
    _trained(network, source, source_preparation(dataset), recipe=recipe, loss=loss)
    return network


def source_preparation(dataset: Dataset) -> Preparation:
    """Return the preparation that a data set's source is learned with."""
    statistics = Statistics.of(dataset.source.images)
    return Preparation(size=dataset.source.images.shape[1], mean=statistics.mean, std=statistics.std)


def fresh(outputs: int, *, seed: int, width: int) -> SmallNet:
    """Return a network with random weights."""
    with seeded(seed, _CPU):
        return SmallNet(outputs=outputs, width=width)


def adapted(
    start: SmallNet | None,
    target: Labelled,
    preparation: Preparation,
    *,
    use: Use,
    width: int,
    epochs: int,
    rate: float,
    seed: int,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> SmallNet:
    """Return a network for a target, trained from a pretrained one's weights, where there is one; the head is fresh.

    Args:
        start: pretrained; left as it is. None `from scratch`.
        target: what is learned from.
        preparation: of its images.
        use: what is made of the pretrained weights.
        width: of the network.
        epochs: passes.
        rate: learning rate.
        seed: of the head (of all weights `from scratch`) and the order.
        on_epoch: called after every epoch.
    """
    network = fresh(target.targets.shape[1], seed=seed + 1_000_000, width=width)
    if start is not None:
        body = {
            name: value for name, value in start.state_dict().items() if not name.startswith("classifier")
        }
        network.load_state_dict(body, strict=False)
    chosen = rate * _HEAD_RATE if use == "frozen features" else rate
    recipe = _recipe(epochs=epochs, rate=chosen, seed=seed, trainable=_TRAINABLE[use])
    _trained(
        network,
        target,
        preparation,
        recipe=recipe,
        loss=WeightedCrossEntropy(positives=None),
        on_epoch=on_epoch,
    )
    return network


def logits(network: nn.Module, images: Labelled, preparation: Preparation) -> Tensor:
    """Return a network's logits for images, shape (images, findings)."""
    return outputs(network, images.images, preparation, device=_CPU, precision="float32", batch_size=100)


def _recipe(*, epochs: int, rate: float, seed: int, trainable: Trainable) -> Recipe:
    """Return a short recipe without mirroring; all epochs are made, since there is no validation to stop by."""
    return Recipe(
        epochs=epochs,
        batch_size=32,
        learning_rate=rate,
        flip=0.0,
        patience=epochs,
        trainable=trainable,
        precision="float32",
        workers=0,
        seed=seed,
    )


def _trained(
    network: nn.Module,
    examples: Labelled,
    preparation: Preparation,
    *,
    recipe: Recipe,
    loss: Loss,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> None:
    training = Training(network=network, recipe=recipe, loss=loss, preparation=preparation, device=_CPU)
    train(training, Examples(images=examples.images, targets=examples.targets), None, on_epoch=on_epoch)
