"""Simulated chest radiographs: pictures with a known truth, not medicine."""

from steelyard.imaging.radiographs.simulate import SIMULATED, Radiographs, simulate_radiographs

__all__ = ["SIMULATED", "Radiographs", "simulate_radiographs"]
