"""Satchel: a bag of words to act on, small enough that the best policy is known exactly."""
