"""Readers of what users have, and the data that are always there."""

from steelyard.data.corpus import Corpus
from steelyard.data.corpus_reading import read_corpus
from steelyard.data.documentation import documentation
from steelyard.data.series import CountSeries, MissingRule, read_series
from steelyard.data.storms import storms
from steelyard.data.table import read_table
from steelyard.data.tokeniser import Tokeniser

__all__ = [
    "Corpus",
    "CountSeries",
    "MissingRule",
    "Tokeniser",
    "documentation",
    "read_corpus",
    "read_series",
    "read_table",
    "storms",
]
