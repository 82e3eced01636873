"""Stop words: words that are left out because every text has them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from steelyard.errors import InputError


def stop_words(chosen: str | Path | Iterable[str] | None) -> frozenset[str]:
    """Return the words to leave out.

    Args:
        chosen: `"english"` (scikit-learn's list of 318 words), `"none"` or None, the path of a UTF-8 file with one word a
            line (what follows a `#` is a remark), or the words themselves.

    Raises:
        InputError: no such list and no such file, or a file that isn't UTF-8 text.

    When it is wrong: scikit-learn's list holds a few words with a meaning of their own ("computer", "fire", "system" were
    there at times); look at it, or give a file of your own. It is English; other languages need their own.

    Example:
        >>> "the" in stop_words("english"), sorted(stop_words(["und", "der"])), len(stop_words("none"))
        (True, ['der', 'und'], 0)
    """
    if chosen is None or chosen == "none":
        return frozenset()
    if chosen == "english":
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415 - slow to import

        return frozenset(ENGLISH_STOP_WORDS)
    if not isinstance(chosen, str | Path):
        return frozenset(chosen)
    path = Path(chosen)
    if not path.is_file():
        raise InputError(
            f"stop words must be english, none or a file with one word a line, but got {str(chosen)!r}, and there is no such file"
        )
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} must be UTF-8 text, but byte {error.start} is not; save it as UTF-8"
        ) from error
    words = (line.partition("#")[0].strip() for line in lines)
    return frozenset(word for word in words if word)
