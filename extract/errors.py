"""Why a file could not be read, as data: each error knows its status for papers.csv and what to do next."""

from __future__ import annotations


class PaperError(Exception):
    """A paper that cannot be read. `status` goes to papers.csv, `problem` says what happened, `remedy` what to do."""

    status = "failed"

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{name}: {problem}. {remedy}")
        self.name = name
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[PaperError], tuple[str, str, str]]:
        """Errors cross process borders: pickle them by their parts."""
        return type(self), (self.name, self.problem, self.remedy)


class EmptyPaper(PaperError):
    """A file of 0 bytes, or a PDF without a page."""

    status = "empty"


class UnsupportedPaper(PaperError):
    """A file that is neither a PDF nor a text report."""

    status = "unsupported"


class DamagedPaper(PaperError):
    """A file that begins like a paper and cannot be opened or decoded."""

    status = "damaged"


class EncryptedPaper(PaperError):
    """A PDF that asks for a password."""

    status = "encrypted"
