"""Observations as bags of words: what an agent's network reads, whatever the environment."""

from steelyard.agents.bags.bag import Bags, TensorBags
from steelyard.agents.bags.encoder import BagEncoder, check_encoder
from steelyard.agents.bags.numbers import NumberBags
from steelyard.agents.bags.satchel import SatchelBags, satchel_bags
from steelyard.agents.bags.wrapper import BagVectorWrapper, BagWrapper, WrappedBags

__all__ = [
    "BagEncoder",
    "BagVectorWrapper",
    "BagWrapper",
    "Bags",
    "NumberBags",
    "SatchelBags",
    "TensorBags",
    "WrappedBags",
    "check_encoder",
    "satchel_bags",
]
