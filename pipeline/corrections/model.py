"""What a person may decide of one cell, and how that is said in a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from savings.aes import AES_BLOCKS
from savings.schema import Place

Box = tuple[float, float, float, float]


class Answer(StrEnum):
    """The answers that a person may give.

    VALUE: the figure is this. NIL: it is nil. NOT_A_FIGURE: the cell holds none. AS_PRINTED: it is read right, and if a
    sum does not hold, the paper is wrong. CODE: the AES block of its line. WITHDRAWN: an earlier answer stands no more.
    """

    VALUE = "value"
    NIL = "nil"
    NOT_A_FIGURE = "not_a_figure"
    AS_PRINTED = "as_printed"
    CODE = "code"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Which cell a decision is about: the paper by its hash, page and row, and what the figure there measures.

    `figure` is the part of the figure's key after page and row: 2007/08.achieved.cashable.
    """

    sha256: str
    page: int
    row: int
    figure: str


class Correction(BaseModel):
    """One decision. The later one of two on a cell stands; nothing is ever taken out of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="The paper, by the hash of its content.")]
    document: Annotated[str, Field(description="The paper's file name, for people.")]
    rule: Annotated[str, Field(description="The rule file that read it, for what recurs in a layout.")] = ""
    page: Annotated[int, Field(ge=1, description="Page of the cell.")]
    row: Annotated[int, Field(ge=0, description="Its row there.")]
    figure: Annotated[str, Field(min_length=1, description="What the figure measures: year.measure.kind and so on.")]
    text: Annotated[str, Field(description="The cell as printed; a decision is never applied to another text.")]
    box: Annotated[list[float], Field(min_length=4, max_length=4)] | None = Field(
        default=None, description="The cell's box, in points; none in a text report."
    )
    answer: Annotated[Answer, Field(strict=False, description="What was decided.")]
    value: Annotated[str, Field(description="The amount in full, a saving positive, or the AES block.")] = ""
    who: Annotated[str, Field(min_length=1, description="Who decided.")]
    when: Annotated[
        str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", description="When, in universal time.")
    ]
    why: Annotated[str, Field(description="Why, in a person's words.")] = ""

    @model_validator(mode="after")
    def _value_fits(self) -> Correction:
        if self.answer is Answer.VALUE:
            amount(self.value)
        elif self.answer is Answer.CODE:
            code(self.value)
        elif self.value:
            raise ValueError(f"an answer {self.answer} has no value")
        return self

    @property
    def cell(self) -> Cell:
        """The cell that it is about."""
        return Cell(self.sha256, self.page, self.row, self.figure)

    @property
    def time(self) -> datetime:
        """When it was decided."""
        return datetime.fromisoformat(self.when)

    @property
    def said(self) -> str:
        """What was decided, in words."""
        what = {
            Answer.VALUE: self.value,
            Answer.NIL: "nil",
            Answer.NOT_A_FIGURE: "not a figure",
            Answer.AS_PRINTED: "as printed",
            Answer.CODE: f"AES block {self.value}",
            Answer.WITHDRAWN: "withdrawn",
        }
        return what[self.answer]


def amount(text: str) -> Decimal:
    """An amount as it stands in a file: digits, a point, a minus; no more than 15 digits. Raises ValueError."""
    plain = text.removeprefix("-")
    whole, _, decimals = plain.partition(".")
    digits = f"{whole}{decimals}"
    if not (digits.isascii() and digits.isdigit() and whole and len(whole) <= 15 and len(decimals) <= 6):
        raise ValueError(f"{text!r} is no amount; write it in full, such as 150000 or -2500.50")
    return Decimal(text)


def code(text: str) -> int:
    """An AES block as it stands in a file. Raises ValueError."""
    if not (text.isascii() and text.isdigit() and int(text) in AES_BLOCKS):
        raise ValueError(f"{text!r} is no AES block; they are {min(AES_BLOCKS)} to {max(AES_BLOCKS)}")
    return int(text)


def near(box: Box | None, place: Place) -> bool:
    """Whether a decision's box is that of a place, but for how the page was measured."""
    if box is None or place.box is None:
        return box is None and place.box is None
    return all(abs(one - other) <= 1.5 for one, other in zip(box, place.box, strict=True))
