"""The levels of imaging's questions; importing this loads nothing heavy."""

from __future__ import annotations

from typing import Literal

Statistics = Literal["source's", "target's", "per image", "stds averaged", "none"]
Use = Literal["fine-tuned", "batch norm frozen", "frozen features", "from scratch"]
Scale = Literal[
    "0-1, normalised", "0-1 only", "0-255 only", "0-255, normalised", "normalised twice", "0-255 in use only"
]
Channels = Literal["RGB", "BGR", "BGR in use only", "grey"]

STATISTICS: tuple[Statistics, ...] = ("source's", "target's", "per image", "stds averaged", "none")
USES: tuple[Use, ...] = ("fine-tuned", "batch norm frozen", "frozen features", "from scratch")
SCALES: tuple[Scale, ...] = (
    "0-1, normalised",
    "0-1 only",
    "0-255 only",
    "0-255, normalised",
    "normalised twice",
    "0-255 in use only",
)
CHANNELS: tuple[Channels, ...] = ("RGB", "BGR", "BGR in use only", "grey")
