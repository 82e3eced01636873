"""Proof that a chain samples what it says: every draw, every sweep, and where the sweeps lead, against numbers worked out apart from it."""
