"""Charts as SVG in the colours of the page, each with its numbers as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

# Pixels of the drawing, which scales with the page.
WIDTH, LABEL, VALUE = 760, 290, 76
BAR, GAP, HEAD = 12, 14, 4
LABEL_SHOWN = 42
BARS_SHOWN = 20


@dataclass(frozen=True)
class Bar:
    """One bar: its class (a colour of the page), its amount, and that amount as text."""

    style: str
    amount: float
    text: str


@dataclass(frozen=True)
class Group:
    """The bars of one label."""

    label: str
    bars: tuple[Bar, ...]


def bar_chart(name: str, title: str, groups: Sequence[Group]) -> str:
    """Level bars, group by group, from a common zero. `name` is the drawing's id on the page."""
    low = min((bar.amount for group in groups for bar in group.bars), default=0.0)
    high = max((bar.amount for group in groups for bar in group.bars), default=0.0)
    scale = _Scale(min(low, 0.0), max(high, 0.0))
    parts, y = [], float(HEAD)
    for group in groups:
        height = BAR * len(group.bars)
        parts.append(_label(group.label, y + height / 2))
        parts += [_bar(bar, y + BAR * n, scale) for n, bar in enumerate(group.bars)]
        y += height + GAP
    said = "; ".join(f"{group.label}: {', '.join(bar.text for bar in group.bars)}" for group in groups)
    zero = scale.x(0.0)
    return (
        f'<svg viewBox="0 0 {WIDTH} {y:.0f}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(said)}</desc>'
        f'<line class="axis" x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{y - GAP / 2:.1f}"/>{"".join(parts)}</svg>'
    )


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def x(self, amount: float) -> float:
        room = WIDTH - LABEL - VALUE - (VALUE if self.low < 0 else 0)
        left = LABEL + (VALUE if self.low < 0 else 0)
        span = (self.high - self.low) or 1.0
        return left + room * (amount - self.low) / span


def _label(text: str, y: float) -> str:
    short = text if len(text) <= LABEL_SHOWN else text[: LABEL_SHOWN - 1] + "…"
    return f'<text class="label" x="{LABEL - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(short)}</text>'


def _bar(bar: Bar, y: float, scale: _Scale) -> str:
    zero, end = scale.x(0.0), scale.x(bar.amount)
    left, width = min(zero, end), max(abs(end - zero), 0.5)
    at, anchor = (end + 5, "start") if bar.amount >= 0 else (end - 5, "end")
    return (
        f'<rect class="{bar.style}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR - 2}"/>'
        f'<text class="value" x="{at:.1f}" y="{y + BAR - 3:.1f}" text-anchor="{anchor}">{escape(bar.text)}</text>'
    )


def short_money(value: Decimal) -> str:
    """An amount in pounds in a few characters: £1.24m, -£350k."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    for factor, suffix in ((10**9, "bn"), (10**6, "m"), (10**3, "k")):
        if size >= factor:
            scaled = size / factor
            return f"{sign}£{scaled:,.0f}{suffix}" if scaled >= 999 else f"{sign}£{float(scaled):.3g}{suffix}"
    return f"{sign}£{size:,.0f}"
