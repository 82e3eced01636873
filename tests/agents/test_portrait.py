from __future__ import annotations

from typing import Any

import pytest

from steelyard.agents.agent import Agent
from steelyard.agents.bags import NumberBags
from steelyard.agents.looking import Looks
from steelyard.agents.playground import Playground
from steelyard.agents.portrait import MEASURES, moments_of, portrait
from steelyard.agents.sampling import sampled_bags
from steelyard.environments.satchel.rules import SMALL
from steelyard.errors import InputError


@pytest.fixture(scope="module")
def fitted() -> tuple[Agent, list[dict[str, Any]]]:
    looks = Looks(sampled_bags(Playground.of(SMALL, None), count=50), seed=0, every=1)
    agent = Agent(SMALL, width=8, environments=16, seed=0).fit(steps=300, on_progress=looks)
    return agent, [each.to_dict() for each in looks.taken]


def test_the_last_look_is_that_of_now_and_the_first_that_before(
    fitted: tuple[Agent, list[dict[str, Any]]],
) -> None:
    agent, looks = fitted
    shown = portrait(agent, looks=looks[::-1], bags=50)
    assert [each.step for each in shown.moments] == [0, 192, 384]
    for moment, look in ((shown.moments[0], shown.before), (shown.moments[-1], shown.now)):
        for part, values in moment.values.items():
            assert values == {name: getattr(look.parts[part], name) for name in MEASURES}
    assert shown.score.mean_return == agent.evaluate().mean_return == agent.history_[-1].exact_return
    assert shown.greedy.mean_return == agent.evaluate(greedy=True).mean_return
    assert (shown.before.step, shown.before.weight_distance, shown.now.step) == (0, 0.0, 384)


def test_other_environments_and_agents_that_learnt_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="fit"):
        portrait(Agent(SMALL))
    agent = Agent("CartPole-v1", encoder=NumberBags(4), width=8, environments=2, rollout=8, seed=0)
    with pytest.raises(InputError, match=r"must have played Satchel for a page, but played CartPole-v1"):
        portrait(agent.fit(steps=16))


@pytest.mark.parametrize(
    "look", [{}, {"step": 1, "expected_return": None, "parts": {"body": {}}}, {"step": "x"}, 3]
)
def test_what_is_no_look_is_refused(look: Any) -> None:
    with pytest.raises(InputError, match="`looks` must be looks at an agent"):
        moments_of([look])
