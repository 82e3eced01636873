"""What an agent gets in an episode."""

from __future__ import annotations

from dataclasses import dataclass

from steelyard.weigh.scale import Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentScore:
    """What an agent gets in an episode.

    Args:
        mean_return: sum of the rewards of an episode, undiscounted, on average.
        interval: 95% interval of it: of Student's t over the episodes, or the number itself twice where it is exact.
        episodes: that were played; None where the return was computed from the rules.
        placement: where it stands between uniform and optimal, on Satchel; else None.
    """

    mean_return: float
    interval: tuple[float, float]
    episodes: int | None
    placement: Placement | None

    @property
    def exact(self) -> bool:
        """Return whether the return was computed from the rules, without episodes."""
        return self.episodes is None

    def __str__(self) -> str:
        if self.placement is not None:
            return self.placement.sentence
        low, high = self.interval
        return f"{self.mean_return:.2f} an episode ({low:.2f} to {high:.2f}, {self.episodes} episodes)"
