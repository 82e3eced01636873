import numpy as np
from sklearn.linear_model import LogisticRegression

from steelyard.rare_events.logit import fit_logit, probabilities


def test_is_scikit_learns_unpenalised_regression():
    rng = np.random.default_rng(0)
    inputs = np.column_stack([np.ones(2000), rng.standard_normal((2000, 2))])
    events = (rng.random(2000) < probabilities(inputs, np.array([-2.0, 1.0, 0.5]))).astype(float)
    theirs = LogisticRegression(C=1e3, fit_intercept=False, tol=1e-10, max_iter=1000).fit(inputs, events)
    np.testing.assert_allclose(fit_logit(inputs, events), theirs.coef_[0], atol=1e-5)


def test_separable_events_give_finite_weights():
    weights = fit_logit(np.column_stack([np.ones(10), np.arange(10.0)]), np.repeat([0.0, 1.0], 5))
    assert np.isfinite(weights).all()
