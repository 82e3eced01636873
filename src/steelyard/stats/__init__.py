"""Statistics on plain numbers: intervals, sequential looks, verdicts. Knows no torch, no store and no tables."""
