"""The area under the ROC curve, with intervals that know that a patient has several images."""

from steelyard.imaging.roc.by_finding import Auroc, auroc, evaluate
from steelyard.imaging.roc.mean import MeanAuroc, mean_auroc

__all__ = ["Auroc", "MeanAuroc", "auroc", "evaluate", "mean_auroc"]
