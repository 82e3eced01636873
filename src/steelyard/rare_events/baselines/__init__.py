"""Forecasts that any model must beat before it is worth something: climatology, Markov, lagged logistic."""
