"""What weighing a number comes to: the scale, the number's place on it, and what else is worth knowing."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from steelyard.weigh.scale import Placement, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """The answer to "what does this number mean?".

    Args:
        scale: the reference points.
        placement: where the number stands among them; None when no number was given.
        remarks: what else the number says, each a sentence.
    """

    scale: Scale
    placement: Placement | None
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the sentence, or the scale where no number was given."""
        return str(self.scale) if self.placement is None else self.placement.sentence

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values: the placement's keys (None without a number), then the scale's."""
        empty = dict.fromkeys(("value", "skill", "standing", "sentence"), None)
        placed = {**empty, "conversions": {}} if self.placement is None else self.placement.to_dict()
        return {**placed, **self.scale.to_dict(), "remarks": list(self.remarks)}

    def _repr_html_(self) -> str:
        """Show the sentence above the scale in a notebook."""
        said = "" if self.placement is None else f"<p>{html.escape(self.placement.sentence)}.</p>"
        remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in self.remarks)
        return f"<div>{said}{remarks}{self.scale._repr_html_()}</div>"
