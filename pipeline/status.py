"""Exit statuses of the program, and the statuses of a paper in papers.csv."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """Exit statuses.

    OK: every paper was read. INCOMPLETE: some papers failed or yielded nothing, all others are written.
    USAGE: the command line, a rule file or the output folder is wrong, and nothing was written.
    """

    OK = 0
    INCOMPLETE = 1
    USAGE = 2


class Status(StrEnum):
    """What became of a paper. Only OK counts as read."""

    OK = "ok"
    PARTIAL = "partial"
    NO_RULE = "no_rule"
    NO_FIGURES = "no_figures"
    NO_TEXT = "no_text"
    EMPTY = "empty"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    MISSING = "missing"
    FAILED = "failed"
