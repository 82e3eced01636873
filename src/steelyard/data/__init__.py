"""Readers of what users have, and the data that are always there."""

from steelyard.data.series import CountSeries, MissingRule, read_series
from steelyard.data.storms import storms
from steelyard.data.table import read_table

__all__ = ["CountSeries", "MissingRule", "read_series", "read_table", "storms"]
