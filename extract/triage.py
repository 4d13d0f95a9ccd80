"""Whether a page is worth laying out for figures: told by its raw text, which takes a tenth of the time."""

from __future__ import annotations

import re

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_REFERENCE = (
    r"(?:paragraphs?|paras?\.?|sections?|appendix|appendices|annex(?:es)?|pages?|items?|minutes?|tables?|figures?|"
    r"numbers?|no\.|nos\.|parts?|schedules?|chapters?|phases?|stages?|clauses?|rules?|articles?|ref(?:erence)?:?)"
)
_NUMBERING = r"\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]?"

# Numbers of prose that are no amounts. What is not known for sure to be none counts as one.
_NO_AMOUNTS = re.compile(
    "|".join(
        (
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?:19|20)\d\d\b)?",
            rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b",
            r"(?<![\d.,/£$€])\d{1,2}/\d{1,2}/(?:\d\d)?\d\d(?![\d.,/])",
            r"(?<![\d.,/£$€])(?:19|20)\d\d(?:\s?[/–-]\s?(?:(?:19|20)\d\d|\d\d))?(?![\d.,/%]*\d|\s?%)",
            r"\b\d{1,2}(?:[.:]\d\d)?\s?[ap]\.?m\b",
            rf"\b{_REFERENCE}\s+{_NUMBERING}(?:\s*(?:,|and|or|to|of|[-–])\s*{_NUMBERING})*(?!\d|[.,]\d|\s?%)",
            # The number of a paragraph: only before a sentence, since a row may begin with its figure.
            rf"(?m:^\s*{_NUMBERING}\s+(?=[A-Z]\w*(?:\s+[\w,;’'()-]+){{7}}))",
        )
    ),
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"\A\s*\d{1,4}\s*\n|\n\s*\d{1,4}\s*\Z")
# A row of dashes, or a word for none, is as good as an amount.
_NIL = re.compile(r"\b(?:nil|none|zero)\b|[-–—−]\s+[-–—−]|^\s*[-–—−]\s*$", re.IGNORECASE | re.MULTILINE)
_DIGIT = re.compile(r"\d")


def may_hold_amounts(text: str) -> bool:
    """Whether the raw text of a page holds anything that may be an amount, or a mark in its place.

    Years, dates, times, page numbers, references and the numbers of paragraphs are none.
    """
    if _NIL.search(text):
        return True
    return _DIGIT.search(_NO_AMOUNTS.sub("", _PAGE_NUMBER.sub("\n", text))) is not None
