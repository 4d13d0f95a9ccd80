"""What is decided the same way many times in one layout, as a line for its rule file."""

from __future__ import annotations

from collections import Counter

import regex

from pipeline.corrections.model import Answer
from pipeline.corrections.standing import Corrections

# So often the same decision is no slip of one paper but the way of a layout.
OFTEN = 3


def suggestions(corrections: Corrections) -> list[str]:
    """A sentence for each decision that recurs, with the line to add; the most frequent first."""
    same = Counter(
        (kept.rule, kept.text, kept.answer, kept.value)
        for papers in corrections.standing
        for kept in corrections.of(papers)
        if kept.text
    )
    return [
        f"{text!r} was decided to be {_said(answer, value)} {count} times in papers of the rule {rule or '(unknown)'}. "
        f"{_line(text, answer, value)}"
        for (rule, text, answer, value), count in same.most_common()
        if count >= OFTEN and answer in (Answer.NOT_A_FIGURE, Answer.CODE, Answer.NIL, Answer.VALUE)
    ]


def _said(answer: Answer, value: str) -> str:
    return {Answer.CODE: f"AES block {value}", Answer.VALUE: value}.get(answer, answer.replace("_", " "))


def _line(text: str, answer: Answer, value: str) -> str:
    quoted = text.replace("'", "''")
    if answer is Answer.NOT_A_FIGURE:
        return f"Add to its no_figures: - {{pattern: '{regex.escape(quoted)}', why: …}}"
    if answer is Answer.CODE:
        return f"Add to its lookups: aes_code: {{'{quoted}': {{is: '{value}', why: …}}}}"
    return "Look at the scale, the sign or the columns of the rule: a mark that always means the same is the layout's"
