"""Two-state worlds, bandits and counting environments that learning is checked on."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
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


class Bandit(gymnasium.Env):
    """One step: the action that is shown gives 1, any other 0."""

    def __init__(self):
        self.observation_space = spaces.Box(0, 2, (1,), np.float32)
        self.action_space = spaces.Discrete(3)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.shown = int(self.np_random.integers(3))
        return np.array([self.shown], dtype=np.float32), {}

    def step(self, action):
        return np.array([self.shown], dtype=np.float32), float(action == self.shown), True, False, {}


@pytest.fixture
def counting():
    """Return what makes so many counting environments."""

    def make(count=2, *, mode=AutoresetMode.NEXT_STEP, **ways):
        return SyncVectorEnv([lambda: Counting(**ways) for _ in range(count)], autoreset_mode=mode)

    return make


@pytest.fixture
def bandits():
    """Return a function that makes so many bandits."""
    return lambda count: SyncVectorEnv(
        [Bandit for _ in range(count)], autoreset_mode=AutoresetMode.SAME_STEP
    )


@pytest.fixture
def one_number():
    """Return the encoder of one number."""
    return NumberBags(1)
