import numpy as np

from steelyard.agents.learning.rollout import Rollout
from steelyard.agents.learning.rows import Rows


def test_advantages_are_in_units_of_the_values():
    words = np.ones((2, 1), dtype=np.int64)
    none = np.zeros((2, 1), dtype=bool)
    zeros = np.zeros((2, 1))
    rollout = Rollout(
        rows=Rows(words=words, mask=words > 0, features=None),
        actions=np.zeros((2, 1), dtype=np.int64),
        log_probabilities=zeros,
        rewards=np.array([[2.0], [4.0]]),
        values=zeros,
        next_values=zeros,
        terminated=none,
        truncated=none,
        made=~none,
        returns=np.zeros(0),
        lengths=np.zeros(0, dtype=np.int64),
    )
    assert rollout.advantages(discount=1.0, trace=1.0, unit=2.0).ravel().tolist() == [3.0, 2.0]
