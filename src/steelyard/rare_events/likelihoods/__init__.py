"""Exact log-likelihoods of counts, in torch, stable for small means and small dispersions; one family a file.

Each returns natural logarithms elementwise, for counts as floating point (0, 1, 2, ...), and broadcasts its arguments. Means
and sizes are given by their logarithms, which a network's output can be without a bound.
"""
