"""One trial of each question: pretrain on a source, learn a target, rank the findings of other images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from steelyard.errors import InputError
from steelyard.imaging.dataset import Dataset, Labelled, Statistics, averaged_stds, load, load_colours
from steelyard.imaging.levels import Channels, Scale, Use
from steelyard.imaging.levels import Statistics as StatisticsLevel
from steelyard.imaging.preparation import Preparation
from steelyard.imaging.roc import mean_auroc
from steelyard.imaging.transfer import adapted, logits, pretrained, source_preparation
from steelyard.study.threads import limited_threads

if TYPE_CHECKING:
    from steelyard.imaging.training import Epoch
    from steelyard.study.run import Run

_ZERO, _ONE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def statistics_trial(
    seed: int,
    run: Run,
    statistics: StatisticsLevel,
    *,
    use: Use,
    data: str | None,
    fingerprint: str,
    budget: Mapping[str, Any],
) -> dict[str, float]:
    """Return the test scores of target images normalised with given statistics.

    Args:
        seed: of pretraining, of the target images that are learned from, of head and order.
        run: takes the training loss.
        statistics: a level of `levels.STATISTICS`.
        use: what is made of the pretrained weights.
        data: as for `dataset.load`.
        fingerprint: what the data must be.
        budget: numbers of images, epochs, width and learning rate.
    """
    dataset = load(data, fingerprint)
    preparation = normalised_with(statistics, dataset)
    return _scored(dataset, seed, run, use=use, learn=preparation, test=preparation, budget=budget)


def pretrained_trial(
    seed: int, run: Run, use: Use, *, data: str | None, fingerprint: str, budget: Mapping[str, Any]
) -> dict[str, float]:
    """Return the test scores of a use of pretrained weights, normalised with the source's statistics; arguments as for `statistics_trial`."""
    dataset = load(data, fingerprint)
    preparation = source_preparation(dataset)
    return _scored(dataset, seed, run, use=use, learn=preparation, test=preparation, budget=budget)


def scale_trial(
    seed: int,
    run: Run,
    scale: Scale,
    *,
    use: Use,
    data: str | None,
    fingerprint: str,
    budget: Mapping[str, Any],
) -> dict[str, float]:
    """Return the test scores of images on another scale than in pretraining; arguments as for `statistics_trial`."""
    dataset = load(data, fingerprint)
    learn, test = scaled(scale, source_preparation(dataset))
    return _scored(dataset, seed, run, use=use, learn=learn, test=test, budget=budget)


def channels_trial(
    seed: int,
    run: Run,
    channels: Channels,
    *,
    use: Use,
    data: str | None,
    fingerprint: str,
    budget: Mapping[str, Any],
) -> dict[str, float]:
    """Return the test scores of colour images with their channels in another order; arguments as for `statistics_trial`."""
    dataset = load_colours(data, fingerprint)
    preparation = source_preparation(dataset)
    reversed_ = replace(preparation, order="bgr")
    match channels:
        case "RGB":
            learn = test = preparation
        case "BGR":
            learn = test = reversed_
        case "BGR in use only":
            learn, test = preparation, reversed_
        case "grey":
            learn = test = preparation
            dataset = replace(dataset, target=_grey(dataset.target), test=_grey(dataset.test))
    return _scored(
        dataset,
        seed,
        run,
        use=use,
        learn=learn,
        test=test,
        budget=budget,
        pretrained_on=load_colours(data, fingerprint),
    )


def normalised_with(statistics: StatisticsLevel, dataset: Dataset) -> Preparation:
    """Return the preparation that a level of `levels.STATISTICS` names."""
    preparation = source_preparation(dataset)
    match statistics:
        case "source's":
            return preparation
        case "target's":
            target = Statistics.of(dataset.target.images)
            return replace(preparation, mean=target.mean, std=target.std)
        case "per image":
            return replace(preparation, per_image=True)
        case "stds averaged":
            return replace(preparation, std=averaged_stds(dataset.source.images))
        case "none":
            return replace(preparation, mean=_ZERO, std=_ONE)


def scaled(scale: Scale, preparation: Preparation) -> tuple[Preparation, Preparation]:
    """Return the preparations of images that are learned from and of images that are tested, as a level of `levels.SCALES` names them."""
    match scale:
        case "0-1, normalised":
            return preparation, preparation
        case "0-1 only":
            made = replace(preparation, mean=_ZERO, std=_ONE)
        case "0-255 only":
            made = replace(preparation, divide_by=1.0, mean=_ZERO, std=_ONE)
        case "0-255, normalised":
            made = replace(preparation, divide_by=1.0)
        case "normalised twice":
            made = replace(preparation, times=2)
        case "0-255 in use only":
            return preparation, replace(preparation, divide_by=1.0)
    return made, made


def _scored(
    dataset: Dataset,
    seed: int,
    run: Run,
    *,
    use: Use,
    learn: Preparation,
    test: Preparation,
    budget: Mapping[str, Any],
    pretrained_on: Dataset | None = None,
) -> dict[str, float]:
    width, rate = int(budget["width"]), float(budget["learning_rate"])
    with limited_threads(1):
        start = (
            None
            if use == "from scratch"
            else pretrained(
                pretrained_on or dataset,
                seed=seed,
                images=int(budget["source_images"]),
                epochs=int(budget["source_epochs"]),
                width=width,
                rate=rate,
            )
        )

        def log(epoch: Epoch) -> None:
            run.curve("train_loss", step=epoch.epoch, value=epoch.train_loss)

        target = _drawn(dataset.target, seed=seed, images=int(budget["target_images"]))
        network = adapted(
            start,
            target,
            learn,
            use=use,
            width=width,
            epochs=int(budget["target_epochs"]),
            rate=rate,
            seed=seed,
            on_epoch=log,
        )
        found = logits(network, dataset.test, test)
    scores = found.double().numpy()
    truth = torch.from_numpy(dataset.test.targets)
    area = mean_auroc(dataset.test.targets, scores, patients=dataset.patients)
    log_loss = functional.binary_cross_entropy_with_logits(found.double(), truth.double())
    run.table("interval", {"auroc": [area.area], "low": [area.low], "high": [area.high]})
    return {"auroc": area.area, "log_loss": float(log_loss)}


def _drawn(target: Labelled, *, seed: int, images: int) -> Labelled:
    """Return images drawn by a seed, with at least one of every finding where the target has it."""
    if images > len(target.images):
        return target
    rng = np.random.default_rng([seed, 7])
    for _ in range(100):
        drawn = target.chosen(np.sort(rng.permutation(len(target.images))[:images]))
        if (drawn.targets.sum(axis=0) > 0).all():
            return drawn
    raise InputError(
        f"{images} images must hold every finding, but 100 draws didn't; give more images of the rarest"
    )


def _grey(images: Labelled) -> Labelled:
    """Return images without colour: Rec. 601's weights, as Pillow's, on three equal channels."""
    weights = np.array([0.299, 0.587, 0.114])
    grey = np.round(images.images @ weights).astype(np.uint8)
    return Labelled(images=np.repeat(grey[..., None], 3, axis=-1), targets=images.targets)
