"""Steelyard weighs trained models: what a loss means, whether a model learns, whether a choice matters."""

from __future__ import annotations

__version__ = "0.1.0"
