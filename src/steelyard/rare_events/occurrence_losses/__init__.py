"""Losses for whether there is an event, and what each does to the probability that minimises it."""

from steelyard.rare_events.occurrence_losses._base import OccurrenceLoss
from steelyard.rare_events.occurrence_losses.cross_entropy import CrossEntropy
from steelyard.rare_events.occurrence_losses.focal import Focal
from steelyard.rare_events.occurrence_losses.weighted import WeightedCrossEntropy

__all__ = ["CrossEntropy", "Focal", "OccurrenceLoss", "WeightedCrossEntropy"]
