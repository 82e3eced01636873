"""MiniGrid's partial views as bags: what is seen, where, which way is faced, and the mission's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.agents.bags.bag import Bags
from steelyard.errors import InputError

MISSION_WORDS = (
    *(",", "a", "after", "and", "at", "avoid", "ball", "behind", "blue", "box", "door", "end", "fetch", "find", "from", "front", "get"),
    *("go", "goal", "green", "grey", "hallway", "in", "key", "lava", "left", "matching", "maze", "must", "near", "next", "object", "of"),
    *("on", "open", "opening", "pick", "purple", "put", "reach", "red", "right", "room", "rooms", "square", "the", "then", "to", "traverse"),
    *("unlock", "up", "use", "yellow", "you", "your"),
)  # fmt: skip
"""The words of all missions that MiniGrid and BabyAI registered in version 3.2 give."""
_OBJECTS = ("door", "key", "ball", "box", "goal", "lava", "agent")
_FIRST_OBJECT = 4  # unseen, empty, wall and floor come before
_COLOURS = ("red", "green", "blue", "purple", "yellow", "grey")
_STATES = 4  # open, closed and locked of doors; four directions of an agent
_KEPT_MISSIONS = 4096
_FACINGS = ("right", "down", "left", "up")


class MiniGridBags:
    """Encode MiniGrid's partial views.

    Each visible cell that is not unseen, empty, wall or floor becomes the word (type, colour, state), with its place seen from the agent as
    one-hot features of dx and dy; what is carried is at the agent's own place, as MiniGrid shows it. The direction that is faced is a word. Each
    word of the mission is a word, with its place in the mission (0-1) as a feature, since "put the ball next to the box" has an order. A linear
    embedding of word and features is thus a sum of one vector for each.

    Args:
        view: `agent_view_size` of the environment.
        objects: most cells that become words; None: all of the view.
        mission_length: most words of a mission; BabyAI's longest have 37.
        mission_words: words that missions may have.

    Raises:
        InputError: a view that is even or below 3, or lengths below 1.

    When it is wrong: walls are not words, so an agent that must find its way between them sees only gaps. The bag is smaller for it.

    Example:
        >>> import gymnasium, minigrid
        >>> from steelyard.agents.bags.encoder import batched, check_encoder
        >>> environment = gymnasium.make("MiniGrid-Fetch-5x5-N2-v0")
        >>> encoder = MiniGridBags(objects=4)
        >>> check_encoder(encoder, environment)
        >>> observation, info = environment.reset(seed=0)
        >>> encoder.described(encoder.bags(batched(environment.observation_space, [observation])))
        [['facing left', 'blue key at -1, 1', 'purple ball at 1, 1', 'go', 'get', 'a', 'blue', 'key']]
    """

    def __init__(
        self,
        *,
        view: int = 7,
        objects: int | None = None,
        mission_length: int = 16,
        mission_words: Sequence[str] = MISSION_WORDS,
    ) -> None:
        if view < 3 or view % 2 == 0:
            raise InputError(f"`view` must be odd and at least 3, as `agent_view_size`, but got {view}")
        if objects is not None and objects < 1:
            raise InputError(f"`objects` must be at least 1, or None for all, but got {objects}")
        if mission_length < 1:
            raise InputError(f"`mission_length` must be at least 1, but got {mission_length}")
        self._view = view
        self._most = view * view if objects is None else objects
        self._mission_length = mission_length
        self._mission_words = tuple(mission_words)
        self._first_mission = 1 + len(_FACINGS)
        self._first_object = self._first_mission + len(self._mission_words)
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def vocabulary(self) -> int:
        """Return one more than the highest word: facings, words of missions, then (type, colour, state)."""
        return self._first_object + len(_OBJECTS) * len(_COLOURS) * _STATES

    @property
    def features(self) -> int:
        """Return the one-hot places dx and dy, and the place in the mission."""
        return 2 * self._view + 1

    @property
    def length(self) -> int:
        """Return the facing, the most objects and the longest mission."""
        return 1 + self._most + self._mission_length

    def bags(self, observations: Any) -> Bags:
        """Return a batch of bags.

        Args:
            observations: `image`, uint8, shape (n, view, view, 3); `direction`, shape (n,); `mission`, n texts.

        Raises:
            InputError: observations of something else, more objects or words than there is room for, a word that missions don't have.
        """
        image, direction, missions = self._parts(observations)
        words = np.zeros((len(image), self.length), dtype=np.int32)
        features = np.zeros((*words.shape, self.features), dtype=np.float32)
        words[:, 0] = 1 + direction
        self._write_objects(image, words, features)
        start = 1 + self._most
        for row, mission in enumerate(missions):
            numbers = self._numbered(str(mission))
            words[row, start : start + len(numbers)] = numbers
            places = np.arange(1, len(numbers) + 1) / self._mission_length
            features[row, start : start + len(numbers), -1] = places
        return Bags(words=words, mask=words > 0, features=features)

    def described(self, bags: Bags) -> list[list[str]]:
        """Return the words of each bag as text, objects with their place to the right and ahead of the agent."""
        assert bags.features is not None
        return [
            [self._named(int(word), feature) for word, feature in zip(row, features, strict=True) if word]
            for row, features in zip(bags.words, bags.features, strict=True)
        ]

    def _parts(self, observations: Any) -> tuple[NDArray[np.int64], NDArray[np.int64], Sequence[Any]]:
        if not isinstance(observations, dict) or not {"image", "direction", "mission"} <= set(observations):
            raise InputError(
                f"observations must be MiniGrid's, a dict of `image`, `direction` and `mission`, but got {type(observations).__name__}"
            )
        image = np.asarray(observations["image"])
        if image.shape[1:] != (self._view, self._view, 3):
            raise InputError(
                f"`image` must be of shape (n, {self._view}, {self._view}, 3), but got {image.shape}; is `view` the environment's "
                "`agent_view_size`, and the view partial?"
            )
        direction = np.asarray(observations["direction"], dtype=np.int64)
        return image.astype(np.int64), direction, observations["mission"]

    def _write_objects(
        self, image: NDArray[np.int64], words: NDArray[np.int32], features: NDArray[np.float32]
    ) -> None:
        rows, x, y = np.nonzero(image[..., 0] >= _FIRST_OBJECT)
        kind, colour, state = image[rows, x, y].T
        if len(rows) and (
            kind.max() >= _FIRST_OBJECT + len(_OBJECTS)
            or colour.max() >= len(_COLOURS)
            or state.max() >= _STATES
        ):
            raise InputError(
                f"objects must be of MiniGrid's types, colours and states, but got up to {kind.max()}, {colour.max()} and {state.max()}"
            )
        counts = np.bincount(rows, minlength=len(image))
        if len(counts) and counts.max() > self._most:
            raise InputError(
                f"a view must have at most {self._most} objects, but one has {counts.max()}; give the encoder a larger `objects`"
            )
        places = 1 + np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        number = ((kind - _FIRST_OBJECT) * len(_COLOURS) + colour) * _STATES + state
        words[rows, places] = self._first_object + number
        features[rows, places, x] = 1.0
        features[rows, places, self._view + y] = 1.0

    def _numbered(self, mission: str) -> tuple[int, ...]:
        """Return the numbers of a mission's words; those of the missions seen last are kept."""
        if mission in self._known:
            return self._known[mission]
        found = mission.lower().replace(",", " , ").split()
        unknown = [word for word in found if word not in self._mission_words]
        if unknown:
            raise InputError(
                f"missions must be of the words in `mission_words`, but {mission!r} has {unknown[0]!r}; give the encoder the words of yours"
            )
        if len(found) > self._mission_length:
            raise InputError(
                f"a mission must have at most {self._mission_length} words, but {mission!r} has {len(found)}; give the encoder a larger "
                "`mission_length`"
            )
        if len(self._known) >= _KEPT_MISSIONS:
            self._known.clear()
        self._known[mission] = tuple(self._first_mission + self._mission_words.index(word) for word in found)
        return self._known[mission]

    def _named(self, word: int, feature: NDArray[np.float32]) -> str:
        if word < self._first_mission:
            return f"facing {_FACINGS[word - 1]}"
        if word < self._first_object:
            return self._mission_words[word - self._first_mission]
        rest, state = divmod(word - self._first_object, _STATES)
        kind, colour = divmod(rest, len(_COLOURS))
        right = int(feature[: self._view].argmax()) - self._view // 2
        ahead = self._view - 1 - int(feature[self._view : -1].argmax())
        says = f" ({('open', 'closed', 'locked')[state]})" if _OBJECTS[kind] == "door" else ""
        return f"{_COLOURS[colour]} {_OBJECTS[kind]}{says} at {right}, {ahead}"
