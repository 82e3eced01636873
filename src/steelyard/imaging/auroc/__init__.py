"""The area under the ROC curve, with intervals that know that a patient has several images."""

from steelyard.imaging.auroc.by_finding import Auroc, auroc, evaluate
from steelyard.imaging.auroc.mean import MeanAuroc, mean_auroc

__all__ = ["Auroc", "MeanAuroc", "auroc", "evaluate", "mean_auroc"]
