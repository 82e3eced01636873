"""Checks of a network's wiring that a few forward passes decide: each returns a finding or None, and leaves the network as it was."""

from __future__ import annotations

from steelyard.watch.probes.traps.alike import layers_begin_alike
from steelyard.watch.probes.traps.batch_leak import batch_leak
from steelyard.watch.probes.traps.order import order_matters
from steelyard.watch.probes.traps.padding import padding_is_read
from steelyard.watch.probes.traps.ratio import ratio_off_one

__all__ = ["batch_leak", "layers_begin_alike", "order_matters", "padding_is_read", "ratio_off_one"]
