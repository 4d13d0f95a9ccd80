"""Decisions into the rows of the output files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from extract.paper import Paper
from normalise.claims import Claim, read_claim
from pipeline.dataset.keys import key_of
from pipeline.records import CheckRow, FigureRow, RepairRow, plain_value
from rules.load import RuleFile
from rules.mapped import MappedPaper, Mending
from savings.aes import AES_BLOCKS
from savings.schema import Check, CodeDecision, Decision, Figure, How, Line, Outcome, Place, Proof, Verdict

NO_BOX = (None, None, None, None)
CHOSEN = "chosen by reconciliation"
DECIDED = "a person's decision"
# How a figure came that is not simply what is printed.
CHANGED = (How.REPAIRED, How.INFERRED, How.CORRECTED)


class Head(TypedDict):
    """What each row of repairs.csv begins with."""

    document: str
    sha256: str
    rule: str
    page: int
    row: int


class Rows:
    """The rows of one paper, from its problem and what reconciliation made of it."""

    def __init__(self, paper: Paper, rule: RuleFile, mapped: MappedPaper, outcome: Outcome) -> None:
        self.paper = paper
        self.rule = rule
        self.mapped = mapped
        self.outcome = outcome
        self.lines = mapped.problem.lines
        self.codes = {code.line: code for code in outcome.codes}

    def figures(self) -> Iterator[FigureRow]:
        """One row for each figure that a cell holds, in the paper's order."""
        for figure, decision in self._decided():
            if decision.reading.value is not None and self.lines[figure.line].published:
                yield self._figure(figure, decision)

    def _decided(self) -> Iterator[tuple[Figure, Decision]]:
        return zip(self.mapped.problem.figures, self.outcome.decisions, strict=True)

    def _figure(self, figure: Figure, decision: Decision) -> FigureRow:
        line = self.lines[figure.line]
        code = self.codes.get(line.id)
        number = code.reading.code if code else None
        authority = self.mapped.authority
        source = figure.source_of(decision.reading)
        box = source.place.box
        x0, top, x1, bottom = self.paper.on_sheet(source.place.page, box) if box else NO_BOX

        def text(name: str) -> str:
            return line.fields.get(name, "")

        assert decision.reading.value is not None
        return FigureRow(
            authority=authority.name,
            gss_code=authority.gss,
            document=self.paper.name,
            sha256=self.paper.sha256,
            page=figure.place.page,
            row=figure.place.row,
            level=line.level,
            aes_code=number,
            aes_how=code.reading.how if code and number else "",
            aes_block=AES_BLOCKS.get(number, "") if number else "",
            reference=text("reference"),
            category=text("category"),
            directorate=text("directorate"),
            service=text("service"),
            detail=text("detail"),
            partner=text("partner"),
            year=figure.year,
            measure=figure.measure,
            kind=figure.kind,
            recurrence=figure.recurrence or line.recurrence,
            part=figure.part,
            value=decision.reading.value,
            unit=figure.unit,
            how=decision.reading.how,
            proof=decision.proof,
            raw=source.raw,
            comment=text("comment"),
            progress=line.progress,
            rule=self.rule.name,
            x0=x0,
            top=top,
            x1=x1,
            bottom=bottom,
        )

    def checks(self) -> Iterator[CheckRow]:
        """One row for each identity, in order, then one for each amount that a comment works out."""
        yield from map(self._check, self.outcome.checks)
        for line in self.lines:
            claim = read_claim(line.fields.get("comment", "")) if line.published else None
            if claim is not None:
                yield from self._claim(line, claim)

    def _claim(self, line: Line, claim: Claim) -> Iterator[CheckRow]:
        """Whether a figure of the line is the claimed amount, within its printed precision."""
        decided = [self.outcome.decisions[f] for f in self.mapped.problem.figures_of_line.get(line.id, ())]
        near = [(abs(d.reading.value - claim.value), d) for d in decided if d.reading.value]
        if not near:
            return
        difference, nearest = min(near, key=lambda pair: pair[0])
        verdict = Verdict.HOLDS if difference < nearest.reading.step else Verdict.DIFFERS
        expected = nearest.reading.value
        assert expected is not None
        yield CheckRow(
            self.paper.name, self.paper.sha256, self.rule.name, "amount worked out in the comment",
            f"{line.table}, {line.fields.get('detail', '')}: {claim.text}", line.place.page, line.place.row, expected,
            claim.value, claim.value - expected, verdict, "", self.key(nearest.figure), "",
        )  # fmt: skip

    def _check(self, check: Check) -> CheckRow:
        place = self.mapped.problem.figures[check.identity.total].place
        return CheckRow(
            self.paper.name, self.paper.sha256, self.rule.name, check.identity.name, check.identity.where,
            place.page, place.row, check.expected, check.found, check.difference, check.verdict,
            "; ".join(self._suspect(s.figure, plain_value(s.value), s.reason) for s in check.suspects),
            " ".join(self.key(f) for f in check.ties), check.note,
        )  # fmt: skip

    def _suspect(self, figure: int, value: str, reason: str) -> str:
        return f"{self.key(figure)} = {value}" + (f" ({reason})" if reason else "")

    def key(self, figure: int) -> str:
        """A figure's name in checks and repairs: page.row.year.measure.kind, recurrence and part where there are."""
        return key_of(self.mapped.problem.figures[figure])

    def repairs(self) -> Iterator[RepairRow]:
        """What was changed before any sum was looked at, then the readings and codes that are not as printed."""
        yield from map(self._mending, self.mapped.mendings)
        for figure, decision in self._decided():
            doubted = figure.doubt and decision.reading.value is not None
            contested = figure.contested and decision.proof is Proof.AMBIGUOUS
            if decision.reading.how in CHANGED or decision.others or doubted or contested:
                yield self._figure_repair(figure, decision)
        for code in self.outcome.codes:
            if code.reading.how is not How.PRINTED or code.others:
                yield self._code_repair(code)

    def _mending(self, mending: Mending) -> RepairRow:
        return RepairRow(
            **self._head(mending.place),
            what=mending.what,
            raw=mending.raw,
            taken=mending.taken,
            how=How.REPAIRED if mending.what == "cell" else How.PRINTED if mending.raw else How.INFERRED,
            reason=mending.reason,
            evidence=mending.evidence,
        )

    def _figure_repair(self, figure: Figure, decision: Decision) -> RepairRow:
        reading = decision.reading
        unsure = figure.doubt and f"the rule is unsure: {figure.doubt}"
        return RepairRow(
            **self._head(figure.place),
            what="figure",
            figure=self.key(figure.id),
            raw=figure.source_of(reading).raw,
            taken=plain_value(reading.value),
            how=reading.how,
            reason="; ".join(filter(None, (reading.reason, unsure, figure.contested))),
            evidence=_evidence(reading.how, reading.cost),
            cost=reading.cost,
            proof=decision.proof,
            others=" | ".join(f"{plain_value(o.value)} ({o.reason})" for o in decision.others),
        )

    def _code_repair(self, code: CodeDecision) -> RepairRow:
        line, reading = self.lines[code.line], code.reading
        return RepairRow(
            **self._head(line.place),
            what="aes_code",
            raw=line.raw_code,
            taken=str(reading.code or ""),
            how=reading.how,
            reason=reading.reason,
            evidence=DECIDED if reading.how is How.CORRECTED else CHOSEN,
            cost=reading.cost,
            proof=Proof.AMBIGUOUS if code.others else "",
            others=" | ".join(f"{o.code or ''} ({o.reason})" for o in code.others),
        )

    def _head(self, place: Place) -> Head:
        return Head(
            document=self.paper.name, sha256=self.paper.sha256, rule=self.rule.name, page=place.page, row=place.row
        )


def _evidence(how: How, cost: int) -> str:
    if how is How.CORRECTED:
        return DECIDED
    return CHOSEN if cost else "the row's layout"
