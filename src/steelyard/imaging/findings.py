"""The fourteen findings of ChestX-ray14, in the order of CheXNet's outputs."""

from __future__ import annotations

FINDINGS = (
    "Atelectasis",
    "Cardiomegaly",
    "Effusion",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pneumonia",
    "Pneumothorax",
    "Consolidation",
    "Edema",
    "Emphysema",
    "Fibrosis",
    "Pleural_Thickening",
    "Hernia",
)
"""Labels of Wang et al. (2017) as their table of entries spells them; "No Finding" is none of them."""
