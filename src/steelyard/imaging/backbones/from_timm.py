"""Any network that timm knows by name, with the head that all backbones here have."""

from __future__ import annotations

from importlib import import_module

from torch import Tensor, nn

from steelyard.errors import InputError, MissingExtraError


class TimmBackbone(nn.Module):
    """timm's network without its head, a mean over places, and a linear head.

    Args:
        name: one of `timm.list_models()`.
        outputs: units of the head.
        pretrained: let timm fetch its weights.

    Raises:
        MissingExtraError: timm isn't installed.
        InputError: a name that timm doesn't know.
    """

    def __init__(self, name: str, *, outputs: int, pretrained: bool = False) -> None:
        super().__init__()
        try:
            timm = import_module("timm")
        except ImportError as error:
            raise MissingExtraError(
                f'backbone="timm:{name}" must have timm, but importing it failed ({error}); try `pip install "steelyard[timm]"`'
            ) from error
        try:
            self.body: nn.Module = timm.create_model(
                name, pretrained=pretrained, num_classes=0, global_pool=""
            )
        except (RuntimeError, ValueError, TypeError) as error:
            raise InputError(
                f"`backbone` must be a name that timm knows, but got {name!r} ({error}); `timm.list_models()` lists them"
            ) from error
        self.classifier = nn.Linear(int(self.body.num_features), outputs)

    def feature_maps(self, images: Tensor) -> Tensor:
        """Return the last maps, shape (images, maps, rows, columns).

        Raises:
            InputError: a network whose features aren't maps (a transformer's tokens).
        """
        maps: Tensor = self.body(images)
        if maps.ndim != 4:
            raise InputError(
                f"feature maps must have shape (images, maps, rows, columns), but {type(self.body).__name__} gives {tuple(maps.shape)}; "
                "choose a convolutional backbone"
            )
        return maps

    def forward(self, images: Tensor) -> Tensor:
        """Return the head's outputs, logits, shape (images, outputs)."""
        features: Tensor = self.body(images)
        pooled = features.mean(dim=(2, 3)) if features.ndim == 4 else features.mean(dim=1)
        out: Tensor = self.classifier(pooled)
        return out
