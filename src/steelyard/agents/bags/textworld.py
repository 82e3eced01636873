"""TextWorld's facts as bags: a fact is a word, its arguments come with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from steelyard.agents.bags.bag import Bags
from steelyard.agents.bags.wrapper import Observation, as_observations, bag_space
from steelyard.errors import InputError, MissingExtraError

MOST_ARGUMENTS = 3
"""Arguments of a fact at most: `link(kitchen, door, garden)`."""
_DIRECTIONS = ("north_of", "south_of", "east_of", "west_of")


@runtime_checkable
class Fact(Protocol):
    """A proposition, as TextWorld's: `at(P, kitchen)` has the name `at` and the names `P`, `kitchen`."""

    @property
    def name(self) -> str:
        """Return the predicate."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Return the arguments' names."""
        ...


class FactBags:
    """Encode facts about a world, such as those of a TextWorld game.

    The predicate of a fact is its word; its first, second and third argument are one-hot features over the things of the world. A linear
    embedding of both is thus a sum of one vector for the predicate and one for each argument in its place.

    Args:
        predicates: names that facts may have.
        things: names that arguments may have: the player, rooms, doors, objects.
        length: most facts at a time.

    Raises:
        InputError: no predicates or things, one twice, or a length below 1.

    Example:
        >>> encoder = FactBags(["at", "open"], ["P", "kitchen", "door"], length=3)
        >>> bags = encoder.bags([[("at", "P", "kitchen"), ("open", "door")], [("at", "P", "kitchen")]])
        >>> bags.words.tolist(), bags.features[0, 0].tolist()
        ([[1, 2, 0], [1, 0, 0]], [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    """

    def __init__(self, predicates: Sequence[str], things: Sequence[str], *, length: int) -> None:
        for name, given in (("predicates", predicates), ("things", things)):
            if not given or len(set(given)) < len(given):
                raise InputError(f"`{name}` must be one or more different names, but got {list(given)}")
        if length < 1:
            raise InputError(f"`length` must be at least 1 fact, but got {length}")
        self._words = {name: 1 + place for place, name in enumerate(predicates)}
        self._things = {name: place for place, name in enumerate(things)}
        self._length = length

    @property
    def vocabulary(self) -> int:
        """Return one more than the number of predicates."""
        return len(self._words) + 1

    @property
    def features(self) -> int:
        """Return three times the number of things."""
        return MOST_ARGUMENTS * len(self._things)

    @property
    def length(self) -> int:
        """Return the most facts at a time."""
        return self._length

    def bags(self, observations: Sequence[Iterable[Fact | Sequence[str]]]) -> Bags:
        """Return a batch of bags.

        Args:
            observations: for each bag its facts: propositions of TextWorld, or rows of a predicate and its arguments.

        Raises:
            InputError: a predicate or thing that the encoder doesn't know, more facts than there is room for, or none.
        """
        words: list[list[int]] = []
        features: list[NDArray[np.float32]] = []
        for world in observations:
            facts = [_parts(fact) for fact in world]
            words.append([self._word(name) for name, _ in facts])
            features.append(self._placed(facts))
        return Bags.of(words, vocabulary=self.vocabulary, length=self._length, features=features)

    def _word(self, predicate: str) -> int:
        if predicate not in self._words:
            raise InputError(
                f"facts must have one of the predicates {', '.join(self._words)}, but one has {predicate!r}; give the encoder all of the game's"
            )
        return self._words[predicate]

    def _placed(self, facts: list[tuple[str, Sequence[str]]]) -> NDArray[np.float32]:
        placed = np.zeros((len(facts), MOST_ARGUMENTS, len(self._things)), dtype=np.float32)
        for row, (name, arguments) in enumerate(facts):
            if len(arguments) > MOST_ARGUMENTS:
                raise InputError(
                    f"facts must have at most {MOST_ARGUMENTS} arguments, but {name!r} has {len(arguments)}"
                )
            for place, thing in enumerate(arguments):
                if thing not in self._things:
                    raise InputError(
                        f"facts must be about {', '.join(self._things)}, but {name!r} is about {thing!r}; give the encoder all things of the game"
                    )
                placed[row, place, self._things[thing]] = 1.0
        return placed.reshape(len(facts), self.features)


class TextWorldGame(gymnasium.Env[Observation, Any]):
    """A TextWorld game as a Gymnasium environment whose observations are bags of facts.

    TextWorld's own environments give text and take text, and are not Gymnasium's. Here an action is the number of one of the commands that can
    ever be admissible; one that isn't now changes nothing. The reward is what the score gains. An episode terminates when the game is won or
    lost, and is truncated after `horizon` steps. `info["admissible"]` says which commands are. The facts are complete: nothing is hidden from the
    agent, but what the quest is shows in rewards only.

    Args:
        game: the game's JSON file, as `tw-make` writes beside the compiled game; no interpreter is needed.
        horizon: most steps in an episode.
        length: most facts at a time; None: twice those at the start and 8 more.

    Raises:
        MissingExtraError: TextWorld is not installed.
        InputError: a file that there isn't or that is no such game, a horizon below 1.

    Example:
        >>> import tempfile
        >>> from textworld import GameMaker
        >>> from textworld.generator.game import Event, Quest
        >>> maker = GameMaker()
        >>> kitchen, apple = maker.new_room("kitchen"), maker.new(type="f", name="apple")
        >>> kitchen.add(apple)
        >>> maker.set_player(kitchen)
        >>> maker.quests = [Quest(win_events=[Event(conditions={maker.new_fact("eaten", apple)})])]
        >>> file = f"{tempfile.mkdtemp()}/game.json"
        >>> maker.build().save(file)
        >>> environment = TextWorldGame(file, horizon=20)
        >>> observation, info = environment.reset(seed=0)
        >>> [command for command, may in zip(environment.commands, info["admissible"]) if may]
        ['examine apple', 'inventory', 'look', 'take apple']
        >>> environment.step(environment.commands.index("take apple"))[1]
        0.0
        >>> environment.step(environment.commands.index("eat apple"))[1:4]         # won
        (1.0, True, False)
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}  # type: ignore[misc]  # as Gymnasium's

    def __init__(self, game: str | Path, *, horizon: int = 50, length: int | None = None) -> None:
        if horizon < 1:
            raise InputError(f"`horizon` must be at least 1 step, but got {horizon}")
        self._horizon = horizon
        self._play, world = _opened(Path(game))
        self.commands: tuple[str, ...] = tuple(world.possible_admissible_commands)
        start = self._play.reset()
        most = 2 * len(start["facts"]) + 8 if length is None else length
        self.encoder = FactBags(_predicates(world), _things(world), length=most)
        self.observation_space = bag_space(self.encoder)
        self.action_space = spaces.Discrete(len(self.commands))
        self._score, self._steps_left = 0, 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin the game anew; it is the same each time, whatever the seed.

        Raises:
            InputError: options, of which there are none.
        """
        super().reset(seed=seed)
        if options:
            raise InputError(f"`options` must be empty, but got {', '.join(options)}")
        self._score, self._steps_left = 0, self._horizon
        return self._shown(self._play.reset())

    def step(self, action: Any) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Give a command.

        Args:
            action: its number in `commands`.

        Returns:
            Observation, what the score gained, whether the game is won or lost, whether the horizon is reached, and info.

        Raises:
            InputError: an action that isn't the number of a command.
            ResetNeeded: no episode was begun, or it is over.
        """
        if not self.action_space.contains(action):
            raise InputError(
                f"`action` must be the number of a command, from 0 to {len(self.commands) - 1}, but got {action!r}"
            )
        if self._steps_left == 0:
            raise ResetNeeded(
                "an episode must be begun before a step, but it is over or none was begun; call `reset`"
            )
        state, score, over = self._play.step(self.commands[int(action)])
        gained, self._score = float(score - self._score), score
        self._steps_left = 0 if over else self._steps_left - 1
        observation, info = self._shown(state)
        return observation, gained, bool(over), not over and self._steps_left == 0, info

    def _shown(self, state: Any) -> tuple[Observation, dict[str, Any]]:
        rows = as_observations(self.encoder.bags([state["facts"]]))
        admissible = np.isin(self.commands, state["admissible_commands"])
        return {name: row[0] for name, row in rows.items()}, {"admissible": admissible}


def _parts(fact: Fact | Sequence[str]) -> tuple[str, Sequence[str]]:
    if isinstance(fact, Fact):
        return fact.name, fact.names
    if isinstance(fact, str) or not fact or not all(isinstance(part, str) for part in fact):
        raise InputError(
            f"a fact must be a predicate and its arguments, as in ('at', 'P', 'kitchen'), but got {fact!r}"
        )
    return fact[0], fact[1:]


def _opened(path: Path) -> tuple[Any, Any]:
    """Return a game to play and what is known about it."""
    try:
        import textworld  # noqa: PLC0415 - an extra
        from textworld.generator.game import Game  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            "a TextWorld game needs TextWorld: pip install 'steelyard[textworld]'"
        ) from error
    if path.suffix != ".json" or not path.is_file():
        raise InputError(
            f"`game` must be the JSON file of a TextWorld game, but got {str(path)!r}; `tw-make` writes one beside the game"
        )
    try:
        world = Game.load(str(path))
        asked = textworld.EnvInfos(facts=True, admissible_commands=True, won=True, lost=True, score=True)
        return textworld.start(str(path), asked), world
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"`game` must be the JSON file of a TextWorld game, but {str(path)!r} is not one: {error!r}"
        ) from error


def _predicates(world: Any) -> list[str]:
    """Return the names of all facts that the rules of a game ask for or bring about, and of those at its start."""
    found = {fact.name for fact in world.world.facts} | set(_DIRECTIONS)
    for rule in world.kb.rules.values():
        found |= {part.name for part in (*rule.preconditions, *rule.postconditions)}
    return sorted(found)


def _things(world: Any) -> list[str]:
    """Return the names of a game's things, as its facts show them."""
    return sorted({info.name or info.id for info in world.infos.values()})
