"""Satchel's names in Gymnasium's registry."""

from __future__ import annotations

from gymnasium.envs.registration import register, registry

NAMES = {"steelyard/Satchel-v0": "full", "steelyard/SatchelSmall-v0": "small"}
"""Rules by the environments' names."""


def register_satchel() -> None:
    """Register both Satchels, once; the environments are imported when they are made."""
    for name, rules in NAMES.items():
        if name not in registry:
            register(
                id=name,
                entry_point="steelyard.environments.satchel.environment:Satchel",
                vector_entry_point="steelyard.environments.satchel.vector:SatchelVector",
                kwargs={"rules": rules},
            )
