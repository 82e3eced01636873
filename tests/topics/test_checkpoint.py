import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.topics.checkpoint import Checkpoint
from steelyard.topics.sampling import Drawn
from steelyard.topics.states import State

STATE = State(
    assignments=np.array([1, 0, 1], dtype=np.int32),
    alpha=np.array([0.1, 0.3]),
    beta=0.2,
    seed=2**62 + 1,
    sweeps=9,
)
DRAWN = Drawn(
    word_counts=np.arange(4.0).reshape(2, 2),
    doc_shares=np.ones((1, 2)),
    kept=2,
    trace=[-3.0, -np.inf],
    trace_sweeps=[4, 9],
    trace_kept=[False, True],
    moved=0.25,
    stuck=1,
    topics_per_document=[2.0, 1.5],
)


def test_reads_what_it_wrote(tmp_path):
    kept = Checkpoint(tmp_path / "deep" / "folder", {"corpus": "a"})
    assert kept.read(0) is None
    kept.write(0, done=9, state=STATE, drawn=DRAWN)
    done, state, drawn = Checkpoint(tmp_path / "deep" / "folder", {"corpus": "a"}).read(0)
    assert done == 9
    assert (state.assignments == STATE.assignments).all()
    assert (state.beta, state.seed, state.sweeps, state.alpha.tolist()) == (0.2, 2**62 + 1, 9, [0.1, 0.3])
    for name in ("kept", "trace", "trace_sweeps", "trace_kept", "moved", "stuck", "topics_per_document"):
        assert getattr(drawn, name) == getattr(DRAWN, name), name
    assert (drawn.word_counts == DRAWN.word_counts).all()
    assert kept.read(1) is None
    assert [path.name for path in (tmp_path / "deep" / "folder").iterdir()] == ["chain-0.safetensors"]


def test_refuses_another_fit_and_a_damaged_file(tmp_path):
    Checkpoint(tmp_path, {"corpus": "a"}).write(0, done=9, state=STATE, drawn=DRAWN)
    with pytest.raises(InputError, match="checkpoint of this very fit"):
        Checkpoint(tmp_path, {"corpus": "b"}).read(0)
    (tmp_path / "chain-0.safetensors").write_bytes(b"half")
    with pytest.raises(InputError, match="must be a checkpoint, but reading it failed"):
        Checkpoint(tmp_path, {"corpus": "a"}).read(0)


def test_refuses_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="making it failed"):
        Checkpoint(tmp_path / "file" / "folder", {})
