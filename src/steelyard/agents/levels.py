"""The levels of the questions about agents, as arguments of the agent; loads nothing heavy."""

from __future__ import annotations

from typing import Any

NORMALISE: dict[str, dict[str, Any]] = {
    "none": {"latents": "none"},
    "unit length": {"latents": "l2"},
    "layer norm": {"latents": "layernorm"},
    "centred": {"latents": "centre"},
}
"""Levels of `agents.normalise`: what is done to the body's latents; the first is the reference."""

PRENORM: dict[str, dict[str, Any]] = {"post-norm": {"norm": "post"}, "pre-norm": {"norm": "pre"}}
"""Levels of `agents.prenorm`; the first, PyTorch's default, is the reference."""

HEADS: dict[str, dict[str, Any]] = {"encoder layer": {"head": "encoder"}, "linear": {"head": "linear"}}
"""Levels of `agents.heads`; the first, the network as asked about, is the reference."""

POSITION: dict[str, tuple[bool, bool]] = {
    "none": (False, False),
    "code, words sorted": (True, False),
    "code, words shuffled": (True, True),
}
"""Levels of `agents.position`: whether there is a positional code, and whether words come in random order; the first is the reference."""

MEASURES: dict[str, int] = {
    "step": 1,
    "mean cosine": -1,
    "centred mean cosine": -1,
    "cosine within bags": -1,
    "effective rank": 1,
    "words read": 1,
}
"""Levels of `agents.cosine`: a number that is watched, and the sign with which it is hoped to go along with the return: a falling cosine, a
rising rank. The first, how long it has trained, is the reference: whatever only goes one way can't beat it."""
