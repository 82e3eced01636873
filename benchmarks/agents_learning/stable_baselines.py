"""PPO of Stable-Baselines3 on Satchel: what `agents.py` compares learning with. It needs `pip install stable-baselines3`."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.vec_env import VecEnv
from torch import nn

from steelyard.agents import FULL, SMALL, Rules, SatchelVector, Tables, evaluate, observations_of

EPOCHS, MINIBATCHES, ENVIRONMENTS = 4, 8, 512
"""As our defaults."""


class SatchelEnvironments(VecEnv):
    """Satchel's vectorised steps behind Stable-Baselines3's interface."""

    def __init__(self, rules: Rules, *, count: int, seed: int) -> None:
        self.inner = SatchelVector(count, rules=rules)
        self.first_seed = seed
        super().__init__(count, self.inner.single_observation_space, self.inner.single_action_space)

    def reset(self) -> Any:
        """Return the first observations."""
        return self.inner.reset(seed=self.first_seed)[0]

    def step_async(self, actions: Any) -> None:
        """Remember what to do."""
        self.chosen = actions

    def step_wait(self) -> Any:
        """Do it, and return what came of it."""
        observations, rewards, terminated, _, info = self.inner.step(self.chosen)
        told: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for place in np.flatnonzero(terminated).tolist():
            told[place] = {"terminal_observation": info["final_obs"][place], "TimeLimit.truncated": False}
        return observations, rewards.astype(np.float32), terminated, told

    def close(self) -> None:
        """Close the environments."""
        self.inner.close()

    def get_attr(self, *_: Any, **__: Any) -> list[Any]:
        """Return that there is nothing of that name (it asks for `render_mode`)."""
        return [None] * self.num_envs

    def set_attr(self, *_: Any, **__: Any) -> None:
        """Refuse: nothing is set."""
        raise NotImplementedError

    def env_method(self, *_: Any, **__: Any) -> list[Any]:
        """Refuse: nothing is called."""
        raise NotImplementedError

    def env_is_wrapped(self, *_: Any, **__: Any) -> list[bool]:
        """Return that no environment is wrapped."""
        return [False] * self.num_envs


class EncoderLayers(BaseFeaturesExtractor):
    """Our network's layers by PyTorch alone: embedding, two encoder layers, one more each for actor and critic, means over words."""

    def __init__(self, space: Any, *, vocabulary: int, width: int = 32) -> None:
        super().__init__(space, 2 * width)
        self.vocabulary = vocabulary
        self.embedding = nn.Linear(vocabulary + 1, width)

        def layer() -> nn.TransformerEncoderLayer:
            return nn.TransformerEncoderLayer(
                width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True
            )

        self.body = nn.ModuleList([layer(), layer()])
        self.heads = nn.ModuleList([layer(), layer()])

    def forward(self, observations: Any) -> torch.Tensor:
        """Return the actor's and the critic's means side by side."""
        words = observations["words"].long()
        away = words == 0
        time = observations["time"][:, None, :].expand(-1, words.shape[1], 1)
        latents = self.embedding(
            torch.cat([nn.functional.one_hot(words, self.vocabulary).float(), time], dim=-1)
        )
        for layer in self.body:
            latents = layer(latents, src_key_padding_mask=away)
        means = []
        for layer in self.heads:
            kept = layer(latents, src_key_padding_mask=away).masked_fill(away.unsqueeze(-1), 0)
            means.append(kept.sum(dim=1) / (~away).sum(dim=1, keepdim=True))
        return torch.cat(means, dim=1)


def built(rules: Rules, *, kind: str, seed: int) -> PPO:
    """Return a learner: `mlp`, Stable-Baselines3's own network on the observation's numbers, or `encoder`, our layers."""
    steps = ENVIRONMENTS * rules.horizon
    network: dict[str, Any] = {}
    if kind == "encoder":
        network = {
            "features_extractor_class": EncoderLayers,
            "features_extractor_kwargs": {"vocabulary": len(rules.words) + 2},
            "net_arch": [],
        }
    return PPO(
        "MultiInputPolicy",
        SatchelEnvironments(rules, count=ENVIRONMENTS, seed=seed),
        n_steps=rules.horizon,
        batch_size=steps // MINIBATCHES,
        n_epochs=EPOCHS,
        learning_rate=lambda left: 2e-3 * left,
        gamma=1.0,
        ent_coef=0.01,
        policy_kwargs=network,
        seed=seed,
        device="cpu",
    )


def exact_return(model: PPO, rules: Rules) -> float:
    """Return what a learner's policy gets in an episode, exactly."""
    tables = Tables.of(rules)
    states = np.arange(len(tables.bags))
    chances = np.empty((rules.horizon, *tables.bags.shape))
    for step in range(rules.horizon):
        seen = observations_of(rules, states, rules.horizon - step)
        given, _ = model.policy.obs_to_tensor(seen)
        with torch.no_grad():
            chances[step] = model.policy.get_distribution(given).distribution.probs.numpy()
    return evaluate(tables, chances).expected_return


RULES = {"small": SMALL, "full": FULL}
