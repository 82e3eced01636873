import math
import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.alignment import align
from steelyard.topics.estimator import LatentDirichletAllocation

QUICK = {"max_iter": 60, "transform_burn_in": 5, "transform_samples": 10}


CHECKED = {"max_iter": 10, "transform_burn_in": 2, "transform_samples": 5}


def failed_checks(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(model, on_fail=None, on_skip=None)
    assert len(results) > 40
    return {each["check_name"]: each["exception"] for each in results if each["status"] == "failed"}


def test_passes_the_checks_of_scikit_learn_once_their_measurements_are_made_counts(monkeypatch):
    def counted(model, given, **how):
        checked = validate_data(model, given, **how)
        if sparse.issparse(checked):
            checked = checked.copy()
            checked.data = np.floor(3 * checked.data.astype(float))
            return checked
        return np.floor(3 * checked.astype(float))

    monkeypatch.setattr("steelyard.topics.estimator.validate_data", counted)
    assert failed_checks(LatentDirichletAllocation(3, **CHECKED)) == {}


def test_the_checks_that_hand_over_measurements_fail_because_counts_must_be_whole():
    found = failed_checks(LatentDirichletAllocation(3, **CHECKED))
    assert len(found) > 20
    said = {name: f"{error} {error.__context__}" for name, error in found.items()}
    assert [name for name, text in said.items() if "whole numbers" not in text] == []


def test_finds_the_topics_that_documents_were_drawn_from(simulated):
    corpus, phi, theta = simulated(documents=300, length=60)
    model = LatentDirichletAllocation(4, doc_topic_prior=0.2, topic_word_prior=0.1, max_iter=150).fit(corpus)
    found = align(phi, model.topic_word_)
    assert found.similarity.min() > 0.97
    assert np.abs(model.doc_topic_[:, found.order] - theta).mean() < 0.05
    assert np.abs(model.transform(corpus)[:, found.order] - theta).mean() < 0.05


def test_learns_the_priors_that_documents_were_drawn_with(simulated):
    alpha = np.array([0.05, 0.2, 0.8])
    corpus, phi, _ = simulated(documents=600, topics=3, length=60, alpha=alpha, words=60)
    model = LatentDirichletAllocation(
        3, doc_topic_prior="learn", topic_word_prior="learn", max_iter=300, n_chains=2
    ).fit(corpus)
    found = align(phi, model.topic_word_)
    assert model.alpha_[found.order] == pytest.approx(alpha, rel=0.25)
    assert model.beta_ == pytest.approx(0.1, rel=0.35)


def test_all_kinds_of_counts_give_the_same_fit(simulated):
    corpus, _, _ = simulated(documents=40)
    counts = corpus.counts()
    names = list(corpus.vocabulary)
    kinds = {
        "sparse": counts,
        "csc": counts.tocsc(),
        "array": counts.toarray(),
        "floats": counts.toarray().astype(float),
        "pandas": pd.DataFrame(counts.toarray(), columns=names),
        "polars": pl.DataFrame(counts.toarray(), schema=names),
        "corpus": Corpus.from_counts(counts),
    }
    fits = {kind: LatentDirichletAllocation(3, **QUICK).fit(each) for kind, each in kinds.items()}
    for kind, fit in fits.items():
        assert (fit.components_ == fits["corpus"].components_).all(), kind
        assert (fit.transform(kinds[kind]) == fits["corpus"].transform(kinds["corpus"])).all(), kind
    assert list(fits["pandas"].feature_names_in_) == names
    assert fits["pandas"].vocabulary_ == tuple(names)
    assert fits["array"].get_feature_names_out().tolist() == [
        f"latentdirichletallocation{k}" for k in range(3)
    ]


def test_same_seed_same_bits_on_any_number_of_threads_and_other_bits_for_other_seeds(simulated):
    corpus, _, _ = simulated()
    one, two, other = (
        LatentDirichletAllocation(3, **QUICK, n_jobs=jobs, partitions=4, random_state=seed).fit(corpus)
        for jobs, seed in [(1, 0), (3, 0), (1, 1)]
    )
    assert (one.assignments_ == two.assignments_).all()
    assert (one.doc_topic_ == two.doc_topic_).all()
    assert (one.transform(corpus) == two.transform(corpus)).all()
    assert (one.assignments_ != other.assignments_).any()


def test_random_state_may_be_a_generator(simulated):
    corpus, _, _ = simulated(documents=20)
    fits = [
        LatentDirichletAllocation(2, **QUICK, random_state=np.random.RandomState(5)).fit(corpus)
        for _ in range(2)
    ]
    assert (fits[0].components_ == fits[1].components_).all()


def test_chains_start_apart_and_the_best_is_reported(simulated):
    corpus, _, _ = simulated()
    model = LatentDirichletAllocation(4, max_iter=100, n_chains=3).fit(corpus)
    assert model.log_joint_.shape == (3, len(model.trace_sweeps_))
    kept = model.log_joint_[:, model.trace_kept_].mean(axis=1)
    assert model.best_chain_ == kept.argmax()
    assert len(model.alignments_) == 3
    assert model.alignments_[model.best_chain_].order.tolist() == [0, 1, 2, 3]
    assert model.convergence_.chains == 3
    assert model.convergence_.draws == model.trace_kept_.sum()
    alone = LatentDirichletAllocation(4, max_iter=100, n_chains=1).fit(corpus)
    assert (alone.log_joint_[0] == model.log_joint_[0]).all()


def test_counts_add_up(simulated):
    corpus, _, _ = simulated()
    model = LatentDirichletAllocation(5, **QUICK, topic_word_prior=0.3).fit(corpus)
    assert model.components_.sum() == pytest.approx(corpus.tokens + 5 * len(corpus.vocabulary) * 0.3)
    assert (model.components_ - 0.3).sum(axis=0) == pytest.approx(np.bincount(corpus.words, minlength=40))
    assert model.topic_word_.sum(axis=1) == pytest.approx(1)
    assert model.doc_topic_.sum(axis=1) == pytest.approx(1)


def test_empty_documents_have_the_prior():
    corpus = Corpus.from_documents([["a", "b"], [], ["b"]])
    model = LatentDirichletAllocation(3, doc_topic_prior=[0.1, 0.2, 0.7], **QUICK).fit(corpus)
    assert model.doc_topic_[1] == pytest.approx([0.1, 0.2, 0.7])
    assert model.transform(corpus)[1] == pytest.approx([0.1, 0.2, 0.7])


@pytest.mark.parametrize("documents", [[["a"]], [["a", "a", "a"], ["a"]], [["a", "b"]]])
def test_tiny_corpora_are_legal(documents):
    model = LatentDirichletAllocation(7, **QUICK).fit(Corpus.from_documents(documents))
    assert model.topic_word_.shape == (7, len({word for document in documents for word in document}))
    assert np.isfinite(model.transform(Corpus.from_documents(documents))).all()


def test_unknown_words_are_left_out_and_counted(simulated):
    corpus, _, _ = simulated(documents=40)
    model = LatentDirichletAllocation(3, **QUICK).fit(corpus)
    odd = Corpus.from_documents([["w1", "never", "w2"], ["never", "ever"], ["w2", "w1"]])
    found = model.fold_in(odd)
    assert found.unknown.tolist() == [1, 2, 0]
    assert found.doc_topic[1] == pytest.approx(model.alpha_ / model.alpha_.sum())
    assert (found.doc_topic[0] == found.doc_topic[2]).all()


def test_intervals_hold_the_mean(simulated):
    corpus, _, _ = simulated(documents=40)
    found = LatentDirichletAllocation(3, **QUICK).fit(corpus).fold_in(corpus, keep=True)
    low, high = found.intervals(0.99)
    assert ((low <= found.doc_topic) & (found.doc_topic <= high)).all()


def test_partial_fit_is_a_chain_over_all_documents(simulated):
    corpus, phi, _ = simulated(documents=300, length=50)
    counts = corpus.counts()
    model = LatentDirichletAllocation(4, doc_topic_prior=0.2, topic_word_prior=0.1, max_iter=150, n_chains=2)
    model.partial_fit(counts[:100])
    assert len(model.corpus_) == 100
    for first in (100, 200):
        model.partial_fit(counts[first : first + 100])
    assert (model.corpus_.counts() != counts).nnz == 0
    assert model.doc_topic_.shape == (300, 4)
    assert model.components_.sum() == pytest.approx(corpus.tokens + 4 * 40 * 0.1)
    assert align(phi, model.topic_word_).similarity.min() > 0.95
    whole = LatentDirichletAllocation(4, doc_topic_prior=0.2, topic_word_prior=0.1, max_iter=300).fit(counts)
    spread = whole.log_joint_[0, whole.trace_kept_].std()
    assert (
        abs(model.log_joint_[:, model.trace_kept_].mean() - whole.log_joint_[0, whole.trace_kept_].mean())
        < 5 * spread
    )


def test_scores_agree_with_each_other_and_beat_no_topics(simulated):
    corpus, _, _ = simulated(documents=400)
    counts = corpus.counts()
    model = LatentDirichletAllocation(4, max_iter=150, doc_topic_prior=0.2, topic_word_prior=0.1).fit(
        counts[:300]
    )
    found = model.completion(counts[300:])
    assert model.score(counts[300:]) == -found.nats_per_word
    assert model.perplexity(counts[300:]) == found.perplexity
    low, high = found.perplexity_interval
    assert low < found.perplexity < high
    one = LatentDirichletAllocation(1, **QUICK).fit(counts[:300])
    assert found.perplexity < 0.7 * one.perplexity(counts[300:])


def test_works_in_a_pipeline_with_a_vectoriser():
    texts = ["the sun in the sky", "a tax in the law", "sun and sky", "law and tax"] * 5
    pipeline = make_pipeline(CountVectorizer(stop_words="english"), LatentDirichletAllocation(2, **QUICK))
    shares = pipeline.fit_transform(texts)
    assert (shares == pipeline.transform(texts)).all()
    assert shares.shape == (20, 2)


def test_saved_fits_say_the_same_and_go_on_the_same(simulated, tmp_path):
    corpus, _, _ = simulated(documents=60)
    model = LatentDirichletAllocation(3, **QUICK, n_chains=2, doc_topic_prior="learn").fit(corpus)
    again = LatentDirichletAllocation.load(model.save(tmp_path / "fit"))
    assert again.get_params() == model.get_params()
    for name in (
        "components_",
        "topic_word_",
        "doc_topic_",
        "alpha_",
        "beta_",
        "log_joint_",
        "assignments_",
        "trace_kept_",
    ):
        assert np.array_equal(getattr(again, name), getattr(model, name)), name
    assert again.findings_ == model.findings_
    assert again.vocabulary_ == model.vocabulary_
    assert (again.transform(corpus) == model.transform(corpus)).all()
    assert (again.partial_fit(corpus).assignments_ == model.partial_fit(corpus).assignments_).all()


def test_can_be_pickled_and_cloned(simulated):
    corpus, _, _ = simulated(documents=20)
    model = LatentDirichletAllocation(3, **QUICK).fit(corpus)
    assert (pickle.loads(pickle.dumps(model)).transform(corpus) == model.transform(corpus)).all()
    assert not hasattr(clone(model), "components_")


def test_explains_a_token_of_the_fit(simulated):
    corpus, _, _ = simulated(documents=20)
    model = LatentDirichletAllocation(3, **QUICK).fit(corpus)
    found = model.explain(4, 2)
    assert found.topic == model.assignments_[corpus.starts[4] + 2]
    assert found.probabilities.sum() == pytest.approx(1)


def test_a_fit_that_was_cut_off_goes_on_with_the_same_result(simulated, tmp_path, monkeypatch):
    corpus, _, _ = simulated(documents=60)
    monkeypatch.setattr("steelyard.topics.checkpoint.EVERY_S", 0.0)
    model = LatentDirichletAllocation(
        3, **QUICK, n_chains=2, doc_topic_prior="learn", topic_word_prior="learn"
    )
    whole = clone(model).fit(corpus)

    def stop(progress):
        if (progress.chain, progress.sweep) == (1, 37):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clone(model).fit(corpus, checkpoint=tmp_path, on_progress=stop)
    seen = []
    resumed = clone(model).fit(corpus, checkpoint=tmp_path, on_progress=seen.append)
    assert [(each.chain, each.sweep) for each in seen] == [(1, sweep) for sweep in range(38, 61)]
    assert (resumed.components_ == whole.components_).all()
    assert (resumed.log_joint_ == whole.log_joint_).all()
    with pytest.raises(InputError, match="checkpoint of this very fit"):
        clone(model).set_params(random_state=1).fit(corpus, checkpoint=tmp_path)


def test_progress_says_where_it_is(simulated):
    corpus, _, _ = simulated(documents=20)
    seen = []
    LatentDirichletAllocation(2, max_iter=10, n_chains=2).fit(corpus, on_progress=seen.append)
    assert [(each.chain, each.sweep) for each in seen] == [(c, s) for c in range(2) for s in range(1, 11)]
    assert all(math.isfinite(each.log_joint) for each in seen)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_components": 0}, "`n_components` must be a whole number of at least 1, but got 0"),
        ({"n_components": 2.5}, "`n_components` must be a whole number"),
        ({"doc_topic_prior": -0.1}, "`doc_topic_prior` must be 0 or lie between"),
        ({"doc_topic_prior": float("nan")}, "`doc_topic_prior` must be 0 or lie between"),
        ({"doc_topic_prior": [0.1, 0.2]}, "`doc_topic_prior` must be one number or 3 of them"),
        ({"topic_word_prior": [0.1, 0.2]}, "`topic_word_prior` must be one number or 1"),
        (
            {"topic_word_prior": "Learn"},
            "`topic_word_prior` must be a number, an array or 'learn', but got 'Learn'",
        ),
        ({"max_iter": 0}, "`max_iter` must be a whole number of at least 1"),
        ({"burn_in": 60}, "`burn_in` must be at least 0 and less than the 60 sweeps"),
        ({"burn_in": 1.5}, "numbers of sweeps must be whole"),
        ({"burn_in": 0, "doc_topic_prior": "learn"}, "a prior to learn needs burn-in"),
        ({"n_chains": 0}, "`n_chains` must be a whole number of at least 1"),
        ({"random_state": -1}, "`random_state` must be 0"),
        ({"kernel": "fast"}, "`kernel` must be one of vector, scalar"),
    ],
)
def test_refuses_parameters_out_of_range(parameters, message):
    model = LatentDirichletAllocation(**{"n_components": 3, **QUICK, **parameters})
    with pytest.raises(InputError, match=message):
        model.fit(Corpus.from_documents([["a", "b"]]))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.array([[0.5, 1.0]]), "whole numbers"),
        (np.array([[-1, 2]]), "whole numbers|[Nn]egative"),
        (np.zeros((3, 2)), "at least one token, but the 3 documents are all empty"),
        (np.empty((0, 3)), "0 sample"),
        (Corpus.from_documents([]), "at least one token, but the 0 documents"),
        (["a text", "another"], "[Rr]eshape|numeric|2D"),
    ],
)
def test_refuses_documents_that_cannot_be_fitted(given, message):
    with pytest.raises(ValueError, match=message):
        LatentDirichletAllocation(2, **QUICK).fit(given)


def test_refuses_another_number_of_words_at_transform():
    model = LatentDirichletAllocation(2, **QUICK).fit(np.array([[1, 2, 0], [0, 1, 1]]))
    with pytest.raises(ValueError, match="2 features"):
        model.transform(np.array([[1, 2]]))
