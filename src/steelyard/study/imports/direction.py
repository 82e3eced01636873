"""Which way a metric usually improves, by its name: a wrong direction turns every verdict round."""

from __future__ import annotations

import re

from steelyard.stats.verdict import Direction

LOWER = frozenset(
    {"loss", "logloss", "error", "err", "nll", "entropy", "bce", "mse", "rmse", "mae", "perplexity", "ppl"}
    | {"bpb", "brier", "rps", "crps", "wer", "cer", "fid", "regret"}
)
HIGHER = frozenset(
    {"accuracy", "acc", "auc", "auroc", "auprc", "precision", "recall", "f1", "iou", "dice", "map", "r2"}
    | {"bleu", "rouge", "reward", "return"}
)
"""Words in names of metrics that improve downwards, and upwards."""


def name_suggests_otherwise(metric: str, direction: Direction) -> str:
    """Return a sentence when a metric's name suggests the other direction, "" when it doesn't.

    Args:
        metric: its name, e.g. `val/loss`.
        direction: which way it was taken to improve.

    Example:
        >>> print(name_suggests_otherwise("val_loss", "higher"))
        Metrics named like `val_loss` usually improve downwards: if this one does, give --lower-is-better, for better and
        worse are the wrong way round here.
        >>> name_suggests_otherwise("val_loss", "lower")
        ''

    When it is wrong: a name of both kinds (`reward_error`) or of neither says nothing.
    """
    words = set(re.split(r"[^a-z0-9]+", metric.lower()))
    downwards, upwards = bool(words & LOWER), bool(words & HIGHER)
    if downwards == upwards:
        return ""
    way, option = ("downwards", "lower") if downwards else ("upwards", "higher")
    if option == direction:
        return ""
    return (
        f"Metrics named like `{metric}` usually improve {way}: if this one does, give --{option}-is-better, for better "
        "and worse are the wrong way round here."
    )
