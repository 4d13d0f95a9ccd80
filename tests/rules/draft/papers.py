"""Papers of the sorts that are drafted, made up; and what a draft reads from its own paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rules.apply import apply_rule
from rules.draft.draft import Draft, draft_rule
from savings.reconcile import reconcile
from tests.rules.made import Found, paper

MONITORING = """
    Midshire District Council
    Savings monitoring report 2024/25, quarter 3

    All figures in £000

    Ref | Saving | Directorate | Target | Forecast | Variance | RAG | Comments
    MS1 | Waste rounds     | Environment | 250   | 200   | (50)  | Amber | Two rounds late
    MS2 | Digital post     | Corporate   | 80    | 80    | 0     | Green | Done
    MS3 | Leisure contract | Communities | 410   | 300   | (110) | Red   | Tender delayed
    MS4 | Vacancy factor   | Corporate   | 120   | 145   | 25    | Green | More than planned
    MS5 | Parking income   | Environment | 300   | 300   | 0     | Green |
        | Total            |             | 1,160 | 1,025 | (135) |       |
    """
SHORTFALL = """
    Savings delivery report 2021-22, month 9

    Saving  | Budgeted saving £000s | Projected outturn £000s | Shortfall / (surplus) £000s
    Digital | 500   | 420 | 80
    Estates | 300   | 300 | 0
    Fleet   | 120   | 150 | (30)
    Legal   | 90    | 60  | 30
    Total   | 1,010 | 930 | 80
    """
SCHEDULE = """
    Borsetshire County Council
    Medium Term Financial Strategy 2025/26 to 2027/28
    Savings proposals

    Ref | Proposal | 2025/26 £000 | 2026/27 £000 | 2027/28 £000 | Total £000 | FTE
    Adult Social Care
    A1 | Reablement              | -1,200 | -600   | 0    | -1,800 | 4.0
    A2 | Supported living review | -350   | -350   | -350 | -1,050 |
    A3 | Reversal of one-off     | 150    | 0      | 0    | 150    |
       | Sub-total Adult Care    | -1,400 | -950   | -350 | -2,700 | 4.0
    Children's Services
    C1 | Fostering               | -500   | -250   | 0    | -750   | 2.5
    C2 | Transport               | -640   | -120   | -80  | -840   |
       | Sub-total Children      | -1,140 | -370   | -80  | -1,590 | 2.5
       | Grand total             | -2,540 | -1,320 | -430 | -4,290 | 6.5
    """
ONE_OFF = """
    Efficiency savings achieved in 2010/11

    Service  | Description      | Recurring (£) | Non-recurring (£) | Total (£)
    Housing  | Void times       | 120,000 | 30,000 | 150,000
    Housing  | Repairs contract | 85,500  |        | 85,500
    Revenues | Direct debit     | 12,250  | 4,000  | 16,250
    Finance  | Insurance tender |         | 61,000 | 61,000
    Total    |                  | 217,750 | 95,000 | 312,750
    """
GROWTH_FIRST = """
    General Fund budget 2019/20

    Growth proposals

    Ref | Description | 2019/20 £'000 | 2020/21 £'000
    G1 | Pay award          | 400 | 420
    G2 | Homelessness       | 250 | 250
       | Total              | 650 | 670

    Savings proposals

    Ref | Description | 2019/20 £'000 | 2020/21 £'000
    S1 | Fewer managers     | 310 | 310
    S2 | Office move        | 95  | 190
    S3 | Fees and charges   | 120 | 125
       | Total              | 525 | 625
    """
GROUPS = """
    Budget 2016/17

    Item | 2016/17 £000 | 2017/18 £000
    Pressures
    Pension deficit  | 210  | 220
    Waste contract   | 95   | 95
    Total pressures  | 305  | 315
    Savings
    Shared directors | -60  | -60
    Theatre grant    | -45  | -90
    Car parks        | -130 | -135
    Total savings    | -235 | -285
    """
MISPRINT = """
    Savings schedule for the 2012/13 budget

    Ref | Description | Cashable £ | Non-cashable £ | Total £
    1 | Printing   | 12,000  | 3,000  | 15,000
    2 | Postage    | 8,000   | 1,500  | 9,500
    3 | Energy     | 40,000  | 0      | 40,000
    4 | Travel     | 6,500   | 2,500  | 9,000
    5 | Training   | 7,000   | 4,000  | 11,500
    6 | Agency     | 55,000  | 0      | 55,000
    7 | Stationery | 3,000   | 1,000  | 4,000
      | Total      | 131,500 | 12,000 | 144,000
    """


@dataclass(frozen=True)
class Drafted:
    """A draft, and what it reads from the paper that it was made from."""

    draft: Draft
    found: Found

    @cached_property
    def sums(self) -> list[str]:
        """The names of the sums that were declared."""
        return [identity.name for identity in self.draft.rule.identities]

    def measured(self, label: str) -> dict[str, int]:
        """The values of a line by what they measure."""
        return {measured: int(value) for detail, measured, value in self.found.figures if detail == label}


def drafted(text: str) -> Drafted:
    """Draft a rule from a text report written with bars, and read the report by it."""
    one = paper(text)
    draft = draft_rule(one)
    mapped = apply_rule(draft.rule, one)
    return Drafted(draft, Found(mapped, reconcile(mapped.problem, mapped.damage)))
