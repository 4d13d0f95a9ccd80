"""What is wrong with a rule file, and where."""

from __future__ import annotations


class RuleError(Exception):
    """A rule file that cannot be used: `file` and `line` (from 1; 0 where no line is to blame) say where."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem
