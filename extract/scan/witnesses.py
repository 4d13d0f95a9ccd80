"""From what each witness reads to the text of a run, and what else it may be.

Witnesses are the two engines, the text layer where the scan has one, and the ink's own shape. Where both engines agree
the text is theirs; where they do not, one of the readings stands as the text and the others stay with it, each with a
cost, for the paper's sums to choose from. How sure an engine is of itself counts for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from statistics import median

from extract.glyphs import UPRIGHT
from extract.paper import Witness
from extract.scan.engines import RAPIDOCR, TESSERACT
from extract.scan.marks import Marks
from extract.scan.recognise import Run

LAYER, INK = "text layer", "shape of the ink"

# What a reading costs that one of two engines has; what the text layer alone says, and a doubt that shapes raise.
# Up to 3 dearer than the text it leaves a figure ambiguous that no sum decides (savings.verdict).
RIVAL, HEARSAY = 2, 5

# Engines trained on Chinese use its punctuation, and typographers' quotes are as good as straight ones.
_PLAIN = str.maketrans(
    {"一": "-", "—": "-", "–": "-", "‐": "-", "‑": "-", "−": "-", "丨": "|", "，": ",", "。": ".", "．": ".", "：": ":",
     "；": ";", "（": "(", "）": ")", "％": "%", "￡": "£", "／": "/", "＆": "&", "’": "'", "‘": "'",
     "“": '"', "”": '"', "、": ",", "！": "!", "？": "?", "＋": "+", "＝": "=", "【": "[", "】": "]", "·": "."}
)  # fmt: skip
_FIGURE = re.compile(r"[\d£%()\[\]\-+.,/kKmMoOlI|sSbBzZ'\"*:;\s]*\d[\d£%()\[\]\-+.,/kKmMoOlI|sSbBzZ'\"*:;\s]*")
_REFERENCE = re.compile(r"^([A-Z]{1,4})(?=[lIoOQ\d]*\d)(?=\d*[lIoOQ])([lIoOQ\d]+)(?=[a-z]?$)")
# What no paper of a council prints: squares and discs, and letters of the far east. A trained eye sees them in dirt.
_FOREIGN = re.compile("[\u25a0-\u25b1\u25b8\u25b9\u25c6-\u25ff\u2e80-\ud7ff\uf900-\ufaff]")
# A dash before a word, after a space: it parts the two. And what names a line, such as A05.
_DASHED = re.compile(r"(?<=\s)-(?=[A-Z][a-z])")
_NAME = re.compile(r"[A-Z]{1,4}\.?\d+")
_DIGITS = str.maketrans("lIoOQ", "11000")
_THOUSANDS = re.compile(r"[(-]?£?\d{1,3}(,\d{3})+\)?")
_THREE_PLACES = re.compile(r"[(-]?£?\d{1,3}([.,]\d{3})*\.\d{3}([.,]\d{3})*\)?")
_NEGATIVE = re.compile(r"-£?\d")
_NUMBER = re.compile(r"\d[\d,. ]*")
# How far the width of a number may be from that of its digits, in digits.
_ROOM = 0.62
# A minus that has run into its number is lost to both engines, and takes so much room. On a page that prints a few such
# signs a number with room for one may have one; and one that prints a few commas has no points before three digits.
_DASH, _SIGNS = 0.42, 3
# What the small digit or the star of a note may be read as.
_NOTES = ("'", '"', "*", "°", "^", "`")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Marks that no word begins with, or ends with a space before it, and stops after words that end no sentence: dirt. And
# those that stand in no word.
_DIRT = re.compile(
    r"^[.,:;^~_|`]+\s?(?=[^\W\d_])|(?<=[^\W\d_])\s[.,:;^~_|`]+$"
    r"|(?<=\b(?:an|or|of|by))[.,:;](?=\s|$)|(?<=\b(?:and|the|for))[.,:;](?=\s|$)|(?<=\bwith)[.,:;](?=\s|$)"
)
_STRAY = re.compile(r"[!|~^<>{}@#=*_\\]|(?<=[^\W\d_])[.,:;](?=[^\W\d_])")
# So many letters tell how wide one is; and in widths of a letter: higher print is of another size.
_WORDY, _TALL = 6, 3.6
# A reading fits its run where it is off by so little of its width, and does not where it is off by so much.
_FITS, _MISFITS = 0.2, 0.35
# In heights of a capital: two digits with more white between them are two.
_SPACED = 0.62


def plain(text: str) -> str:
    """A reading with the signs of other scripts and typographers made the common ones, and references put right."""
    text = unicodedata.normalize("NFKC", _FOREIGN.sub("", text.translate(_PLAIN)))
    text = _DASHED.sub("- ", text)
    return " ".join(_REFERENCE.sub(_as_digits, word) for word in text.split())


def _as_digits(reference: re.Match[str]) -> str:
    """A reference of capitals and digits has no small l or o among its digits."""
    return reference[1] + reference[2].translate(_DIGITS)


def is_figure(text: str) -> bool:
    """Whether a reading may be an amount, a code or a mark that stands for one."""
    return not any(c.isalpha() for c in text) or _FIGURE.fullmatch(text) is not None


class Court:
    """Hears the witnesses of one page's runs."""

    def __init__(self, runs: Sequence[Run]) -> None:
        agreed = [self._engines(run) for run in runs]
        self.lexicon = Counter(
            word.strip(".,;:()'\"") for one, other in agreed if one == other for word in one.split() if word.isascii()
        )
        self.names = Counter(map(_shape, filter(_NAME.fullmatch, self.lexicon)))
        self.seen = Counter(one for one, other in agreed if one == other)
        self.pitch = _pitch(runs)
        self.letter = _letter(runs)
        self.commas = sum(one == other and bool(_THOUSANDS.fullmatch(one)) for one, other in agreed) >= _SIGNS
        self.minus = sum(one == other and bool(_NEGATIVE.match(one)) for one, other in agreed) >= _SIGNS

    @staticmethod
    def _engines(run: Run) -> tuple[str, str]:
        return plain(run.texts.get(RAPIDOCR, "")), plain(run.texts.get(TESSERACT, ""))

    def hear(self, run: Run, layer: str = "") -> tuple[str, tuple[Witness, ...]]:
        """The text of a run, and all that was said of it; a witness at cost 0 says what the text says."""
        one, other = self._engines(run)
        if RAPIDOCR not in run.texts and not run.marks.dash:
            other = _DIRT.sub("", other)
            return other, (Witness(TESSERACT, other),)
        said = {RAPIDOCR: one, TESSERACT: other}
        if layer:
            said[LAYER] = plain(layer)
        if run.marks.dash:
            return "-", (Witness(INK, "-"), *(Witness(name, text, HEARSAY) for name, text in said.items() if text))
        if not (one or other):
            return "\ufffd", (Witness(INK, "", RIVAL),)
        if is_figure(one) or is_figure(other):
            noted = run.marks.raised or any(text.endswith(_NOTES) for text in (one, other))
            return self._figure(run, _noted(run.marks, said) if noted else said)
        return self._text(run, said)

    def _figure(self, run: Run, said: Mapping[str, str]) -> tuple[str, tuple[Witness, ...]]:
        if self.commas:
            said = {name: _with_commas(text) for name, text in said.items()}
        one, other = said[RAPIDOCR], said[TESSERACT]
        if (
            run.marks.leading_dash
            and key(one).lstrip("-") == key(other).lstrip("-")
            and _NUMBER.fullmatch(one.lstrip("-"))
        ):
            return self._signed(one, other, said)
        text = _apart(self._first(run, one, other, said.get(LAYER, "")), run.marks.gap)
        agreed = key(one) == key(other)
        found = [Witness(name, words, self._cost(name, words, text)) for name, words in said.items()]
        doubt = self._doubt(run, text)
        if doubt and (agreed or any(map(str.isdigit, doubt))):
            found.append(Witness(INK, doubt, RIVAL))
        return text, tuple(found)

    @staticmethod
    def _signed(one: str, other: str, said: Mapping[str, str]) -> tuple[str, tuple[Witness, ...]]:
        """A number with a stroke before it that is plain to see. Engines lose it; one that reads it is enough."""
        text = "-" + one.lstrip("-")
        dissent = HEARSAY if "-" in (one[0], other[0]) else RIVAL
        found = [
            Witness(name, words, 0 if key(words) == key(text) else HEARSAY if name == LAYER else dissent)
            for name, words in said.items()
        ]
        return text, (*found, Witness(INK, text))

    @staticmethod
    def _cost(name: str, words: str, text: str) -> int:
        if key(words) == key(text):
            return 0
        return HEARSAY if name == LAYER else RIVAL

    def _first(self, run: Run, one: str, other: str, layer: str) -> str:
        """Which of two readings stands as the text: the one with a second witness, or else the better formed."""
        if not one or not other:
            return one or other
        if layer and key(layer) in (key(one), key(other)):
            return one if key(layer) == key(one) else other
        return min((one, other), key=lambda text: (*self._malformed(text), *self._misfit(run, text)))

    def _malformed(self, text: str) -> tuple[bool, int, bool]:
        """How far a reading is from a figure, or from what both engines read elsewhere on the page, such as a unit."""
        elsewhere = bool(self.seen[text]) or bool(_NUMBER.fullmatch(text))
        return not is_figure(text), _unlike_figure(key(text)), not elsewhere

    def _misfit(self, run: Run, text: str) -> tuple[int, bool, bool]:
        """How far a reading is from what the ink shows: in points, in shapes that are no digits of it, in all else."""
        points = sum(c in ".," for c in text)
        more = bool(_NUMBER.fullmatch(text)) and run.marks.tall > sum(map(str.isdigit, text))
        return abs(points - run.marks.points), more, bool(self._doubt(run, text))

    def _doubt(self, run: Run, text: str) -> str:
        """What the ink says against a figure that was read: in words, empty for nothing."""
        marks = run.marks
        if _THREE_PLACES.fullmatch(text):
            return _with_commas(text)
        if marks.raised and re.search(r"[0-9]$", text):
            return text[: -marks.raised] + text[-marks.raised :].translate(_RAISED)
        if marks.leading_dash and not text.startswith(("-", "(", "~", "£-")):
            return f"-{text}" if _NUMBER.fullmatch(text) else "a stroke before the number"
        return self._number_doubt(marks, text)

    def _number_doubt(self, marks: Marks, text: str) -> str:
        if not _NUMBER.fullmatch(text):
            return ""
        if marks.bracket and len(text.replace(" ", "")) > 1:
            return f"({text})"
        points = sum(c in ".," for c in text)
        if marks.points > points:
            return "a point that was not read"
        digits = sum(c.isdigit() for c in text)
        spaces = text.count(" ")
        if self.pitch and digits > 1 and not spaces:
            room = marks.reach / self.pitch - 0.5 * points
            if self.minus and _DASH < room - digits < 1.5 and not text.startswith("1"):
                return f"-{text}"
            if abs(room - digits) > max(_ROOM, 0.09 * digits):
                return "more room than its digits take" if room > digits else "less room than its digits take"
        return ""

    def _text(self, run: Run, said: Mapping[str, str]) -> tuple[str, tuple[Witness, ...]]:
        said = {name: _DIRT.sub("", words) for name, words in said.items()}
        one, other = said[RAPIDOCR], said[TESSERACT]
        text = self._of_the_width(run, one, other)
        text = text or (one if one == other else self._voted(one, other, said.get(LAYER, ""), run.marks.strokes))
        return text, tuple(Witness(name, words, 0 if words == text else RIVAL) for name, words in said.items())

    def _of_the_width(self, run: Run, one: str, other: str) -> str:
        """The one of two readings that is as wide as the run, where the other is not: engines may lose whole words."""
        wide, high = run.x1 - run.x0, run.bottom - run.top
        if not self.letter or run.turn != UPRIGHT or high > _TALL * self.letter:
            return ""
        off = [abs(len(text) * self.letter - wide) / wide for text in (one, other)]
        if min(off) > _FITS or max(off) < _MISFITS:
            return ""
        return one if off[0] < off[1] else other

    def _voted(self, one: str, other: str, layer: str, strokes: int) -> str:
        """Two readings of a text made one, word by word. `strokes`: how many dashes its ink has."""
        if not one or not other:
            return one or other
        left, right = one.split(), other.split()
        heard = set(layer.split())
        words: list[str] = []
        for _, a0, a1, b0, b1 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            words += self._likelier(left[a0:a1], right[b0:b1], heard, strokes)
        return " ".join(words)

    def _likelier(self, one: list[str], other: list[str], heard: set[str], strokes: int) -> list[str]:
        if one == other:
            return one
        if not one or not other:
            # What only one engine sees between two words is mostly dirt; a word of some length is none.
            found = one or other
            return [word for word in found if (len(word) > 1 and word.isalnum()) or (word == "-" and strokes)]
        if "".join(one) == "".join(other):
            # The same letters: a space lost is likelier than one made up.
            return max(one, other, key=len)
        if len(one) == len(other) > 1:
            pairs = zip(one, other, strict=True)
            return [word for a, b in pairs for word in self._likelier([a], [b], heard, strokes)]
        return self._chosen(one, other, heard)

    def _chosen(self, one: list[str], other: list[str], heard: set[str]) -> list[str]:
        letters, others = ("".join(filter(str.isalnum, "".join(words))) for words in (one, other))
        if letters == others and not any(map(str.isdigit, letters)):
            # They differ in a point or a dash, which dirt may be.
            return min(one, other, key=lambda words: (_stray(words), len("".join(words))))
        merits = [self._merit(words, heard) for words in (one, other)]
        if merits[0] == merits[1]:
            return one if len(letters) == len(others) else min(one, other, key=len)
        return one if merits[0] > merits[1] else other

    def _merit(self, words: list[str], heard: set[str]) -> tuple[float, ...]:
        bare = [word.strip(".,;:()'\"") for word in words]
        known = sum(bool(self.lexicon[word]) or self.names[_shape(word)] > 1 for word in bare) / len(bare)
        # Engines lose the comma of an amount, and take a pound sign for a letter.
        malformed = sum(_unlike_figure(word) for word in bare if is_figure(word))
        spelt = sum(word.replace("£", "").isascii() for word in words) / len(words)
        pounds = sum(word.count("£") for word in words)
        return known + sum(word in heard for word in words) / len(words), -malformed, spelt, pounds, -_stray(words)


def _shape(word: str) -> str:
    """A word with its digits made alike: references of one page have one shape."""
    return re.sub(r"\d", "9", word)


def _stray(words: Iterable[str]) -> int:
    """How many words have marks in them that stand in none."""
    return sum(bool(_STRAY.search(word)) for word in words)


def _with_commas(text: str) -> str:
    """A number with commas between thousands, where points before three digits were read: they look alike."""
    return text.replace(".", ",") if _THREE_PLACES.fullmatch(text) else text


def _noted(marks: Marks, said: Mapping[str, str]) -> dict[str, str]:
    """What the engines read of a figure, with the mark of a note at its end put apart from its digits.

    A small digit above the line is read as one of the number, as a quote, or not at all: the ink counts those on it.
    """
    parts = {name: _note(text, marks) for name, text in said.items() if name != LAYER}
    note = next((note for _, note in parts.values() if note.isdigit()), "") or "*" * max(1, marks.raised)
    note = note.translate(_RAISED)
    return {name: parts[name][0] + note if name in parts and parts[name][1] else said[name] for name in said}


def _note(text: str, marks: Marks) -> tuple[str, str]:
    """A figure's digits, and the mark of a note behind them; that is empty where it may be one of the digits."""
    body = text.rstrip("".join(_NOTES) + " ")
    digits = sum(c.isdigit() for c in body)
    signs = sum(c in "()£%[]" or c.isalpha() for c in body)
    raised = max(1, marks.raised)
    if body != text or digits + signs == marks.tall:
        return body, text[len(body) :].strip() or "*" * marks.raised
    if digits + signs == marks.tall + raised and body[-raised:].isdigit() and digits > raised:
        return body[:-raised], body[-raised:]
    return text, ""


def _apart(text: str, gap: float) -> str:
    """Two digits that stand a space apart, told by the ink: engines run them together."""
    return f"{text[0]} {text[1]}" if gap > _SPACED and re.fullmatch(r"\d\d", text) else text


def key(text: str) -> str:
    """A figure's reading, for comparison: spaces do not count."""
    return "".join(text.split()).strip("'\"")


def _unlike_figure(text: str) -> int:
    """How far a reading is from a figure in good form."""
    if re.fullmatch(r"[(\-+]?£?\d{1,3}(,\d{3})+(\.\d+)?[kKm%]?\)?|[(\-+]?£?\d{1,3}(\.\d+)?[kKm%]?\)?", text):
        return 0
    if re.fullmatch(r"[(\-+]?£?\d+(\.\d+)?[kKm%]?\)?|\d{1,4}/\d{2,4}", text):
        return 1
    return 2 if any(c.isdigit() for c in text) else 3


def _letter(runs: Iterable[Run]) -> float:
    """How wide a letter of a page's words is with its share of the spaces, in pixels; 0 where too few words tell."""
    found = []
    for run in runs:
        one, other = Court._engines(run)
        one = one if RAPIDOCR in run.texts else other
        if one == other and run.turn == UPRIGHT and len(one) >= _WORDY and sum(map(str.isalpha, one)) > 0.8 * len(one):
            found.append((run.x1 - run.x0) / len(one))
    return median(found) if len(found) >= 5 else 0.0


def _pitch(runs: Iterable[Run]) -> float:
    """How far digits stand apart on a page, in parts of their height; 0 where too few numbers tell."""
    found = []
    for run in runs:
        one, other = Court._engines(run)
        digits = sum(c.isdigit() for c in one)
        if one == other and digits > 1 and re.fullmatch(r"[\d,.]+", one) and run.marks.reach:
            found.append(run.marks.reach / (digits + 0.5 * (len(one) - digits)))
    return median(found) if len(found) >= 5 else 0.0
