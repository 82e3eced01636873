"""Does double, single, half or 8-bit arithmetic change the final result."""
