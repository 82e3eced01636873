"""Language: an LSTM that guesses the next word or character, and what its cross-entropy means."""
