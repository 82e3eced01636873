"""CheXNet's recipe as a classifier: which of fourteen findings a radiograph shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from inspect import signature
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from steelyard.checkpoint import restore_checkpoint, write_checkpoint
from steelyard.errors import InputError
from steelyard.imaging.activation_maps import activation_maps
from steelyard.imaging.backbones import make_backbone
from steelyard.imaging.densenet import DenseNet, FusedDenseNet, read_weights
from steelyard.imaging.densenet.loading import start_from
from steelyard.imaging.findings import FINDINGS
from steelyard.imaging.images import as_images
from steelyard.imaging.losses import WeightedCrossEntropy, base_rates
from steelyard.imaging.parameters import check_learnable, check_recipe, held_out, labelled
from steelyard.imaging.preparation import IMAGENET_MEAN, IMAGENET_STD, Preparation
from steelyard.imaging.roc import Auroc, evaluate, mean_auroc
from steelyard.imaging.roc.by_finding import Method
from steelyard.imaging.saving import Fitted, read_fitted, write_fitted
from steelyard.imaging.subset import Subset
from steelyard.imaging.training import (
    Epoch,
    Examples,
    Precision,
    Recipe,
    Trainable,
    Training,
    outputs,
    train,
)

Weighing = Literal["weighted", "unweighted"]
_KNOWN_BY = 64


class ChestXRayClassifier:
    """A DenseNet-121 with one sigmoid output a finding, trained as CheXNet was (Rajpurkar et al. 2017).

    Images become 224x224 with three equal channels and are normalised with ImageNet's mean and standard deviation; training images are
    mirrored at random; binary cross-entropy, weighted within each finding; Adam (0.9, 0.999) with batches of 16; a rate of 0.001 that
    is divided by 10 when validation stalls; the epoch with the lowest validation loss is kept.

    Departures from the paper: weights are given (`weights`) or random, none are fetched; the mean over findings of the weighted loss
    of section 2.1 (the paper's fourteen-class loss is its unweighted sum, `weighing="unweighted"` up to a factor of 14); `predict` undoes
    the weights, so that it gives probabilities at the training images' base rates; training ends after `patience` epochs without a lower
    validation loss, where the paper doesn't say when; batches of an epoch differ by at most one image in size.

    Args:
        findings: names of the outputs.
        backbone: `densenet121` (169, 201), `small` or `small:WIDTH` for images of few pixels, or `timm:NAME` (extra `timm`).
        weights: a file to start from (torchvision's .pth, CheXNet's old ones, .safetensors), `pretrained` (timm's own), or None.
        size: pixels a side.
        mean: subtracted from the 0-1 scale, one a channel.
        std: divided by, one a channel.
        weighing: of the loss within a finding.
        epochs: most passes over the training images.
        batch_size: images a step.
        learning_rate: Adam's, at the start.
        decay: what the rate is multiplied with when validation stalls.
        plateau: epochs without a lower validation loss after which it stalls.
        patience: epochs without a lower validation loss after which training ends.
        weight_decay: of Adam.
        flip: probability that a training image is mirrored.
        trainable: `all`, `all but batch norm` (its weights and statistics stay) or `head`.
        validation_share: of patients, held out when `fit` is given no validation.
        precision: `auto`, `float32`, or `bfloat16` (convolutions in 16 bits).
        workers: threads that read images ahead.
        seed: of weights, order, mirroring and the held-out patients; same seed and number of torch's threads, same bits.
        device: `cpu` or `cuda`.

    Raises:
        InputError: when fitting, parameters out of range.

    Example:
        >>> from steelyard.imaging import simulate_radiographs
        >>> drawn = simulate_radiographs(200, seed=0, size=32)
        >>> model = ChestXRayClassifier(backbone="small:4", size=32, epochs=2, batch_size=32)
        >>> model = model.fit(drawn.images, drawn.targets, patients=drawn.patients)
        >>> model.predict(drawn.images[:3]).shape, len(model.history_)
        ((3, 14), 2)
    """

    def __init__(
        self,
        *,
        findings: Sequence[str] = FINDINGS,
        backbone: str = "densenet121",
        weights: str | Path | None = None,
        size: int = 224,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        weighing: Weighing = "weighted",
        epochs: int = 30,
        batch_size: int = 16,
        learning_rate: float = 1e-3,
        decay: float = 0.1,
        plateau: int = 1,
        patience: int = 6,
        weight_decay: float = 0.0,
        flip: float = 0.5,
        trainable: Trainable = "all",
        validation_share: float = 0.1,
        precision: Precision = "auto",
        workers: int = 2,
        seed: int = 0,
        device: str = "cpu",
    ) -> None:
        self.findings = tuple(findings)
        self.backbone = backbone
        self.weights = None if weights is None else str(weights)
        self.size = size
        self.mean = tuple(mean)
        self.std = tuple(std)
        self.weighing = weighing
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.decay = decay
        self.plateau = plateau
        self.patience = patience
        self.weight_decay = weight_decay
        self.flip = flip
        self.trainable = trainable
        self.validation_share = validation_share
        self.precision = precision
        self.workers = workers
        self.seed = seed
        self.device = device

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - scikit-learn's signature
        """Return the parameters by name."""
        return {
            name: getattr(self, name) for name in signature(type(self).__init__).parameters if name != "self"
        }

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name and return the classifier; scikit-learn's signature.

        Raises:
            InputError: a name that isn't a parameter.
        """
        known = self.get_params()
        for name, value in parameters.items():
            if name not in known:
                raise InputError(f"a parameter must be one of {', '.join(known)}, but got {name!r}")
            setattr(self, name, value)
        return self

    def fit(
        self,
        images: Any,
        targets: Any,
        *,
        patients: Any = None,
        validation: tuple[Any, Any] | None = None,
        on_epoch: Callable[[Epoch], None] | None = None,
        on_step: Callable[[int, int], None] | None = None,
        checkpoint: str | Path | None = None,
        checkpoint_seconds: float = 300.0,
    ) -> Self:
        """Train on images and return the classifier.

        Args:
            images: uint8 array, paths, or anything else that `as_images` takes.
            targets: 0 or 1, shape (images, findings).
            patients: a name or number for each image's patient; decides who is held out.
            validation: other images and targets that decide on rate and best epoch; None holds out `validation_share` of the patients.
            on_epoch: called after every epoch.
            on_step: called after every step with the epoch's steps so far and in all.
            checkpoint: folder that the training is kept in; one that was cut off goes on from there, with the same bits as if it never
                was.
            checkpoint_seconds: between two checkpoints within an epoch.

        Raises:
            InputError: parameters out of range, targets that don't fit, a finding that no training image has (or all have), an image
                that can't be read, weights that don't fit, a checkpoint of other data or parameters.
        """
        recipe, preparation = self._recipe(), self._preparation()
        given = labelled(images, targets, findings=self.findings)
        if validation is None:
            learn, hold = held_out(len(given), patients, share=self.validation_share, seed=self.seed)
            examples = Examples(images=Subset(given.images, learn), targets=given.targets[learn])
            aside = Examples(images=Subset(given.images, hold), targets=given.targets[hold])
        else:
            examples, aside = given, labelled(*validation, findings=self.findings)
        check_learnable(examples.targets, self.findings)
        positives = base_rates(examples.targets) if self.weighing == "weighted" else None
        training = Training(
            network=self._network(),
            recipe=recipe,
            loss=WeightedCrossEntropy(positives=positives),
            preparation=preparation,
            device=self._device(),
        )
        keep = None
        if checkpoint is not None:
            folder, key = Path(checkpoint), self._key(examples, aside)
            restore_checkpoint(training.restore, folder, key=key, device=training.device)

            def keep(state: Training) -> None:
                write_checkpoint(state.state(), folder, key=key)

        train(
            training,
            examples,
            aside,
            on_epoch=on_epoch,
            on_step=on_step,
            keep=keep,
            keep_seconds=checkpoint_seconds,
        )
        self._keep(Fitted(network=training.network, positives=positives, history=training.history))
        return self

    def predict(self, images: Any, *, on_batch: Callable[[int], None] | None = None) -> NDArray[np.float64]:
        """Return each finding's probability at the training images' base rates, shape (images, findings).

        Args:
            images: as for `fit`.
            on_batch: called with the number of images done.

        Raises:
            InputError: not fitted, or an image that can't be read.
        """
        self._check_fitted("predicts")
        logits = outputs(
            self.fused_,
            as_images(images),
            self._preparation(),
            device=self._device(),
            precision=self.precision,
            workers=self.workers,
            on_batch=on_batch,
        )
        loss = WeightedCrossEntropy(positives=self.positives_)
        return np.asarray(loss.undo(logits.double()).sigmoid().numpy(), np.float64)

    def evaluate(
        self,
        images: Any,
        targets: Any,
        *,
        patients: Any = None,
        method: Method = "delong",
        level: float = 0.95,
        seed: int = 0,
    ) -> tuple[Auroc, ...]:
        """Return the area under the ROC curve of each finding with an interval, by patient where patients are named.

        Raises:
            InputError: not fitted, targets that don't fit, an image that can't be read.
        """
        given = labelled(images, targets, findings=self.findings)
        return evaluate(
            given.targets,
            self.predict(images),
            findings=self.findings,
            patients=patients,
            method=method,
            level=level,
            seed=seed,
        )

    def score(self, images: Any, targets: Any) -> float:
        """Return the mean area under the ROC curve over findings, higher is better.

        Raises:
            InputError: not fitted, targets that don't fit, no finding that some images have and some haven't.
        """
        given = labelled(images, targets, findings=self.findings)
        return mean_auroc(given.targets, self.predict(images)).area

    def activation_maps(self, images: Any, *, finding: str) -> NDArray[np.float32]:
        """Return where the evidence for a finding lies, shape (images, size, size); see `activation_maps.activation_maps`.

        Raises:
            InputError: not fitted, no such finding, an image that can't be read, a backbone without maps.
        """
        self._check_fitted("shows maps")
        if finding not in self.findings:
            raise InputError(f"`finding` must be one of {', '.join(self.findings)}, but got {finding!r}")
        read, preparation = as_images(images), self._preparation()
        found = [
            activation_maps(
                self.model_,
                preparation.batch(read, [nth]).to(self._device()),
                sides=(self.size, self.size),
            )
            for nth in range(len(read))
        ]
        return np.concatenate(found)[:, self.findings.index(finding)]

    def save(self, folder: str | Path) -> None:
        """Write the fitted classifier to a folder: `weights.safetensors` and `classifier.json`; no pickle.

        Raises:
            InputError: not fitted, or a folder that can't be written.
        """
        self._check_fitted("is saved")
        fitted = Fitted(network=self.model_, positives=self.positives_, history=self.history_)
        write_fitted(fitted, Path(folder), parameters=self.get_params())

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return a classifier from a folder that `save` wrote; it predicts the same bits.

        Raises:
            InputError: no such folder, or files that `save` of this version didn't write.
            MissingExtraError: a network of timm's, without timm.
        """
        fitted, parameters = read_fitted(Path(folder))
        try:
            model = cls(**parameters)
        except TypeError as error:
            raise InputError(
                f"{folder} must hold a saved classifier, but its parameters are others: {error}"
            ) from error
        fitted.network.to(model._device())
        model._keep(fitted)
        return model

    def _keep(self, fitted: Fitted) -> None:
        self.model_ = fitted.network
        network = fitted.network
        self.fused_ = FusedDenseNet(network) if isinstance(network, DenseNet) else network
        self.positives_ = fitted.positives
        self.history_ = fitted.history

    def _recipe(self) -> Recipe:
        recipe = Recipe(**{each.name: getattr(self, each.name) for each in fields(Recipe)})
        check_recipe(recipe)
        if self.weighing not in ("weighted", "unweighted") or not self.findings:
            raise InputError(
                f"`weighing` must be weighted or unweighted and `findings` not empty, but got {self.weighing!r} and {self.findings}"
            )
        return recipe

    def _preparation(self) -> Preparation:
        return Preparation(size=self.size, mean=tuple(self.mean), std=tuple(self.std))

    def _device(self) -> torch.device:
        try:
            return torch.device(self.device)
        except RuntimeError as error:
            raise InputError(f"`device` must be cpu or cuda, but got {self.device!r}") from error

    def _network(self) -> nn.Module:
        network = make_backbone(
            self.backbone,
            outputs=len(self.findings),
            seed=self.seed,
            pretrained=self.weights == "pretrained",
        )
        if self.weights not in {None, "pretrained"}:
            start_from(network, read_weights(str(self.weights)), source=str(self.weights), head="classifier")
        return network

    def _key(self, *examples: Examples) -> str:
        """Return what names a training: its parameters, its targets, and the pixels of 64 images spread over each part."""
        parameters = {
            name: value for name, value in self.get_params().items() if name not in {"workers", "device"}
        }
        whole = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
        for each in examples:
            whole.update(np.ascontiguousarray(each.targets).tobytes())
            for nth in np.linspace(0, len(each) - 1, min(len(each), _KNOWN_BY)).astype(int):
                whole.update(np.ascontiguousarray(each.images[int(nth)]).tobytes())
        return whole.hexdigest()

    def _check_fitted(self, what: str) -> None:
        if not hasattr(self, "model_"):
            raise InputError(f"the classifier must be fitted before it {what}; call `fit` first")
