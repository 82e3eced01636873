"""Probes: what the latents of a network look like, and checks of its wiring; of any torch module, or of arrays from anywhere."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.watch.probes.cosine import bag_cosine, centred_mean_cosine, mean_cosine, mean_share
    from steelyard.watch.probes.dormant import dormant_fraction
    from steelyard.watch.probes.drift import latent_distance, weight_distance
    from steelyard.watch.probes.findings import find
    from steelyard.watch.probes.geometry import Geometry, geometry_of
    from steelyard.watch.probes.linear import LinearProbe, linear_probe
    from steelyard.watch.probes.rank import effective_rank, isoscore, participation_ratio

_HOMES = {
    "Geometry": "geometry",
    "LinearProbe": "linear",
    "bag_cosine": "cosine",
    "centred_mean_cosine": "cosine",
    "dormant_fraction": "dormant",
    "effective_rank": "rank",
    "find": "findings",
    "geometry_of": "geometry",
    "isoscore": "rank",
    "latent_distance": "drift",
    "linear_probe": "linear",
    "mean_cosine": "cosine",
    "mean_share": "cosine",
    "participation_ratio": "rank",
    "weight_distance": "drift",
}

__all__ = [
    "Geometry",
    "LinearProbe",
    "bag_cosine",
    "centred_mean_cosine",
    "dormant_fraction",
    "effective_rank",
    "find",
    "geometry_of",
    "isoscore",
    "latent_distance",
    "linear_probe",
    "mean_cosine",
    "mean_share",
    "participation_ratio",
    "weight_distance",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
