"""Studies: a question's factors, the trials that answer it, the store that keeps them, the runner that stops in time."""
