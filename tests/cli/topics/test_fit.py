from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from steelyard.cli.topics import fit as fit_module
from steelyard.errors import InputError
from steelyard.topics import checkpoint as checkpoint_module
from steelyard.topics.estimator import LatentDirichletAllocation

LAW = ("court", "law", "judge", "tax")
SKY = ("sun", "moon", "star", "sky")

SMALL = ("--name-column", "id", "--k", "2", "--sweeps", "60")


def test_topics_words_a_page_and_a_model(table: Path, tmp_path: Path, invoke: Any) -> None:
    done = invoke("fit", table, *SMALL, "--chains", "2", "--out", tmp_path / "o")
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.stdout.splitlines()]
    words = [set(row[4:8]) for row in rows if row and row[0] in {"0", "1"} and "%" in "".join(row)]
    assert {frozenset(each) for each in words} == {frozenset(SKY), frozenset(LAW)}
    assert "alpha learned, beta learned" in done.stdout
    assert "notes.csv: 45 documents, 540 tokens, 8 words; 1 word (45 tokens) left out." in done.stderr
    assert "memory: about" in done.stderr
    assert sorted(each.name for each in (tmp_path / "o").iterdir()) == [
        "report.html",
        "topics.json",
        "topics.safetensors",
    ]
    assert "2 topics in" in (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert LatentDirichletAllocation.load(tmp_path / "o").corpus_.names[0] == "n0"


def test_json_has_the_pages_numbers(table: Path, tmp_path: Path, invoke_json: Any) -> None:
    said = invoke_json(
        "fit",
        table,
        *SMALL,
        "--alpha",
        "0.5,0.1",
        "--beta",
        "0.01",
        "--out",
        tmp_path,
        "--report",
        tmp_path / "x" / "p.html",
    )
    assert sum(topic["share"] for topic in said["topics"]) == pytest.approx(1)
    assert said["learned"] == []
    assert sorted(topic["alpha"] for topic in said["topics"]) == [0.1, 0.5]
    assert said["report"] == str(tmp_path / "x" / "p.html")
    assert (tmp_path / "x" / "p.html").exists()


def test_the_same_topics_for_any_number_of_threads(table: Path, tmp_path: Path, invoke_json: Any) -> None:
    one, two = (
        invoke_json("fit", table, *SMALL, "--threads", threads, "--out", tmp_path / threads)
        for threads in ("1", "2")
    )
    assert one["topics"] == two["topics"]
    assert one["log_joint_nats"] == two["log_joint_nats"]
    other = invoke_json("fit", table, *SMALL, "--seed", "5", "--out", tmp_path / "5")
    assert other["log_joint_nats"] != one["log_joint_nats"]


def test_a_stopped_run_goes_on_with_the_same_result(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invoke: Any, invoke_json: Any
) -> None:
    command = ("fit", table, *SMALL, "--chains", "2", "--out", tmp_path / "o")
    whole = invoke_json(*command[:-1], tmp_path / "whole")
    seen: list[int] = []

    @contextmanager
    def stopping(**_: Any) -> Iterator[Any]:
        def on_progress(progress: Any) -> None:
            seen.append(progress.sweep)
            if progress.chain == 1 and progress.sweep == 20:
                raise KeyboardInterrupt

        yield on_progress

    with monkeypatch.context() as patch:
        patch.setattr(fit_module, "sweeps_shown", stopping)
        patch.setattr(checkpoint_module, "EVERY_S", 0.0)
        stopped = invoke(*command)
    assert stopped.exit_code == 130
    assert "the same command goes on" in stopped.stderr
    (kept,) = (tmp_path / "o").glob("checkpoint-*")
    assert list(kept.glob("*.safetensors"))
    counted: list[int] = []

    @contextmanager
    def counting(**_: Any) -> Iterator[Any]:
        yield lambda progress: counted.append(progress.sweep)

    monkeypatch.setattr(fit_module, "sweeps_shown", counting)
    again = invoke_json(*command)
    assert len(counted) < 60
    assert again["topics"] == whole["topics"]
    assert again["log_joint_nats"] == whole["log_joint_nats"]
    assert not list((tmp_path / "o").glob("checkpoint-*"))


def test_priors_of_zero_are_experiments_with_findings(table: Path, tmp_path: Path, invoke_json: Any) -> None:
    said = invoke_json("fit", table, *SMALL, "--alpha", "0", "--beta", "0", "--out", tmp_path)
    assert {"T01", "T02"} <= {each["code"] for each in said["findings"]}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--alpha", "much"), "--alpha must be a number"),
        (("--alpha", "-1"), "doc_topic_prior"),
        (("--alpha", "0.1,0.2,0.3"), "doc_topic_prior"),
        (("--beta", "nan"), "topic_word_prior"),
        (("--burn-in", "60"), "burn_in"),
        (("--min-df", "few"), "--min-df must be a number"),
        (("--min-df", "46"), "left out"),
        (("--column", "body"), "must have a column 'body'"),
        (("--stop-words", "klingon"), "klingon"),
        (("--encoding", "klingon"), "klingon"),
    ],
)
def test_what_cannot_be_fitted(
    table: Path, tmp_path: Path, options: tuple[str, ...], said: str, invoke: Any
) -> None:
    with pytest.raises(InputError, match=said):
        invoke("fit", table, *SMALL, *options, "--out", tmp_path / "o")


def test_other_peoples_folders_are_left_alone(table: Path, tmp_path: Path, invoke: Any) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match=r"holds 'thesis\.tex'"):
        invoke("fit", table, "--out", tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("corpus", "name"),
    [
        (None, "python-documentation"),
        ("docword.nips.txt.gz", "nips"),
        ("a/reviews.csv.gz", "reviews"),
        ("texts", "texts"),
    ],
)
def test_names_of_results(corpus: str | None, name: str) -> None:
    assert fit_module._name(None if corpus is None else Path(corpus)) == name
