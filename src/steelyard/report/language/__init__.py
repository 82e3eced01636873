"""The page of a language model: what is minimised, and what happens while it gets smaller."""
