"""An actor-critic network on bags of words, of PyTorch's encoder layers."""

from steelyard.agents.network.architecture import Architecture
from steelyard.agents.network.network import BagsOnDevice, Pass, SetActorCritic

__all__ = ["Architecture", "BagsOnDevice", "Pass", "SetActorCritic"]
