from dataclasses import replace

import numpy as np
import pytest

from steelyard.watch.probes import find, geometry_of


def geometry(*, offset=0.0, spread=1.0, noise=0.1, seed=0):
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 5, (200, 4))
    latents = spread * np.eye(5, 8)[words] + noise * rng.standard_normal((200, 4, 8)) + offset
    return geometry_of(latents, words=words)


def codes(found):
    return [(each.code, each.severity) for each in found]


def test_says_nothing_about_latents_without_a_shared_mean():
    assert find(geometry(offset=-0.2)) == ()


@pytest.mark.parametrize("known", [None, True, False])
def test_a_high_cosine_alone_is_never_a_warning(known):
    cone = geometry(offset=10)
    assert cone.mean_cosine > 0.99
    [found] = find(cone, better_than_baseline=known)
    assert (found.code, found.severity) == ("U02", "info")
    assert "reads 100% of the words" in found.meaning
    assert found.evidence["probe_accuracy"] == 1.0
    [unread] = find(replace(cone, probe=None), better_than_baseline=known)
    assert "probe" not in unread.meaning


def test_dormant_units_are_for_information():
    assert codes(find(replace(geometry(offset=-0.2), dormant_fraction=0.6), better_than_baseline=False)) == [
        ("U01", "info")
    ]


@pytest.mark.parametrize(("known", "severity"), [(None, "info"), (True, "info"), (False, "warning")])
def test_collapse_is_a_warning_only_when_the_outcome_agrees(known, severity):
    rng = np.random.default_rng(0)
    line = rng.standard_normal((200, 4, 1)) * np.ones(8)
    found = find(
        geometry_of(line, words=rng.integers(0, 5, (200, 4))),
        better_than_baseline=known,
        part="actor",
        step=7,
    )
    assert codes(found) == [("U03", severity)]
    assert "actor" in found[0].meaning
    assert found[0].step == 7


def test_low_rank_is_no_collapse_where_words_can_be_read_or_nobody_looked():
    rng = np.random.default_rng(0)
    words = rng.integers(0, 3, (200, 4))
    line = words[..., None] * np.ones(8) + 0.01 * rng.standard_normal((200, 4, 1))
    assert geometry_of(line).effective_rank < 2
    assert find(geometry_of(line, words=words), better_than_baseline=False) == ()
    assert find(geometry_of(line), better_than_baseline=False) == ()
