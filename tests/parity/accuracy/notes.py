"""Why a figure is not exact: patterns of rows, and the explanation that the page prints below its tables."""

from fnmatch import fnmatch

# The first pattern that fits a row whose figures are not all 0.
NOTES: dict[str, str] = {}

# Up to this many units in the last place, a difference is that of sums in another order.
GENERAL_ULPS = 4.0


def note(name: str) -> str | None:
    """The explanation for a row."""
    return next((text for pattern, text in NOTES.items() if fnmatch(name, pattern)), None)
