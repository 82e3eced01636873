"""Counting environments and bandits that learning is checked on."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from bandits import many_bandits
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from steelyard.agents.bags import NumberBags


class Counting(gymnasium.Env):
    """Show how many steps were made; reward as many; end after `length` steps in the way said."""

    def __init__(self, length=3, truncates=False, start=0):
        self.observation_space = spaces.Box(-100, 100, (1,), np.float32)
        self.action_space = spaces.Discrete(2, start=start)
        self.length, self.truncates = length, truncates
        self.count = 0
        self.taken = []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.count = 0
        return np.array([0.0], dtype=np.float32), {}

    def step(self, action):
        self.taken.append(int(action))
        self.count += 1
        over = self.count == self.length
        seen = np.array([self.count], dtype=np.float32)
        return seen, float(self.count), over and not self.truncates, over and self.truncates, {}


@pytest.fixture
def counting():
    """Return what makes so many counting environments."""

    def make(count=2, *, mode=AutoresetMode.NEXT_STEP, **ways):
        return SyncVectorEnv([lambda: Counting(**ways) for _ in range(count)], autoreset_mode=mode)

    return make


@pytest.fixture
def bandits():
    """Return a function that makes so many bandits."""
    return many_bandits


@pytest.fixture
def one_number():
    """Return the encoder of one number."""
    return NumberBags(1)
