"""Environments with an exact yardstick, which several systems learn to act in."""
