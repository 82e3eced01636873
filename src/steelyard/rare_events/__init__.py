"""rare_events."""
