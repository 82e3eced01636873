"""Scales: what a loss or score means, between a trivial predictor and the best attainable."""
