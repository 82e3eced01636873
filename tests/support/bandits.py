"""One-step environments whose best action is shown."""

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv


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


def many_bandits(count):
    """Return so many bandits, which begin again in the step that ends an episode."""
    return SyncVectorEnv([Bandit for _ in range(count)], autoreset_mode=AutoresetMode.SAME_STEP)
