"""Exit statuses of the program, and the statuses of a paper in papers.csv."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """Exit statuses; `meaning` says what each tells whoever runs a batch."""

    OK = 0
    INCOMPLETE = 1
    USAGE = 2
    BUSY = 3
    NOT_WRITTEN = 4
    DOUBTFUL = 5
    STOPPED_EARLY = 6
    UNREACHABLE = 7
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What the status says, as the documents have it."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.OK: "every paper was read",
    Exit.INCOMPLETE: "some papers failed or yielded nothing: papers.csv says which, why, and what to do; all others "
    "are written",
    Exit.USAGE: "wrong usage (command line, rule file, results folder); nothing was written",
    Exit.BUSY: "another run is writing into this results folder; nothing was done",
    Exit.NOT_WRITTEN: "the results could not be written (a full disk, say); what was read is kept, earlier results are "
    "as they were",
    Exit.DOUBTFUL: "with --strict: every paper was read, but some figures are contradicted or ambiguous",
    Exit.STOPPED_EARLY: "with --fail-fast: stopped at the first paper that failed; what was read is kept, earlier "
    "results are as they were",
    Exit.UNREACHABLE: "the cluster, or an address of papers or results, cannot be reached or refuses; what was read is "
    "kept, earlier results are as they were",
    Exit.INTERRUPTED: "stopped by Ctrl-C or a signal; what was read is kept, the same command goes on from there",
}


class Unreachable(Exception):
    """The cluster, or where papers or results are, cannot be reached or refuses; says why and what to do."""


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
    UNREADABLE = "unreadable"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    FAILED = "failed"

    @classmethod
    def of_loss(cls, loss: str) -> Status:
        """The status of a paper that gave no result; a fault of the program counts as failed."""
        return cls.FAILED if loss == "fault" else cls(loss)
