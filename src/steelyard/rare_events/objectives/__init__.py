"""What a network's outputs mean: the loss it is trained with, and the distribution of counts it then stands for."""

from steelyard.rare_events.objectives._base import Heads, Loss, Objective, total
from steelyard.rare_events.objectives.choose import LOSSES, objective

__all__ = ["LOSSES", "Heads", "Loss", "Objective", "objective", "total"]
