from __future__ import annotations

from dataclasses import replace

from steelyard.agents.portrait import AgentPortrait
from steelyard.report.agents.view import GEOMETRY, view_of


def test_the_policies_stand_in_the_order_of_their_returns(shown: AgentPortrait) -> None:
    view = view_of(shown, (), command="", notes=())
    values = [float(row["value"]) for row in view.standings]
    assert values == sorted(values)
    assert [row["name"] for row in view.standings if row["own"]] != []
    assert view.standings[-1]["name"] == "optimal"
    assert view.answer.startswith(shown.placement.sentence)


def test_the_table_holds_start_and_now_of_every_part(shown: AgentPortrait) -> None:
    rows = {row["name"]: row["values"] for row in view_of(shown, (), command="", notes=()).geometry}
    assert set(GEOMETRY.values()) < set(rows)
    assert rows["mean cosine of all pairs"] == tuple(
        f"{look.parts[part].mean_cosine:.3f}"
        for part in ("body", "actor", "critic")
        for look in (shown.before, shown.now)
    )
    assert rows["words read by a linear probe"][2:] == ("", "", "", "")


def test_the_verdict_says_what_went_with_the_return(shown: AgentPortrait) -> None:
    first, *others = shown.moments
    verdict = view_of(shown, (), command="", notes=()).verdict
    assert f"it was {shown.before.parts['body'].mean_cosine:.3f} before training" in verdict[0]
    assert f"From step {others[0].step:,} to step {others[-1].step:,} the return went from" in verdict[-1]
    alone = view_of(replace(shown, moments=(first,)), (), command="", notes=()).verdict
    assert alone == verdict[:-1]


def test_parameters_that_are_not_the_defaults_are_told(shown: AgentPortrait, unseen: AgentPortrait) -> None:
    told = dict(view_of(unseen, (), command="", notes=()).measured)
    assert told["Algorithm"].startswith("A2C; ")
    assert "position True" in told["Algorithm"]
    assert "dropout 0.1" in told["Algorithm"]
    assert (
        dict(view_of(shown, (), command="", notes=()).measured)["Algorithm"]
        == "PPO; width 8, environments 16"
    )
