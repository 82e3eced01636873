import json

import pytest
import torch

from steelyard.agents.agent import Agent
from steelyard.agents.saving import Fitted, read_fitted, write_fitted
from steelyard.environments.satchel.rules import Rules
from steelyard.errors import InputError

TINY = Rules(values=(1.0,), capacity=2, horizon=3)


@pytest.fixture
def folder(tmp_path):
    agent = Agent(TINY, width=8, environments=4, epochs=1, minibatches=1).fit(steps=12)
    agent.save(tmp_path / "agent")
    return tmp_path / "agent"


def test_weights_and_description_are_all_there_is(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["agent.json", "weights.safetensors"]
    fitted, parameters = read_fitted(folder)
    assert parameters["environment"] == TINY
    write_fitted(fitted, folder / "again", parameters=parameters)
    again, _ = read_fitted(folder / "again")
    for name, weight in fitted.network.state_dict().items():
        assert torch.equal(weight, again.network.state_dict()[name])
    assert isinstance(again, Fitted)
    assert again.history == fitted.history


def changed(folder, change):
    described = json.loads((folder / "agent.json").read_text())
    change(described)
    (folder / "agent.json").write_text(json.dumps(described))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it.update(format=99), "must be of format 1, but is of format 99"),
        (lambda it: it["architecture"].update(width=80), "must hold weights of its architecture"),
        (lambda it: it["architecture"].update(width=-8), "`width` must be at least 1"),
        (lambda it: it["architecture"].update(layers=1), "must hold a saved agent"),
        (lambda it: it["architecture"].update(colour="red"), "must hold a saved agent"),
        (lambda it: it.pop("history"), "must hold a saved agent"),
        (lambda it: it["parameters"].update(colour="red"), "parameters of this version"),
    ],
)
def test_descriptions_that_do_not_fit_are_refused(folder, change, said):
    changed(folder, change)
    with pytest.raises(InputError, match=said):
        Agent.load(folder)


def test_other_files_are_refused(folder, tmp_path):
    with pytest.raises(InputError, match="must hold a saved agent"):
        Agent.load(tmp_path / "nowhere")
    (folder / "weights.safetensors").write_bytes(b"nothing of that kind")
    with pytest.raises(InputError, match="must hold a saved agent"):
        Agent.load(folder)
    (folder / "agent.json").write_text("[1]")
    with pytest.raises(InputError, match="must hold a saved agent"):
        Agent.load(folder)


def test_a_folder_that_cannot_be_written_is_said(folder):
    with pytest.raises(InputError, match="must be a folder that can be written"):
        Agent.load(folder).save(folder / "agent.json")
