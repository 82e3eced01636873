"""A loss curve that takes a bounded amount of memory, whatever the number of steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.watch.evidence import Curve

MOST_POINTS = 2048
MOST_WAITING = 256


class CurveRecorder:
    """Keeps a curve; thinned to every second point whenever it is full, but values that aren't finite always count.

    Losses on a device are kept as they come and fetched together, so that a step doesn't wait for the device.

    Example:
        >>> recorder = CurveRecorder()
        >>> for step in range(5000):
        ...     recorder.add(step, 1.0)
        >>> len(recorder.curve().steps) <= MOST_POINTS
        True
    """

    def __init__(self) -> None:
        self._points: list[tuple[int, float]] = []
        self._waiting: list[tuple[int, Any]] = []
        self._stride = 1
        self._seen = 0
        self.first_not_finite: int | None = None
        self.not_finite = 0
        self._last: tuple[int, float] | None = None

    def add(self, step: int, value: Any) -> None:
        """Add a value: a number, or a tensor of one element without a graph."""
        self._waiting.append((step, value))
        if len(self._waiting) >= MOST_WAITING:
            self.fetch()

    def fetch(self) -> None:
        """Turn what is waiting into numbers."""
        waiting, self._waiting = self._waiting, []
        for (step, _), value in zip(waiting, _numbers([value for _, value in waiting]), strict=True):
            if not np.isfinite(value):
                self.not_finite += 1
                self.first_not_finite = step if self.first_not_finite is None else self.first_not_finite
            elif self._seen % self._stride == 0:
                self._points.append((step, value))
                if len(self._points) >= MOST_POINTS:
                    del self._points[1::2]
                    self._stride *= 2
            self._seen += 1
            self._last = (step, value)

    @property
    def last(self) -> float | None:
        """Return the last value that was fetched."""
        return None if self._last is None else self._last[1]

    def curve(self) -> Curve | None:
        """Return the curve so far, the first value that wasn't finite among its points; None where nothing was added."""
        self.fetch()
        points = list(self._points)
        if self.first_not_finite is not None:
            points.append((self.first_not_finite, float("nan")))
        if self._last is not None and self._last[0] not in {step for step, _ in points}:
            points.append(self._last)
        if not points:
            return None
        points.sort()
        return Curve(
            steps=np.array([step for step, _ in points], dtype=np.float64),
            values=np.array([value for _, value in points], dtype=np.float64),
        )


def _numbers(values: list[Any]) -> list[float]:
    """Return numbers; tensors of one device in one transfer."""
    tensors = [value for value in values if hasattr(value, "detach")]
    if len(tensors) < 2:
        return [float(value) for value in values]
    if len(tensors) == len(values) and len({value.device for value in tensors}) == 1:
        import torch  # noqa: PLC0415 - it is loaded already where values are tensors

        return [
            float(each) for each in torch.stack([value.reshape(()).float() for value in tensors]).tolist()
        ]
    return [float(value) for value in values]
