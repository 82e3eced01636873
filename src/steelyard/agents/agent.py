"""The agent: fitted on an environment, asked what to do, weighed, saved, like a scikit-learn estimator."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from inspect import signature
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.agents.agent_score import AgentScore
from steelyard.agents.assembling import Algorithm, network_of, plan_of
from steelyard.agents.bags import BagEncoder
from steelyard.agents.bags.encoder import checked_bags
from steelyard.agents.learning.answers import answers
from steelyard.agents.learning.player import Player, drawn
from steelyard.agents.learning.progress import Progress
from steelyard.agents.learning.rows import Rows
from steelyard.agents.learning.running import run_training
from steelyard.agents.learning.training import Training
from steelyard.agents.network import SetActorCritic
from steelyard.agents.network.architecture import Bodies, Head, Latents, Norm
from steelyard.agents.playground import Environment, Playground
from steelyard.agents.satchel_play import exact_return, policy_table
from steelyard.agents.saving import Fitted, read_fitted, write_fitted
from steelyard.agents.scoring import scored
from steelyard.errors import InputError
from steelyard.study.threads import limited_threads

_ELSEWHERE = ("device", "threads", "environment", "encoder")
"""Parameters that say where, or that a key says in another way."""


class Agent:
    """Learn to act on bags of words, by an actor-critic network of encoder layers.

    Parameters that are None take the algorithm's or the environment's own value, as said; the defaults reach the returns in docs/agents.md.

    Args:
        environment: a name that Gymnasium knows, `Rules` of Satchel, or a function that makes so many vectorised environments.
        encoder: turns observations into bags (`bags.BagEncoder`); None: Satchel's.
        algorithm: `ppo` or `a2c`.
        action_mask: key of `info` that says which actions may be taken (`present` on Satchel); None: all are tried, and absent words are learnt to
            be left alone.
        width: of a latent vector; this and all up to `dropout` are those of `network.Architecture`.
        attention_heads: of each encoder layer.
        feedforward: hidden width of an encoder layer; None: twice `width`.
        layers: of a body.
        norm: `pre` or `post`.
        latents: `none`, `l2`, `layernorm` or `centre`.
        embedding_bias: whether one vector is added to every word.
        mask: whether padding is left out.
        bodies: `shared` or `separate`.
        head: `encoder` or `linear`.
        position: whether a code of the place in the list is added.
        dropout: share of the features dropped in updates; anything but 0 makes PPO's ratio differ from 1 before any step was made.
        environments: played side by side; None: 512 on Satchel, which steps by tables (64 with A2C), 16 elsewhere. This and all up to `scale_rewards` are
            those of `learning.plan.Plan`.
        rollout: steps of each between two updates; None: an episode on Satchel, 128 elsewhere.
        learning_rate: Adam's at the start.
        last_rate: share of it at the end.
        discount: what a reward one step later is worth; None: 1 on Satchel, whose return is undiscounted, .99 elsewhere.
        trace: lambda of the advantages.
        value_weight: of the squared error of the values.
        entropy_weight: of the entropy, at the start.
        last_entropy: share of it at the end.
        gradient_norm: longest gradient; None: any.
        normalise: whether the advantages of a rollout are shifted and scaled to mean 0 and standard deviation 1.
        scale_rewards: whether rewards are divided by the spread of what they add up to.
        epochs: PPO's passes over a rollout.
        minibatches: that each of PPO's passes is split into.
        clip: PPO's largest useful change of a probability, as a share.
        stop_kl: PPO's update ends after a pass with a larger divergence, nats; None: never.
        device: `cpu`, `cuda`, ...
        threads: of PyTorch while it computes; more than one gain nothing on small bags.
        seed: of initial weights, environments, actions and minibatches; same seed, same bits (on one machine).

    Attributes:
        history_: a `learning.progress.Update` for each update.
        network_: the `network.SetActorCritic`.

    Example:
        >>> from steelyard.agents import SMALL
        >>> agent = Agent(SMALL, width=16, environments=64, seed=0).fit(steps=3_000)
        >>> score = agent.evaluate()
        >>> score.exact, score.placement.standing, len(agent.history_)
        (True, 'better', 4)
    """

    def __init__(
        self,
        environment: Environment = "steelyard/Satchel-v0",
        *,
        encoder: BagEncoder | None = None,
        algorithm: Algorithm = "ppo",
        action_mask: str | None = None,
        width: int = 32,
        attention_heads: int = 4,
        feedforward: int | None = None,
        layers: int = 2,
        norm: Norm = "pre",
        latents: Latents = "none",
        embedding_bias: bool = True,
        mask: bool = True,
        bodies: Bodies = "shared",
        head: Head = "encoder",
        position: bool = False,
        dropout: float = 0.0,
        environments: int | None = None,
        rollout: int | None = None,
        learning_rate: float = 2e-3,
        last_rate: float = 0.0,
        discount: float | None = None,
        trace: float = 0.95,
        value_weight: float = 0.5,
        entropy_weight: float = 0.01,
        last_entropy: float = 0.0,
        gradient_norm: float | None = 0.5,
        normalise: bool = True,
        scale_rewards: bool = True,
        epochs: int = 4,
        minibatches: int = 8,
        clip: float = 0.2,
        stop_kl: float | None = None,
        device: str = "cpu",
        threads: int | None = 1,
        seed: int = 0,
    ) -> None:
        self.environment = environment
        self.encoder = encoder
        self.algorithm: Algorithm = algorithm
        self.action_mask = action_mask
        self.width = width
        self.attention_heads = attention_heads
        self.feedforward = feedforward
        self.layers = layers
        self.norm: Norm = norm
        self.latents: Latents = latents
        self.embedding_bias = embedding_bias
        self.mask = mask
        self.bodies: Bodies = bodies
        self.head: Head = head
        self.position = position
        self.dropout = dropout
        self.environments = environments
        self.rollout = rollout
        self.learning_rate = learning_rate
        self.last_rate = last_rate
        self.discount = discount
        self.trace = trace
        self.value_weight = value_weight
        self.entropy_weight = entropy_weight
        self.last_entropy = last_entropy
        self.gradient_norm = gradient_norm
        self.normalise = normalise
        self.scale_rewards = scale_rewards
        self.epochs = epochs
        self.minibatches = minibatches
        self.clip = clip
        self.stop_kl = stop_kl
        self.device = device
        self.threads = threads
        self.seed = seed

    def parameters(self) -> dict[str, Any]:
        """Return what the agent was made with, by name."""
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def fit(
        self,
        *,
        steps: int,
        exact_every: int = 10,
        checkpoint: Path | str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Self:
        """Learn by playing, and return the agent.

        Args:
            steps: of all environments together, rounded up to whole rollouts.
            exact_every: updates between two exact evaluations, on Satchel; they cost little and change nothing. There is one after the last
                update in any case.
            checkpoint: a folder that the training is kept in about every minute, and gone on with where it was cut off: the weights will
                be the same bits as if it never was. The file is removed at the end. Environments other than Satchel can't say where
                they are; they begin new episodes every 16 updates, checkpoint or not, and can be gone on with from there.
            on_progress: told after every update; it gets the network too.

        Raises:
            InputError: parameters out of range, an environment that can't be played, a checkpoint of another training.
        """
        if steps < 1 or exact_every < 1:
            raise InputError(
                f"`steps` and `exact_every` must be at least 1, but got {steps} and {exact_every}"
            )
        place, given = self._playground(), self.parameters()
        plan = plan_of(given, horizon=place.horizon)
        vectorised = place.make(plan.environments)
        network = network_of(given, place, actions=place.actions(vectorised))
        with limited_threads(self.threads):
            player = Player(vectorised, place.encoder, action_mask=self.action_mask, seed=self.seed)
            training = Training(
                network,
                player,
                plan=plan,
                steps=steps,
                exact=None if place.rules is None else self._exact,
                exact_every=exact_every,
                seed=self.seed,
            )
            run_training(
                training,
                None if checkpoint is None else Path(checkpoint),
                key=self._key(place, steps, exact_every),
                on_progress=on_progress,
            )
        vectorised.close()
        self.network_ = network
        self.history_ = tuple(training.history)
        return self

    def act(
        self,
        observations: Any,
        *,
        allowed: NDArray[np.bool_] | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> NDArray[np.int64]:
        """Return what to do, shape (n,).

        Args:
            observations: of n environments, as a vectorised environment gives them.
            allowed: which actions may be taken, shape (n, actions); needed by an agent with an `action_mask`.
            seed: draws with the network's probabilities; None takes the likeliest action.

        Raises:
            InputError: not fitted, observations that aren't bags, or `allowed` missing or of another shape.
        """
        self._check_fitted()
        if self.action_mask is not None and allowed is None:
            raise InputError(
                f"`allowed` must be given, since the agent learnt with an action mask; give info[{self.action_mask!r}]"
            )
        with limited_threads(self.threads):
            bags = checked_bags(self._playground().encoder, observations)
            shape = (len(bags), self.network_.architecture.actions)
            if allowed is not None and (allowed.shape != shape or not allowed.any(axis=1).all()):
                raise InputError(
                    f"`allowed` must be of shape {shape} with an action in each row, but got {allowed.shape}"
                )
            rows = Rows(words=bags.words, mask=bags.mask, features=bags.features, allowed=allowed)
            every, _ = answers(self.network_, rows)
        if seed is None:
            return np.asarray(every.argmax(axis=1), dtype=np.int64)
        return drawn(every, np.random.default_rng(seed))

    def policy_table(self, *, greedy: bool = False) -> NDArray[np.float64]:
        """Return the probability of each word in each bag of Satchel at each step, shape (horizon, states, words).

        Args:
            greedy: all probability to the likeliest word.

        Raises:
            InputError: not fitted, or an environment other than Satchel.
        """
        self._check_fitted()
        place = self._playground()
        if place.rules is None:
            raise InputError(
                f"only Satchel has a table of all its bags, but the environment is {place.name}; call `act`"
            )
        with limited_threads(self.threads):
            masked = self.action_mask is not None
            return policy_table(self.network_, place.rules, place.encoder, masked=masked, greedy=greedy)

    def evaluate(self, *, greedy: bool = False, episodes: int = 100, seed: int = 0) -> AgentScore:
        """Return what the agent gets in an episode: on Satchel exactly and with its place, elsewhere by episodes and with an interval.

        Args:
            greedy: always the likeliest action, instead of drawing with the network's probabilities.
            episodes: to play, at least 2, where it isn't Satchel.
            seed: of those.

        Raises:
            InputError: not fitted, fewer than 2 episodes.
        """
        self._check_fitted()
        with limited_threads(self.threads):
            return scored(
                self.network_,
                self._playground(),
                action_mask=self.action_mask,
                greedy=greedy,
                episodes=episodes,
                seed=seed,
            )

    def save(self, folder: Path | str) -> None:
        """Write the agent to a folder: weights as safetensors, the rest as JSON.

        An environment that is a function, and an encoder, aren't written; `load` asks for them.

        Raises:
            InputError: not fitted, or a folder that can't be written.
        """
        self._check_fitted()
        write_fitted(
            Fitted(network=self.network_, history=self.history_), Path(folder), parameters=self.parameters()
        )

    @classmethod
    def load(
        cls,
        folder: Path | str,
        *,
        environment: Environment | None = None,
        encoder: BagEncoder | None = None,
        device: str = "cpu",
    ) -> Self:
        """Return the agent that `save` wrote to a folder.

        Args:
            folder: written by `save`.
            environment: in place of the saved one; needed where that was a function.
            encoder: of its observations; None: Satchel's.
            device: of the network.

        Raises:
            InputError: no such folder, files that `save` didn't write, no environment or encoder where they aren't known.
        """
        fitted, parameters = read_fitted(Path(folder))
        if environment is not None:
            parameters["environment"] = environment
        if parameters.get("environment") is None:
            raise InputError(
                f"`environment` must be given, since the agent in {folder} played one made by a function, which isn't written"
            )
        try:
            agent = cls(**{**parameters, "encoder": encoder, "device": device})
        except TypeError as error:
            raise InputError(
                f"{folder} must hold an agent with parameters of this version, but: {error}"
            ) from error
        place = agent._playground()
        sizes = fitted.network.architecture
        if (place.encoder.vocabulary, place.encoder.features) != (sizes.vocabulary, sizes.features):
            raise InputError(
                f"`encoder` must have {sizes.vocabulary} words and {sizes.features} features, as the agent in {folder} knows, but has "
                f"{place.encoder.vocabulary} and {place.encoder.features}"
            )
        agent.network_ = fitted.network.to(torch.device(device))
        agent.history_ = fitted.history
        return agent

    def _check_fitted(self) -> None:
        if not hasattr(self, "network_"):
            raise InputError("the agent must be fitted first; call `fit`, or `Agent.load`")

    def _playground(self) -> Playground:
        return Playground.of(self.environment, self.encoder)

    def _exact(self, network: SetActorCritic) -> float:
        place = self._playground()
        assert place.rules is not None
        return exact_return(network, place.rules, place.encoder, masked=self.action_mask is not None)

    def _key(self, place: Playground, steps: int, exact_every: int) -> str:
        """Return what a checkpoint must agree with."""
        chosen = {name: value for name, value in self.parameters().items() if name not in _ELSEWHERE}
        where = [
            place.name,
            None if place.rules is None else asdict(place.rules),
            type(place.encoder).__name__,
        ]
        return hashlib.sha256(
            json.dumps([chosen, where, steps, exact_every], sort_keys=True).encode()
        ).hexdigest()
