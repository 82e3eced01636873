"""Predictors that need no network: what an LSTM's nats have to be held against."""

from steelyard.language.baselines._base import Baseline
from steelyard.language.baselines.kneser_ney import KneserNey
from steelyard.language.baselines.uniform import Uniform
from steelyard.language.baselines.unigram import Unigram

__all__ = ["Baseline", "KneserNey", "Uniform", "Unigram"]
