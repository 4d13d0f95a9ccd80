"""Patterns of rule files. They come from files and run on text from papers, and neither may hang the program."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import regex

# What one look for a pattern may take. A pattern that needs longer is at fault: on texts as long as a page's, one that
# is well written needs a thousandth of it.
PATTERN_SECONDS = 1.0
# What a pattern may take on a short text made to drive it mad, and how long that text is: 2**60 steps are not done in
# the time, 60**3 are.
TRIAL_SECONDS, TRIAL_LENGTH = 0.1, 60
# So many repeats of a part that leaves a choice are as bad as any number of them.
MANY_REPEATS = 5
_REPEAT = regex.compile(r"[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\}")
_CLASSES = {r"\d": "7", r"\w": "a", r"\s": " ", r"\p{L}": "a", r"\p{N}": "7", r"\S": "a", r"\D": "a", ".": "a"}


class PatternTooSlow(ValueError):
    """A pattern of a rule file that did not come to an end in time on a text of a paper."""

    def __init__(self, pattern: str, text: str) -> None:
        super().__init__(
            f"the rule's pattern {pattern!r} did not come to an end on {text[:60]!r}. Write it so that nothing "
            "that repeats leaves a choice inside; `savings rules check` says which patterns can run away"
        )


def full_match(pattern: str, text: str) -> regex.Match[str] | None:
    """A match of a whole text; case does not count. Raises PatternTooSlow."""
    try:
        return regex.fullmatch(pattern, text, regex.IGNORECASE, timeout=PATTERN_SECONDS)
    except TimeoutError:
        raise PatternTooSlow(pattern, text) from None


def first_match(pattern: str, text: str) -> regex.Match[str] | None:
    """The first match in a text; case does not count. Raises PatternTooSlow."""
    try:
        return regex.search(pattern, text, regex.IGNORECASE, timeout=PATTERN_SECONDS)
    except TimeoutError:
        raise PatternTooSlow(pattern, text) from None


def all_matches(pattern: str, text: str) -> Iterator[regex.Match[str]]:
    """All matches in a text, in order; case does not count. Raises PatternTooSlow."""
    try:
        yield from regex.finditer(pattern, text, regex.IGNORECASE, timeout=PATTERN_SECONDS)
    except TimeoutError:
        raise PatternTooSlow(pattern, text) from None


def runs_away(pattern: str) -> str:
    """A short text on which a pattern does not come to an end; empty where none was found.

    Only a pattern that repeats a choice can run away; whether such a one does is tried out.
    """
    if not _repeats_a_choice(pattern):
        return ""
    return next((text for text in _trials(pattern) if _is_slow(pattern, text)), "")


def _is_slow(pattern: str, text: str) -> bool:
    try:
        regex.search(pattern, text, regex.IGNORECASE, timeout=TRIAL_SECONDS)
        regex.fullmatch(pattern, text, regex.IGNORECASE, timeout=TRIAL_SECONDS)
    except TimeoutError:
        return True
    return False


def _trials(pattern: str) -> Iterator[str]:
    """Texts of one and of two marks in turn that the pattern names, with an end that spoils the match."""
    marks = [sample for name, sample in _CLASSES.items() if name in pattern]
    marks += [c for c in regex.sub(r"\\.|\(\?\S*?[>:!=]|[()\[\]{}*+?|^$.]", "", pattern) if not c.isspace()]
    unique = list(dict.fromkeys(marks))[:12]
    pumps = [*unique, *(a + b for a, b in product(unique[:5], repeat=2) if a != b)]
    for pump in pumps:
        # What the pattern asks for somewhere stands at the end, or its lack would be seen at once.
        yield pump * (TRIAL_LENGTH // len(pump)) + "\x01" + "".join(unique)


def _repeats_a_choice(pattern: str) -> bool:
    """Whether a group that is repeated often leaves a choice inside: another repeat, or alternatives."""
    choices = [False]
    for at, token in _tokens(pattern):
        if token == "(":
            choices.append(False)
        elif token == ")" and len(choices) > 1:
            inner = choices.pop()
            if inner and _repeats(pattern, at + 1):
                return True
            choices[-1] = choices[-1] or inner
        elif token == "|" or (token in "?*+{" and _REPEAT.match(pattern, at)):
            choices[-1] = True
    return False


def _tokens(pattern: str) -> Iterator[tuple[int, str]]:
    """The marks of a pattern with their places, escapes and sets of characters as one."""
    for match in regex.finditer(r"\\p\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, regex.DOTALL):
        yield match.start(), match[0]


def _repeats(pattern: str, at: int) -> bool:
    """Whether a repeat of many times stands at a place of the pattern, one that gives back what it took."""
    match = _REPEAT.match(pattern, at)
    if match is None or match[0] == "?" or pattern[match.end() : match.end() + 1] == "+":
        return False
    most = match["most"] if match["comma"] else match["least"]
    return match[0] in "*+" or not most or int(most) >= MANY_REPEATS
