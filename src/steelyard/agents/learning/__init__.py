"""How agents learn: advantages, PPO and A2C, rollouts on vectorised environments, trainings that can be gone on with."""
