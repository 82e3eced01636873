import json
import sys
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

from steelyard.agents.bags import BagEncoder, WrappedBags, check_encoder
from steelyard.agents.bags.textworld import FactBags, TextWorldGame
from steelyard.errors import InputError, MissingExtraError


def encoder(length=4):
    return FactBags(["at", "in", "open", "link"], ["P", "attic", "cellar", "hatch"], length=length)


def test_a_fact_is_a_predicate_with_its_arguments_in_their_places():
    bags = encoder().bags(
        [[("link", "attic", "hatch", "cellar"), ("at", "P", "cellar")], [("open", "hatch")]]
    )
    assert bags.words.tolist() == [[4, 1, 0, 0], [3, 0, 0, 0]]
    link = bags.features[0, 0].reshape(3, 4)
    assert link.argmax(axis=1).tolist() == [1, 3, 2]
    assert link.sum() == 3
    assert bags.features[0, 1].reshape(3, 4).sum(axis=1).tolist() == [1, 1, 0]
    assert isinstance(encoder(), BagEncoder)
    assert (encoder().vocabulary, encoder().features, encoder().length) == (5, 12, 4)


def test_propositions_and_rows_are_the_same_facts():
    proposition = SimpleNamespace(name="at", names=("P", "attic"))
    one, other = encoder().bags([[proposition]]), encoder().bags([[("at", "P", "attic")]])
    np.testing.assert_array_equal(one.words, other.words)
    np.testing.assert_array_equal(one.features, other.features)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([("burns", "attic")], "predicates at, in, open, link, but one has 'burns'"),
        ([("at", "P", "moon")], "about P, attic, cellar, hatch, but 'at' is about 'moon'"),
        ([("link", "P", "attic", "P", "attic")], "at most 3 arguments"),
        ([("open", "hatch")] * 5, "at most 4 words, but bag 0 has 5"),
        ([], "bag 0 is empty"),
        (["open"], "a fact must be a predicate and its arguments"),
        ([()], "a fact must be a predicate and its arguments"),
        ([("at", 3)], "a fact must be a predicate and its arguments"),
    ],
)
def test_refuses_facts_that_it_does_not_know(facts, said):
    with pytest.raises(InputError, match=said):
        encoder().bags([facts])


def test_refuses_names_that_make_no_sense():
    with pytest.raises(InputError, match="`predicates` must be one or more different"):
        FactBags([], ["P"], length=1)
    with pytest.raises(InputError, match="`things` must be one or more different"):
        FactBags(["at"], ["P", "P"], length=1)
    with pytest.raises(InputError, match="`length` must be at least 1"):
        FactBags(["at"], ["P"], length=0)


def test_textworld_that_is_missing_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "textworld", None)
    with pytest.raises(MissingExtraError, match=r"steelyard\[textworld\]"):
        TextWorldGame(tmp_path / "game.json")


@pytest.fixture(scope="module")
def game(tmp_path_factory):
    maker = pytest.importorskip("textworld", reason="needs the extra `textworld`").GameMaker()
    from textworld.generator.game import Event, Quest

    kitchen, cellar = maker.new_room("kitchen"), maker.new_room("cellar")
    maker.connect(kitchen.east, cellar.west)
    chest, apple = maker.new(type="c", name="chest"), maker.new(type="f", name="apple")
    chest.add_property("closed")
    chest.add(apple)
    cellar.add(chest)
    maker.set_player(kitchen)
    commands = ["go east", "open chest", "take apple from chest", "eat apple"]
    maker.quests = [Quest(win_events=[Event(conditions={maker.new_fact("eaten", apple)})])]
    path = tmp_path_factory.mktemp("textworld") / "game.json"
    maker.build().save(str(path))
    return path, commands


@pytest.mark.filterwarnings("ignore:.*value is -?infinity")  # features may be any number
def test_passes_gymnasiums_checker(game):
    check_env(TextWorldGame(game[0]), skip_render_check=True)


def test_the_walkthrough_wins(game):
    path, commands = game
    environment = TextWorldGame(path)
    _, info = environment.reset(seed=0)
    total = 0.0
    for command in commands:
        number = environment.commands.index(command)
        assert info["admissible"][number]
        observation, reward, terminated, truncated, info = environment.step(number)
        total += reward
        assert observation in environment.observation_space
    assert terminated
    assert not truncated
    assert total == 1.0
    with pytest.raises(ResetNeeded, match="it is over"):
        environment.step(0)
    _, info = environment.reset()
    assert info["admissible"][environment.commands.index(commands[0])]


def test_a_command_that_is_not_admissible_changes_nothing(game):
    environment = TextWorldGame(game[0], horizon=2)
    before, info = environment.reset(seed=0)
    wrong = int(np.argmin(info["admissible"]))
    after, reward, terminated, truncated, _ = environment.step(wrong)
    np.testing.assert_array_equal(after["words"], before["words"])
    np.testing.assert_array_equal(after["features"], before["features"])
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert environment.step(wrong)[3]


def test_its_observations_are_bags(game):
    environment = TextWorldGame(game[0])
    check_encoder(WrappedBags(environment.observation_space), environment, steps=60)
    vector = gymnasium.vector.SyncVectorEnv([lambda: TextWorldGame(game[0])] * 2)
    observations, info = vector.reset(seed=0)
    bags = WrappedBags(vector.single_observation_space).bags(observations)
    assert bags.mask.any(axis=1).all()
    assert info["admissible"].shape == (2, len(environment.commands))


def test_refuses_what_is_no_game(game, tmp_path):
    with pytest.raises(InputError, match="must be the JSON file of a TextWorld game"):
        TextWorldGame(tmp_path / "missing.json")
    with pytest.raises(InputError, match="`tw-make` writes one beside"):
        TextWorldGame(tmp_path / "game.z8")
    for content in ("{}", "[]", "not JSON", json.dumps({"version": 1})):
        (tmp_path / "other.json").write_text(content)
        with pytest.raises(InputError, match="is not one"):
            TextWorldGame(tmp_path / "other.json")
    with pytest.raises(InputError, match="`horizon` must be at least 1"):
        TextWorldGame(game[0], horizon=0)
    environment = TextWorldGame(game[0])
    with pytest.raises(ResetNeeded, match="none was begun"):
        environment.step(0)
    environment.reset(seed=0)
    with pytest.raises(InputError, match="the number of a command"):
        environment.step(10_000)
    with pytest.raises(InputError, match="`options` must be empty, but got seed"):
        environment.reset(options={"seed": 1})
