"""What inputs should look like, where that is known: the statistics that pretrained weights were trained with."""

from __future__ import annotations

from dataclasses import dataclass

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedInputs:
    """ExpectedInputs statistics of the inputs as the model gets them.

    Args:
        low: least value that may occur.
        high: greatest value that may occur.
        mean: mean of each column or channel, or one for all.
        sd: standard deviation likewise.

    Raises:
        InputError: nothing expected, `low` not below `high`, or an `sd` that isn't above 0.

    Example:
        >>> ExpectedInputs(mean=(0.0, 0.0, 0.0), sd=(1.0, 1.0, 1.0)).sd
        (1.0, 1.0, 1.0)
    """

    low: float | None = None
    high: float | None = None
    mean: tuple[float, ...] | float | None = None
    sd: tuple[float, ...] | float | None = None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None and self.mean is None and self.sd is None:
            raise InputError(
                "`ExpectedInputs` must expect something, but got nothing; give low, high, mean or sd"
            )
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise InputError(
                f"`low` must be below `high`, but got low={self.low:g} and high={self.high:g}; swap them"
            )
        sds = () if self.sd is None else (self.sd,) if isinstance(self.sd, float | int) else tuple(self.sd)
        if any(not sd > 0 for sd in sds):
            raise InputError(
                f"`sd` must be above 0, but got {self.sd}; give the standard deviation after normalising"
            )
