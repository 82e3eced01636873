import numpy as np
import torch

from steelyard.agents.learning.batch import Batch
from steelyard.agents.learning.rows import Rows

CPU = torch.device("cpu")


def batch(steps=40, *, seed=0):
    random = np.random.default_rng(seed)
    words = random.integers(1, 4, (steps, 2))
    rows = Rows(words=words, mask=words > 0, features=None)
    found = rows.distinct()
    return Batch(
        rows=rows.taken(found.first),
        of=found.of,
        actions=random.integers(0, 2, steps),
        log_probabilities=np.log(random.uniform(0.2, 0.8, steps)),
        advantages=random.normal(size=steps),
        targets=np.arange(steps, dtype=np.float64),
    ), words


def test_parts_hold_every_step_once_with_its_own_observation():
    made, words = batch()
    places = np.array_split(np.random.default_rng(1).permutation(len(made.rows)), 3)
    seen = []
    for part in made.parts(places, weight=0.5, device=CPU):
        steps = part.targets.long()
        seen += steps.tolist()
        assert torch.equal(part.shown.words[part.of], torch.from_numpy(words)[steps])
        assert torch.equal(part.actions, torch.from_numpy(made.actions)[steps])
        assert torch.equal(part.advantages, torch.from_numpy(made.advantages).float()[steps])
        assert part.weight == 0.5
    assert sorted(seen) == list(range(40))
