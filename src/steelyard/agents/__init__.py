"""Agents that act on bags of words: an exact yardstick, an actor-critic transformer, and what its latents tell."""
