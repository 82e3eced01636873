import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.topics.chain import Chain
from steelyard.topics.joint import log_joint
from steelyard.topics.sampling import Schedule, nothing_drawn, run, shares


def schedule(**changes):
    return Schedule(**{"sweeps": 40, "burn_in": 20, "every": 5, "warm_up": 0, **changes})


def test_keeps_the_means_of_the_states_after_burn_in(simulated):
    corpus, _, _ = simulated(documents=30)
    chain, same = (Chain(corpus, topics=3, alpha=0.1, beta=0.1, seed=2) for _ in range(2))
    drawn = run(chain, schedule(), nothing_drawn(chain))
    words, documents = [], []
    for sweep in range(1, 41):
        same.sweep()
        if sweep in (25, 30, 35, 40):
            words.append(same.topic_word)
            documents.append((same.doc_topic + 0.1) / (corpus.lengths[:, None] + 0.3))
    assert drawn.kept == 4
    assert drawn.word_counts == pytest.approx(np.sum(words, axis=0))
    assert drawn.doc_shares == pytest.approx(np.sum(documents, axis=0))
    assert drawn.trace_sweeps == [1, 5, 10, 15, 20, 25, 30, 35, 40]
    assert drawn.kept_trace.tolist() == drawn.trace[-4:]
    assert drawn.trace[-1] == pytest.approx(
        log_joint(same.doc_topic, same.topic_word, alpha=np.full(3, 0.1), beta=0.1)
    )


def test_priors_stay_after_burn_in(simulated):
    corpus, _, _ = simulated(documents=30)
    chain = Chain(corpus, topics=3, alpha=0.1, beta=0.1, seed=2)
    seen = []
    run(
        chain,
        schedule(learn_alpha=True, learn_beta=True),
        nothing_drawn(chain),
        on_sweep=lambda sweep, _: seen.append((sweep, chain.alpha.tolist(), chain.beta)),
    )
    assert len({str(each[1:]) for each in seen if each[0] >= 20}) == 1
    assert len({str(each[1:]) for each in seen if each[0] < 20}) > 5
    assert seen[0][1:] == ([0.1, 0.1, 0.1], 0.1)


def test_warm_up_is_left_out_where_a_prior_is_zero(simulated):
    corpus, _, _ = simulated(documents=30)

    def last(alpha, beta, warm_up):
        chain = Chain(corpus, topics=3, alpha=alpha, beta=beta, seed=2)
        run(chain, schedule(warm_up=warm_up), nothing_drawn(chain))
        return chain.assignments.tolist()

    assert last(0.0, 0.01, 10) == last(0.0, 0.01, 0)
    assert last(0.1, 0.0, 10) == last(0.1, 0.0, 0)
    assert last(0.1, 0.01, 10) != last(0.1, 0.01, 0)


def test_goes_on_where_it_stopped(simulated):
    corpus, _, _ = simulated(documents=30)
    whole, parts = (Chain(corpus, topics=3, alpha=0.1, beta=0.1, seed=2) for _ in range(2))
    all_of_it = run(whole, schedule(), nothing_drawn(whole))
    drawn = nothing_drawn(parts)

    def stop(sweep, _):
        if sweep == 27:
            raise StopIteration

    with pytest.raises(StopIteration):
        run(parts, schedule(), drawn, on_sweep=stop)
    run(parts, schedule(), drawn, done=27)
    assert drawn.trace == all_of_it.trace
    assert (drawn.word_counts == all_of_it.word_counts).all()


def test_shares_of_empty_documents_without_a_prior_are_equal():
    assert shares(np.array([[0, 0], [2, 0]]), np.zeros(2)).tolist() == [[0.5, 0.5], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sweeps": 0}, "at least 1"),
        ({"every": 0}, "at least 1"),
        ({"warm_up": -1}, "`warm_up` at least 0"),
        ({"burn_in": 40}, "less than the 40 sweeps, but got 40"),
        ({"burn_in": 2.0}, "must be whole, but got 40, 2.0"),
        ({"burn_in": 0, "learn_beta": True}, "needs burn-in"),
    ],
)
def test_refuses_numbers_out_of_range(changes, message):
    with pytest.raises(InputError, match=message):
        schedule(**changes)
