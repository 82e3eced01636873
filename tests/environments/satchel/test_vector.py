import json

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import DictInfoToList, RecordEpisodeStatistics

import steelyard.agents  # noqa: F401 - registers
from steelyard.environments.satchel.rules import SMALL, Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.environments.satchel.vector import SatchelVector
from steelyard.errors import InputError

MODES = [mode.value for mode in AutoresetMode]


def run(vector, *, steps, seed=0, reset=True):
    """Return everything that random words bring about, one tuple a step."""
    random = np.random.default_rng(9)
    found = [vector.reset(seed=seed)] if reset else []
    for _ in range(steps):
        found.append(vector.step(random.integers(vector.single_action_space.n, size=vector.num_envs)))
        if vector.metadata["autoreset_mode"] == AutoresetMode.DISABLED and found[-1][2].any():
            found.append(vector.reset(options={"reset_mask": found[-1][2]}))
    return found


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_same_seed_same_bits(mode, shuffle):
    one, same, other = (
        run(SatchelVector(5, rules="small", autoreset_mode=mode, shuffle=shuffle), steps=30, seed=seed)
        for seed in (0, 0, 1)
    )
    assert data_equivalence(one, same, exact=True)
    assert not data_equivalence(one, other, exact=True)


def form(value):
    """Return what a value is made of: keys, shapes and types."""
    if isinstance(value, dict):
        return {key: form(each) for key, each in value.items()}
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [form(each) for each in value]
    return (value.shape, value.dtype.kind) if isinstance(value, np.ndarray) else type(value)


@pytest.mark.parametrize("mode", ["SameStep", "NextStep"])
def test_has_the_form_of_gymnasiums_own_vectorisation(mode):
    ours = gymnasium.make_vec("steelyard/SatchelSmall-v0", num_envs=3, autoreset_mode=mode)
    theirs = gymnasium.make_vec(
        "steelyard/SatchelSmall-v0",
        num_envs=3,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": mode},
    )
    assert isinstance(ours, SatchelVector)
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    assert ours.metadata["autoreset_mode"] == theirs.metadata["autoreset_mode"]
    for our_step, their_step in zip(run(ours, steps=26), run(theirs, steps=26), strict=True):
        assert form(our_step[-1]) == form(their_step[-1])
        assert [form(each) for each in our_step[1:-1]] == [form(each) for each in their_step[1:-1]]
        assert form(our_step[0]) == form(their_step[0])
        assert our_step[0] in ours.observation_space
        if len(our_step) == 5:
            assert (our_step[2] == their_step[2]).all()


def test_an_episode_ends_after_the_horizon_and_the_next_begins_in_the_same_step():
    vector = SatchelVector(4, rules="small")
    found = run(vector, steps=24)
    ended = [step[2].all() for step in found[1:]]
    assert ended == ([False] * 11 + [True]) * 2
    last = found[12]
    assert last[0]["time"].tolist() == [[1.0]] * 4
    assert (vector.tables.start[last[4]["state"]] > 0).all()
    final = last[4]["final_info"]
    assert [obs["time"].tolist() for obs in last[4]["final_obs"]] == [[0.0]] * 4
    for row, state in zip(last[4]["final_obs"], final["state"], strict=True):
        assert (row["words"] >= 2).sum() == vector.tables.bags[state].sum()
    assert not any("final_obs" in step[4] for step in found[1:12])
    assert not any(step[3].any() for step in found[1:])


def test_the_next_step_begins_the_next_episode_and_ignores_the_action():
    vector = SatchelVector(2, rules=Rules(horizon=2), autoreset_mode="NextStep")
    found = run(vector, steps=6)
    assert [step[2].all() for step in found[1:]] == [False, True, False, False, True, False]
    assert found[3][1].tolist() == [0.0, 0.0]
    assert found[3][0]["time"].tolist() == [[1.0], [1.0]]
    assert (vector.tables.start[found[3][4]["state"]] > 0).all()


def test_a_mask_begins_some():
    vector = SatchelVector(3, rules="small", autoreset_mode="Disabled")
    vector.reset(seed=0)
    vector.step([0, 0, 0])
    before = vector.states
    observations, _ = vector.reset(options={"reset_mask": np.array([True, False, False])})
    assert vector.steps_left.tolist() == [12, 11, 11]
    assert (vector.states[1:] == before[1:]).all()
    assert observations["time"].ravel().tolist() == vector.time.tolist()
    for _ in range(11):
        terminated = vector.step([0, 0, 0])[2]
    assert terminated.tolist() == [False, True, True]
    with pytest.raises(ResetNeeded, match="one is over"):
        vector.step([0, 0, 0])
    vector.reset(options={"reset_mask": terminated})
    assert vector.step([0, 0, 0])[2].tolist() == [True, False, False]


def test_can_begin_with_given_bags_and_follows_the_tables():
    tables = Tables.of(SMALL)
    bags = [tables.number({"key_1": 1, "chest_1": 1}), tables.number({"wolf": 1, "chest_0": 1}), 0]
    vector = SatchelVector(3, rules="small", render_mode="ansi")
    vector.reset(seed=0, options={"states": np.array(bags)})
    assert vector.render()[2] == "12 of 12 steps left: (empty)"
    _, reward, _, _, info = vector.step(np.array([3, 2, 5]))
    assert reward.tolist() == [2.0, -1.5, -0.1]
    left = tables.left[bags, [3, 2, 5]]
    assert all(state in {*tables.arrivals[bag], bag} for state, bag in zip(info["state"], left, strict=True))
    np.testing.assert_array_equal(info["present"], tables.present[info["state"]])


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("steps", [0, 7, 12])
def test_goes_on_from_a_saved_state_with_the_same_bits(shuffle, steps):
    whole = SatchelVector(3, rules="small", shuffle=shuffle)
    run(whole, steps=steps)
    saved = json.loads(json.dumps(whole.state_dict()))
    seen = whole._seen() if not shuffle else None
    resumed = SatchelVector(3, rules="small", shuffle=shuffle)
    observations = resumed.load_state_dict(saved)
    if seen is not None:
        assert data_equivalence(seen, observations, exact=True)
    onwards = run(whole, steps=20, reset=False)
    assert data_equivalence(onwards, run(resumed, steps=20, reset=False), exact=True)


def test_a_resumed_bag_is_shown_in_the_order_that_it_was_shown_in():
    vector = SatchelVector(3, rules="small", shuffle=True)
    observations, _ = vector.reset(seed=0)
    for _ in range(14):
        observations = vector.step([0, 1, 2])[0]
    resumed = SatchelVector(3, rules="small", shuffle=True)
    assert data_equivalence(observations, resumed.load_state_dict(vector.state_dict()), exact=True)


def test_gymnasium_counts_its_episodes():
    found = run(RecordEpisodeStatistics(SatchelVector(2, rules="small")), steps=12)
    episode = found[-1][4]["episode"]
    np.testing.assert_allclose(episode["r"], sum(step[1] for step in found[1:]), atol=1e-5)
    assert episode["l"].tolist() == [12, 12]


def test_gymnasium_takes_its_info_apart():
    vector = SatchelVector(2, rules="small")
    *_, info = run(DictInfoToList(vector), steps=12)[-1]
    assert [each["state"] for each in info] == vector.states.tolist()
    assert all(each["final_obs"]["time"] == [0.0] for each in info)


def test_what_is_handed_out_can_be_changed_without_harm():
    one, two = SatchelVector(2, rules="small"), SatchelVector(2, rules="small")
    one.reset(seed=0)
    two.reset(seed=0)
    for _ in range(15):
        ours, theirs = one.step([0, 1]), two.step([0, 1])
        assert data_equivalence(ours, theirs, exact=True)
        for array in (
            *theirs[0].values(),
            *theirs[1:4],
            *(
                value
                for value in theirs[4].values()
                if isinstance(value, np.ndarray) and value.dtype != object
            ),
        ):
            array[...] = 1


def test_refuses_what_it_cannot_do():
    vector = SatchelVector(2, rules="small")
    with pytest.raises(ResetNeeded, match="none was begun"):
        vector.step([0, 0])
    with pytest.raises(InputError, match="all true before any episode"):
        vector.reset(options={"reset_mask": np.array([True, False])})
    vector.reset(seed=0)
    for wrong, said in [
        ([0], r"shape \(2,\)"),
        ([0.0, 1.0], "float64"),
        ([0, 6], "from 0 to 5, but go from 0 to 6"),
        ([-1, 0], "from 0 to 5, but go from -1 to 0"),
        (np.array([0, 2**64 - 1], dtype=np.uint64), "from 0 to 5"),
    ]:
        with pytest.raises(InputError, match=said):
            vector.step(wrong)
    for options, said in [
        ({"mask": 1}, "`reset_mask` and `states`, but got mask"),
        ({"reset_mask": np.array([1, 0])}, "true and false"),
        ({"reset_mask": np.array([False, False])}, "true somewhere"),
        ({"states": [0]}, r"whole numbers of shape \(2,\)"),
        ({"states": [0, 462]}, "from 0 to 461"),
    ]:
        with pytest.raises(InputError, match=said):
            vector.reset(options=options)
    for arguments, said in [
        ({"num_envs": 0}, "`num_envs` must be at least 1"),
        ({"autoreset_mode": "Never"}, "'NextStep', 'SameStep', 'Disabled', but got 'Never'"),
        ({"render_mode": "human"}, "`render_mode` must be"),
        ({"rules": "tiny"}, "'full' or 'small'"),
    ]:
        with pytest.raises(InputError, match=said):
            SatchelVector(**arguments)
    with pytest.raises(InputError, match="must be of 2 environments"):
        vector.load_state_dict(SatchelVector(3, rules="small").state_dict())
    shuffled = SatchelVector(2, rules="small", shuffle=True)
    shuffled.reset(seed=0)
    with pytest.raises(InputError, match="shuffle=False"):
        vector.load_state_dict(shuffled.state_dict())
