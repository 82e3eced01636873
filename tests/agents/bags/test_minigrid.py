import copy
import pickle

import numpy as np
import pytest

pytest.importorskip("minigrid", reason="needs the extra `minigrid`")

import gymnasium
import minigrid  # noqa: F401 - registers
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX, STATE_TO_IDX

from steelyard.agents.bags import BagVectorWrapper, BagWrapper, WrappedBags, check_encoder
from steelyard.agents.bags.minigrid import _COLOURS, _FIRST_OBJECT, _OBJECTS, MiniGridBags
from steelyard.errors import InputError


def observation(*cells, direction=0, mission="get the red ball", view=7):
    """Return a batch of one view that is empty but for (x, y, type, colour, state)."""
    image = np.zeros((1, view, view, 3), dtype=np.uint8)
    image[..., 0] = OBJECT_TO_IDX["empty"]
    for x, y, kind, colour, state in cells:
        image[0, x, y] = OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour], STATE_TO_IDX[state]
    return {"image": image, "direction": np.array([direction]), "mission": (mission,)}


def test_the_names_are_minigrids():
    assert [OBJECT_TO_IDX[name] for name in _OBJECTS] == list(range(_FIRST_OBJECT, len(OBJECT_TO_IDX)))
    assert [COLOR_TO_IDX[name] for name in _COLOURS] == list(range(len(COLOR_TO_IDX)))


def test_objects_are_words_with_places_and_the_rest_is_not():
    encoder = MiniGridBags()
    seen = observation(
        (3, 6, "key", "blue", "open"),  # carried: at the agent's own place
        (3, 5, "door", "red", "locked"),
        (0, 0, "ball", "grey", "open"),
        (1, 1, "wall", "grey", "open"),
        (1, 2, "floor", "grey", "open"),
        (1, 3, "unseen", "red", "open"),
        direction=2,
        mission="get the red ball, then go to the box",
    )
    bags = encoder.bags(seen)
    described = encoder.described(bags)[0]
    assert described[:4] == [
        "facing left",
        "grey ball at -3, 6",
        "red door (locked) at 0, 1",
        "blue key at 0, 0",
    ]
    assert described[4:] == ["get", "the", "red", "ball", ",", "then", "go", "to", "the", "box"]
    assert bags.words.max() < encoder.vocabulary
    objects = bags.features[0, 1:4]
    assert (objects[:, :7].sum(axis=1) == 1).all()
    assert (objects[:, 7:14].sum(axis=1) == 1).all()
    mission = bags.features[0, 50:60]
    np.testing.assert_allclose(mission[:, -1], np.arange(1, 11) / 16)
    assert not mission[:, :-1].any()


def test_every_type_colour_and_state_is_a_word_of_its_own():
    encoder = MiniGridBags()
    found = {
        int(encoder.bags(observation((2, 2, kind, colour, state))).words[0, 1])
        for kind in _OBJECTS
        for colour in _COLOURS
        for state in STATE_TO_IDX
    }
    assert len(found) == 7 * 6 * 3
    assert max(found) < encoder.vocabulary
    assert min(found) > max(encoder.bags(observation(mission="your you yellow")).words[0])


@pytest.mark.parametrize(
    "name",
    [
        "MiniGrid-DoorKey-6x6-v0",
        "MiniGrid-LavaCrossingS9N1-v0",
        "BabyAI-GoToLocal-v0",
        "MiniGrid-Empty-5x5-v0",
    ],
)
def test_real_environments(name):
    environment = gymnasium.make(name)
    encoder = MiniGridBags()
    check_encoder(encoder, environment, steps=30)
    wrapped = BagWrapper(gymnasium.make(name), encoder)
    check_encoder(WrappedBags(wrapped.observation_space), wrapped, steps=10)


def test_what_is_seen_is_what_is_there():
    environment = gymnasium.make("MiniGrid-DoorKey-6x6-v0", see_through_walls=True)
    encoder = MiniGridBags()
    environment.reset(seed=2)
    for seed in range(40):
        environment.action_space.seed(seed)
        observed, *_ = environment.step(environment.action_space.sample())
        inner = environment.unwrapped
        expected = []
        for x in range(inner.width):
            for y in range(inner.height):
                cell, place = inner.grid.get(x, y), inner.relative_coords(x, y)
                if (
                    cell is not None
                    and cell.type not in ("wall", "floor")
                    and place
                    and (x, y) != tuple(inner.agent_pos)
                ):
                    expected.append((cell.color, cell.type, place[0] - 3, 6 - place[1]))
        if inner.carrying:
            expected.append((inner.carrying.color, inner.carrying.type, 0, 0))
        batch = {
            "image": observed["image"][None],
            "direction": np.array([observed["direction"]]),
            "mission": (observed["mission"],),
        }
        words = encoder.described(encoder.bags(batch))[0]
        found = [
            word.replace("(open) ", "").replace("(closed) ", "").replace("(locked) ", "")
            for word in words
            if " at " in word
        ]
        assert sorted(found) == sorted(
            f"{colour} {kind} at {right}, {ahead}" for colour, kind, right, ahead in expected
        )


def test_vectorised():
    vector = gymnasium.make_vec("MiniGrid-Fetch-5x5-N2-v0", num_envs=3, vectorization_mode="sync")
    wrapped = BagVectorWrapper(vector, MiniGridBags(objects=6, mission_length=8))
    bags, _ = wrapped.reset(seed=0)
    assert bags["words"].shape == (3, 15)
    assert bags in wrapped.observation_space
    assert (wrapped.step(np.array([0, 1, 2]))[0]["words"][:, 0] > 0).all()


def test_encoders_can_be_copied_and_pickled():
    encoder = MiniGridBags()
    seen = observation((1, 1, "key", "blue", "open"))
    for other in (copy.deepcopy(encoder), pickle.loads(pickle.dumps(encoder))):
        np.testing.assert_array_equal(other.bags(seen).words, encoder.bags(seen).words)


@pytest.mark.parametrize(
    ("encoder", "seen", "said"),
    [
        ({}, np.ones((1, 7, 7, 3)), "must be MiniGrid's"),
        ({"view": 5}, observation(), r"shape \(n, 5, 5, 3\), but got \(1, 7, 7, 3\); is `view`"),
        (
            {"objects": 1},
            observation((1, 1, "key", "red", "open"), (2, 2, "key", "red", "open")),
            "give the encoder a larger `objects`",
        ),
        ({"mission_length": 3}, observation(), "a larger `mission_length`"),
        ({}, observation(mission="juggle the balls"), "'juggle'; give the encoder the words of yours"),
        (
            {},
            {**observation(), "image": np.full((1, 7, 7, 3), 200, dtype=np.uint8)},
            "types, colours and states",
        ),
    ],
)
def test_refuses_what_it_cannot_encode(encoder, seen, said):
    with pytest.raises(InputError, match=said):
        MiniGridBags(**encoder).bags(seen)


@pytest.mark.parametrize("wrong", [{"view": 6}, {"view": 1}, {"objects": 0}, {"mission_length": 0}])
def test_refuses_sizes_that_make_no_sense(wrong):
    with pytest.raises(InputError, match="must be"):
        MiniGridBags(**wrong)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*is out of date")  # older versions of the same environments
@pytest.mark.parametrize("family", ["MiniGrid-", "BabyAI-"])
def test_every_registered_environment_has_known_words(family):
    names = [name for name in gymnasium.registry if name.startswith(family) and "WFC" not in name]
    encoder = MiniGridBags(mission_length=40)
    for name in names:
        environment = gymnasium.make(name)
        size = environment.observation_space["image"].shape[0]
        own = encoder if size == 7 else MiniGridBags(view=size, mission_length=40)
        check_encoder(own, environment, steps=5)
    assert len(names) > 50
