"""Forecasts that any model must beat before it is worth something: from climatology to hurdle gradient boosting."""
