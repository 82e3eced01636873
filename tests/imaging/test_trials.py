from dataclasses import replace

import numpy as np
import pytest
import torch

from steelyard.imaging import trials
from steelyard.imaging.dataset import Dataset, Labelled, Statistics
from steelyard.imaging.levels import CHANNELS, SCALES, STATISTICS, USES
from steelyard.imaging.radiographs import simulate_radiographs
from steelyard.imaging.radiographs.scanner import SCANNERS
from steelyard.imaging.transfer import adapted, pretrained, source_preparation
from steelyard.study.run import Recorder

BUDGET = {
    "width": 2, "learning_rate": 0.01, "source_images": 60, "source_epochs": 1, "target_images": 60, "target_epochs": 1,
}  # fmt: skip


def made(machine, seed):
    drawn = simulate_radiographs(120, seed=seed, size=32, contrast=2.0, scanners=[machine])
    return Labelled(images=drawn.images, targets=drawn.targets.astype(np.float32)), drawn.patients


@pytest.fixture(scope="module")
def tiny():
    source, _ = made(SCANNERS[2], 0)
    target, _ = made(SCANNERS[3], 1)
    test, patients = made(SCANNERS[3], 2)
    return Dataset(
        source_name="source",
        target_name="target",
        source=source,
        outputs=14,
        target=target,
        test=test,
        patients=patients,
    )


@pytest.fixture
def loaded(tiny, monkeypatch):
    monkeypatch.setattr(trials, "load", lambda data, fingerprint: tiny)
    colour = replace(
        tiny,
        target=Labelled(
            images=np.stack([tiny.target.images, tiny.target.images // 2, 255 - tiny.target.images], axis=-1),
            targets=tiny.target.targets,
        ),
        test=Labelled(
            images=np.stack([tiny.test.images, tiny.test.images // 2, 255 - tiny.test.images], axis=-1),
            targets=tiny.test.targets,
        ),
    )
    monkeypatch.setattr(trials, "load_colours", lambda data, fingerprint: colour)
    return tiny


def run(trial, level, seed=0, **given):
    kept = Recorder()
    return trial(seed, kept, level, data=None, fingerprint="", budget=BUDGET, **given), kept


@pytest.mark.parametrize(
    ("trial", "levels", "given"),
    [
        (trials.statistics_trial, STATISTICS, {"use": "frozen features"}),
        (trials.pretrained_trial, USES, {}),
        (trials.scale_trial, SCALES, {"use": "fine-tuned"}),
        (trials.channels_trial, CHANNELS, {"use": "fine-tuned"}),
    ],
    ids=["statistics", "pretrained", "scale", "channels"],
)
def test_every_level_gives_scores_of_its_own(loaded, trial, levels, given):
    found = {}
    for level in levels:
        metrics, kept = run(trial, level, **given)
        assert np.isfinite(list(metrics.values())).all()
        assert len(kept.curves["train_loss"].steps) == 1
        assert kept.tables["interval"]["low"][0] <= metrics["auroc"] <= kept.tables["interval"]["high"][0]
        found[level] = metrics["log_loss"]
    assert len(set(found.values())) == len(levels)


def test_same_seed_same_scores_whatever_ran_before(loaded):
    pretrained.cache_clear()  # another test may have pretrained with more threads, which rounds otherwise
    first, _ = run(trials.statistics_trial, "target's", use="fine-tuned")
    pretrained.cache_clear()
    torch.rand(5)
    again, _ = run(trials.statistics_trial, "target's", use="fine-tuned")
    other, _ = run(trials.statistics_trial, "target's", seed=1, use="fine-tuned")
    assert first == again
    assert first != pytest.approx(other, rel=1e-3)


def test_the_references_are_one_and_the_same(loaded):
    pretrained.cache_clear()
    reference, _ = run(trials.statistics_trial, "source's", use="fine-tuned")
    assert run(trials.pretrained_trial, "fine-tuned")[0] == reference
    assert run(trials.scale_trial, "0-1, normalised", use="fine-tuned")[0] == reference


@pytest.mark.parametrize("use", USES)
def test_a_use_changes_what_it_says(tiny, use):
    start = pretrained(tiny, seed=0, images=60, epochs=1, width=2, rate=0.01)
    before = {name: tensor.clone() for name, tensor in start.state_dict().items()}
    network = adapted(
        None if use == "from scratch" else start,
        tiny.target.chosen(np.arange(60)),
        source_preparation(tiny),
        use=use,
        width=2,
        epochs=1,
        rate=0.01,
        seed=0,
    )
    assert all(torch.equal(before[name], tensor) for name, tensor in start.state_dict().items())
    kept = {name for name, tensor in network.state_dict().items() if torch.equal(tensor, before[name])}
    body = {name for name in before if not name.startswith("classifier")}
    norms = {name for name in body if "norm" in name or name.startswith("stem.1") or ".shortcut.1." in name}
    counters = {name for name in body if name.endswith("num_batches_tracked")}
    match use:
        case "frozen features":
            assert kept == body
        case "batch norm frozen":
            assert kept == norms
        case "fine-tuned" | "from scratch":
            assert kept <= counters


def test_levels_prepare_images_as_they_are_named(tiny):
    images = tiny.target.images
    for level, expected in (("target's", (0, 1)), ("none", None)):
        values = trials.normalised_with(level, tiny).batch(images, range(len(images)))
        if expected is None:
            assert 0 <= values.min() < values.max() <= 1
        else:
            assert (float(values.mean()), float(values.std())) == pytest.approx(expected, abs=1e-3)
    reference = trials.normalised_with("source's", tiny)
    assert reference.mean == Statistics.of(tiny.source.images).mean
    learn, test = trials.scaled("0-255 in use only", reference)
    assert (learn, test.divide_by) == (reference, 1.0)
    assert trials.scaled("normalised twice", reference)[0].times == 2
    assert trials.scaled("0-255 only", reference)[0].batch(images, [0]).max() > 100
