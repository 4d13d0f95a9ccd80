"""The report's page: contents and pictures into one HTML file that works offline, prints, and needs no script."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from extract.limits import LIMITS
from pipeline.dataset.run import Source
from pipeline.printing import amount_text
from pipeline.report.charts import BARS_SHOWN, Bar, Group, bar_chart, short_money
from pipeline.report.collect import Contents, Pair, collect, label_of, paper_of
from pipeline.report.pictures import FOLDER, draw_pictures
from savings.schema import Proof

NAME = "report.html"
_HERE = Path(__file__).parent
_MEANINGS = {
    Proof.RECONCILED: "a sum of the paper fixes it",
    Proof.UNCHECKED: "no sum decides it",
    Proof.CONTRADICTED: "it stands in a sum that does not hold",
    Proof.AMBIGUOUS: "other readings of its cell explain the paper as well",
}


@dataclass(frozen=True)
class Chart:
    """A chart, what it shows, and what its colours mean."""

    title: str
    note: str
    svg: Markup
    legend: tuple[tuple[str, str], ...] = ()


def write_report(source: Source, folder: Path, at: Path, jobs: int = 1) -> list[str]:
    """Write the report on a run below `folder`, linked to papers as seen from `at`; the names written."""
    return write_page(collect(source), folder, at, jobs)


def write_page(
    contents: Contents, folder: Path, at: Path | None, jobs: int = 1, pixels: int = LIMITS.pixels
) -> list[str]:
    """The same of what was gathered already; no page with more `pixels` is drawn."""
    pictures = draw_pictures(contents.doubts, folder / FOLDER, jobs, pixels)
    (folder / NAME).write_text(render(contents, pictures, folder, at), encoding="utf-8", errors="backslashreplace")
    return [NAME, FOLDER] if pictures else [NAME]


def render(contents: Contents, pictures: Mapping[int, str], folder: Path, at: Path | None) -> str:
    """The page."""
    script = (_HERE / "report.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.j2").render(
        c=contents,
        papers_read=contents.statuses["ok"],
        statuses=_counted(contents.statuses),
        hows=_counted(contents.hows),
        proofs=[(str(proof), meaning) for proof, meaning in _MEANINGS.items()],
        charts=list(_charts(contents)),
        pictures={doubt.number: pictures.get(doubt.number, "") for doubt in contents.doubts},
        sizes={number: _size(folder / FOLDER / name) for number, name in pictures.items()},
        links={
            path: _link(path, at) for path in {p["path"] for p in contents.papers} | {d.path for d in contents.doubts}
        },
        folder=FOLDER,
        style=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        version=version("council-savings"),
        amount=_amount,
        money=short_money,
        percent=lambda share: f"{share:.0%}",
        count=lambda number: f"{number:,}",
        label=label_of,
        doubtful=lambda row: contents.doubtful_money[paper_of(row)],
    )


def _paths(contents: Contents) -> set[str]:
    return {paper["path"] for paper in contents.papers} | {doubt.path for doubt in contents.doubts}


def _amount(value: Decimal | None, signed: bool = False) -> str:
    return "" if value is None else amount_text(value, signed=signed)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items(), key=lambda pair: -pair[1]))


def _size(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        return image.size


def _link(path: str, at: Path | None) -> str:
    """The way from the report to a paper; empty where there is none, or it is at an address elsewhere."""
    if at is None or not path or "://" in path or not Path(path).is_file():
        return ""
    return quote(os.path.relpath(path, at).replace(os.sep, "/").encode(errors="surrogateescape"))


# --- charts ----------------------------------------------------------------------------------------------------------


def _charts(contents: Contents) -> list[Chart]:
    charts = []
    basis = (
        "Over the savings for which one paper gives both; the forecast where nothing is said of what was achieved. "
        "Where several papers speak of an authority’s year, the fullest counts alone."
    )
    for name, of, pairs in (("blocks", "block", contents.blocks), ("authorities", "authority", contents.authorities)):
        if pairs:
            title = f"Target and outcome by {of}"
            svg = bar_chart(name, title, [_group(pair) for pair in pairs[:BARS_SHOWN]])
            legend = (("target", "target"), ("outcome", "achieved or forecast"))
            charts.append(Chart(title, _limited(basis, len(pairs)), Markup(svg), legend))
    if contents.shares:
        title = "Share of figures reconciled, by paper"
        bars = [Group(document, (Bar("outcome", share, f"{share:.0%}"),)) for share, document in contents.shares]
        note = "The share of each paper’s figures that its own sums fix, the lowest first."
        svg = bar_chart("shares", title, bars)
        charts.append(Chart(title, _limited(note, contents.papers_with_figures), Markup(svg)))
    return charts


def _limited(note: str, count: int) -> str:
    return note + (f" The first {BARS_SHOWN} of {count:,}." if count > BARS_SHOWN else "")


def _group(pair: Pair) -> Group:
    bars = (("target", pair.target), ("outcome", pair.outcome))
    return Group(pair.label, tuple(Bar(style, float(value), short_money(value)) for style, value in bars))
