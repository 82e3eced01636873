"""Scores of forecasts: proper ones first, and the ones people ask for with a warning where one is due."""
