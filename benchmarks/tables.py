"""How well tables are found, how fast, and in how much memory, beside pdfplumber and camelot in the same run.

    python -m benchmarks.tables [--peers PYTHON] [--passes N]

Quality: the EU part of the ICDAR 2013 competition, by the score.py that lies beside it. Speed: CPU seconds, user and
system, of one process a tool, imports and a first paper left out; on those papers, the shared ones and the corpus.
Memory: the peak of one process over a pack of 2,000 pages. What cannot be measured is in the table, with the reason.

Each tool runs in a process of its own, which is this module again with --reader; so at its top it imports nothing that
the peers' environment (benchmarks/peers.txt) does not have.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
ICDAR = SHARED / "icdar2013"
PEERS = ROOT / ".venv-peers" / "bin" / "python"

OURS = "council-savings"
PLUMBER = "pdfplumber default"
HYBRID = "camelot hybrid"
PEER_TOOLS = (PLUMBER, HYBRID, "camelot lattice", "camelot stream")
SECONDS = 3600

PACK_PAGES, SKIPPED_PAGES = 2000, 200
PACKED = ROOT / "corpus/herefordshire/aes-outturn-2007-08/herefordshire-aes-outturn-2007-08.pdf"

PRINTING = "savings tables --as-printed --json"
RUNNING = "all stages of a run, one paper among others' pages"

Rows = list[list[str]]
Tables = list[dict[str, Any]]
Reader = Callable[[Path], Tables]
Pages = dict[Path, list[int]]


# --- in the process of one tool --------------------------------------------------------------------------------------


def reader(tool: str) -> Reader:
    """The function by which a tool reads a paper. Raises ImportError where the tool is not installed."""
    if tool == OURS:
        return _ours()
    if tool == PLUMBER:
        return _pdfplumber()
    return _camelot(tool.removeprefix("camelot "))


def _ours() -> Reader:
    read_paper, grid_texts = import_module("extract.read").read_paper, import_module("pipeline.tables").grid_texts
    return lambda path: [{"page": t.page, "rows": grid_texts(t)} for t in read_paper(path).tables]


def _pdfplumber() -> Reader:
    pdfplumber = import_module("pdfplumber")

    def read(path: Path) -> Tables:
        found = []
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                found += [{"page": page.page_number, "rows": rows} for rows in page.extract_tables()]
                page.close()
        return found

    return read


def _camelot(flavor: str) -> Reader:
    camelot = import_module("camelot")

    def read(path: Path) -> Tables:
        tables = camelot.read_pdf(str(path), pages="all", flavor=flavor)
        return [{"page": int(table.page), "rows": table.df.to_numpy().tolist()} for table in tables]

    return read


def read_all(tool: str, out: Path, papers: Sequence[Path]) -> None:
    """Write what a tool finds in each paper into a folder, as score.py reads it, and a line about each to stdout."""
    warnings.simplefilter("ignore")
    read = reader(tool)
    _measured(read, papers[0])
    for paper in papers:
        found, cpu, problem = _measured(read, paper)
        (out / f"{paper.stem}.json").write_text(json.dumps({"tables": found}), encoding="utf-8")
        print(json.dumps({"paper": str(paper), "cpu": cpu, "problem": problem}), flush=True)


def _measured(read: Reader, paper: Path) -> tuple[Tables, float, str]:
    """What is found, in how many CPU seconds, and what went wrong: a tool that fails found nothing."""
    start = time.process_time()
    try:
        found, problem = read(paper), ""
    except Exception as error:
        found, problem = [], f"{type(error).__name__}: {error}"
    return found, time.process_time() - start, problem


# --- the tools side by side ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """What a tool needed for each paper, in CPU seconds, and what kept it from reading some, or all."""

    tool: str
    cpu: Mapping[Path, float]
    problems: Mapping[Path, str]
    fault: str = ""
    score: Score | None = None


@dataclass(frozen=True)
class Score:
    """What score.py says: F1 as the mean over documents and of all relations together; found tables that are none."""

    documents: float
    pooled: float
    false: int


def run(tool: str, python: Path, papers: Sequence[Path], out: Path) -> Ran:
    """Let a tool read papers in a process of its own; whatever happens to it is in the result."""
    if not python.exists():
        return Ran(tool, {}, {}, f"not installed: {_shown(python)} is not here")
    out.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-m", "benchmarks.tables", "--reader", tool, "--out", str(out), *map(str, papers)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Ran(tool, {}, {}, f"stopped after {SECONDS:,} s")
    if done.returncode:
        return Ran(tool, {}, {}, (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1])
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    cpu = {Path(line["paper"]): float(line["cpu"]) for line in lines}
    return Ran(tool, cpu, {Path(line["paper"]): line["problem"] for line in lines if line["problem"]})


def run_passes(tool: str, python: Path, papers: Sequence[Path], passes: int) -> Ran:
    """The median over several passes, and the score of what was found."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [run(tool, python, papers, Path(folder)) for _ in range(passes)]
        score = score_of(Path(folder)) if not runs[0].fault else None
    cpu = {paper: median(run.cpu.get(paper, 0) for run in runs) for paper in runs[0].cpu}
    return Ran(tool, cpu, runs[0].problems, next((run.fault for run in runs if run.fault), ""), score)


def score_of(found: Path, truth: Path = ICDAR, script: Path = ICDAR / "score.py") -> Score | None:
    """The score of a folder of tables; None where there is nothing to score by."""
    if not script.exists():
        return None
    command = [sys.executable, str(script), str(found), "--truth", str(truth)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    numbers = re.search(r"F1 ([\d.]+); pooled .* F1 ([\d.]+); false tables (\d+)", said)
    assert numbers is not None, said
    return Score(float(numbers[1]), float(numbers[2]), int(numbers[3]))


def sets() -> dict[str, list[Path]]:
    """The papers by where they come from; a set that is not here is empty."""
    return {
        "ICDAR": sorted(ICDAR.glob("*.pdf")),
        "shared": sorted((SHARED / "papers").glob("*.pdf")),
        "corpus": sorted((ROOT / "corpus").glob("*/*/*.pdf")),
    }


def pages_of(paper: Path) -> int:
    """How many pages a PDF has."""
    document = import_module("pypdfium2").PdfDocument(paper)
    try:
        return len(document)
    finally:
        document.close()


# --- pages that hold no table, and very many pages -------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """What a command needed: CPU seconds, and at its peak MB of memory in one process. `fault` where it failed."""

    cpu: float
    peak: float
    fault: str = ""


# Run by a small process, whose own size would else count as the peak of what it starts.
_WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss)
print(done.stderr[-500:])
"""


def use_of(*command: str | Path) -> Use:
    """Run a command and say what it needed; of several processes, the peak is that of the largest."""
    words = [sys.executable, "-c", _WATCH, *map(str, command)]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    first, _, errors = said.partition("\n")
    status, cpu, peak = first.split()
    kilobytes = int(peak) / (1024 if sys.platform == "darwin" else 1)
    fault = "" if status == "0" else f"exit status {status}: {' '.join(errors.split())[-200:]}"
    return Use(float(cpu), kilobytes / 1024, fault)


def pack(source: Path, indices: Sequence[int], count: int, to: Path) -> None:
    """A PDF of `count` pages: some pages (from 0) of another one, over and over. Fonts are shared, not repeated."""
    pdfium = import_module("pypdfium2")
    document, packed = pdfium.PdfDocument(source), pdfium.PdfDocument.new()
    packed.import_pages(document, [indices[k % len(indices)] for k in range(count)])
    packed.save(to)
    document.close()
    packed.close()


def pages_without_tables(papers: Sequence[Path]) -> Pages:
    """The pages (from 0) on which neither the competition nor the program sees a table, though they have text."""
    read_paper, ok = import_module("extract.read").read_paper, import_module("extract.paper").PageStatus.OK
    found = {}
    for paper in papers:
        true = {page for truth in _truths(paper) for page in _pages_with_tables(truth)}
        pages = [p.number - 1 for p in read_paper(paper).pages if p.status is ok and not p.tables]
        found[paper] = [index for index in pages if index + 1 not in true]
    return {paper: pages for paper, pages in found.items() if pages}


def prose(to: Path) -> Path:
    """A PDF of one page of minutes without an amount: some 3,000 characters, as a run does not lay them out."""
    canvas = import_module("reportlab.pdfgen.canvas").Canvas(str(to), pagesize=(595, 842))
    canvas.setFont("Helvetica", 10)
    for line in range(36):
        numbered = f"{line // 4 + 1}.{line % 4 + 1} " if line % 4 == 0 else ""
        canvas.drawString(60, 780 - 20 * line, f"{numbered}The committee noted that the plan of 2007/08 was to be kept "
                          "under review by the directorates")  # fmt: skip
    canvas.save()
    return to


def skipped() -> tuple[int, float]:
    """How many pages of prose were read for figures only, and the CPU ms that one needs."""
    with tempfile.TemporaryDirectory() as folder:
        pages, cost = cost_of({prose(Path(folder) / "prose.pdf"): [0]}, _figures_only())
    return SKIPPED_PAGES * pages, cost


def _figures_only() -> Any:
    return import_module("extract.limits").Limits(amounts_only=True)


def _truths(paper: Path) -> list[Path]:
    stem = re.sub(r"a$", "", paper.stem)
    return [path for path in paper.parent.glob("*-str.xml") if re.fullmatch(rf"{stem}[ab]?-str\.xml", path.name)]


def _pages_with_tables(truth: Path) -> set[int]:
    return {int(region.get("page") or 0) for region in ElementTree.parse(truth).getroot().iter("region")}


def cost_of(chosen: Pages, *limits: Any) -> tuple[int, float]:
    """How many pages were chosen, and the CPU ms that one needs, the opening of its paper left out."""
    read_paper, pages, cpu = import_module("extract.read").read_paper, 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for paper, indices in chosen.items():
            packed = Path(folder) / paper.name
            pack(paper, indices, SKIPPED_PAGES, packed)
            start = time.process_time()
            read_paper(packed, *limits)
            cpu += (time.process_time() - start) / SKIPPED_PAGES * len(indices)
            pages += len(indices)
    return pages, 1000 * cpu / pages if pages else 0.0


def memory(others: Sequence[Path]) -> dict[str, Use]:
    """What 2,000 pages need: to be read, to be read and printed, and to be run over.

    The run goes over a paper and then the pages of other papers: of many copies of one paper it would make one great
    contradiction, whose sums grow with the square of the copies.
    """
    with tempfile.TemporaryDirectory() as folder:
        paper, mixed = Path(folder) / "long.pdf", Path(folder) / "mixed.pdf"
        pack(PACKED, range(pages_of(PACKED)), PACK_PAGES, paper)
        pack_of([PACKED, *(list(others) * PACK_PAGES)], PACK_PAGES, mixed)
        read = "import sys, pathlib; from extract.read import read_paper; read_paper(pathlib.Path(sys.argv[1]))"
        savings = (sys.executable, "-m", "pipeline")
        # A run has workers, whose peaks nobody is told; this is what one of them does.
        stages = (
            "import sys, pathlib; from pipeline.read import read_to_rows; from rules.load import BUILT_IN, load_rules; "
            "read_to_rows(pathlib.Path(sys.argv[1]), load_rules(BUILT_IN))"
        )
        return {
            "the modules alone": use_of(*savings, "tables", "--help"),
            "read_paper": use_of(sys.executable, "-c", read, paper),
            PRINTING: use_of(*savings, "tables", paper, "--as-printed", "--json"),
            RUNNING: use_of(sys.executable, "-c", stages, mixed)
            if others
            else Use(0, 0, "the papers for it are not here"),
        }


def pack_of(sources: Sequence[Path], count: int, to: Path) -> None:
    """A PDF of the first `count` pages of papers one after the other."""
    pdfium = import_module("pypdfium2")
    packed = pdfium.PdfDocument.new()
    for source in sources:
        if len(packed) >= count:
            break
        document = pdfium.PdfDocument(source)
        packed.import_pages(document, list(range(min(len(document), count - len(packed)))))
        document.close()
    packed.save(to)
    packed.close()


# --- the tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """All that is told."""

    sets: Mapping[str, Sequence[Path]]
    pages: Mapping[Path, int]
    runs: Sequence[Ran]
    plain: tuple[int, float]
    skipped: tuple[int, float]
    memory: Mapping[str, Use]

    def speed(self, run: Ran, papers: Sequence[Path]) -> float | None:
        """CPU ms a page of those papers that the tool read."""
        read = [paper for paper in papers if paper in run.cpu and paper not in run.problems]
        pages = sum(self.pages[paper] for paper in read)
        return 1000 * sum(run.cpu[paper] for paper in read) / pages if pages else None

    def times(self, run: Ran) -> float | None:
        """How many times the CPU of ours a tool needs for a page, over all papers that both read."""
        papers = [p for p in self.pages if p not in run.problems and p not in self.runs[0].problems]
        theirs, own = self.speed(run, papers), self.speed(self.runs[0], papers)
        return theirs / own if theirs and own else None


def told(measured: Measured) -> Iterator[str]:
    """Every part of the report."""
    # Not at the top: the peers' environment has nothing of what the report's module needs.
    table: Callable[[Sequence[str], Sequence[Sequence[object]]], str] = import_module("benchmarks.report").table
    yield _scope(measured)
    names = [f"{name}, ms a page" for name in measured.sets]
    head = ("tool", "F1, documents", "F1, pooled", "false tables", *names, "times ours", "remarks")
    yield table(head, [_tool_row(measured, run) for run in measured.runs])
    pages, ms = measured.plain
    yield f"A page without a table ({pages} of the ICDAR set, {SKIPPED_PAGES} times each paper's): {ms:.1f} ms."
    pages, ms = measured.skipped
    yield f"A page of prose that a run does not lay out (one made page, {pages} times): {ms:.1f} ms."
    uses = [(name, f"{u.peak:.0f}", f"{u.cpu:.1f}", u.fault) for name, u in measured.memory.items()]
    yield f"{PACK_PAGES:,} pages of {PACKED.name}:\n\n" + table(("process", "peak, MB", "CPU, s", "remarks"), uses)
    yield table(("target", "reached", ""), list(targets(measured)))


def _scope(measured: Measured) -> str:
    parts = []
    for name, papers in measured.sets.items():
        pages = sum(measured.pages[paper] for paper in papers)
        parts.append(f"{name}: {len(papers)} papers, {pages} pages" if papers else f"{name}: not here, not measured")
    return f"{'; '.join(parts)}.\nCPython {platform.python_version()}, {os.cpu_count()} cores; {versions()}."


def versions() -> str:
    """The versions of our own libraries; those of the peers stand in benchmarks/peers.txt."""
    return ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "pypdfium2"))


def _tool_row(measured: Measured, run: Ran) -> list[str]:
    quality = ["–"] * 3
    if run.score:
        quality = [f"{run.score.documents:.3f}", f"{run.score.pooled:.3f}", str(run.score.false)]
    speeds = [_number(measured.speed(run, papers)) for papers in measured.sets.values()]
    return [run.tool, *quality, *speeds, _number(measured.times(run)), _remarks(run)]


def _remarks(run: Ran) -> str:
    if run.fault or not run.problems:
        return run.fault.replace("|", "/")
    paper, problem = next(iter(run.problems.items()))
    return f"failed on {len(run.problems)} papers, first {paper.name}: {problem[:80]}".replace("|", "/")


def _number(value: float | None) -> str:
    return f"{value:.1f}" if value is not None else "–"


def targets(measured: Measured) -> Iterator[tuple[str, str, str]]:
    """What was asked, what came of it, and whether that is enough; what was not measured is not reached."""
    ours = measured.runs[0]
    slower = {run.tool: measured.times(run) for run in measured.runs}
    yield from _quality_targets(ours.score)
    for name, papers in measured.sets.items():
        yield _target(f"≤ 20 ms CPU a page ({name})", measured.speed(ours, papers), most=20)
    yield _target("≥ 6 times faster than pdfplumber", slower.get(PLUMBER), least=6)
    yield _target("≥ 15 times faster than camelot hybrid", slower.get(HYBRID), least=15)
    yield _target("≤ 3 ms a page that is skipped", measured.skipped[1] or None, most=3)
    for name in (PRINTING, RUNNING):
        use = measured.memory[name]
        yield _target(f"2,000 pages in < 300 MB ({name})", None if use.fault else use.peak, most=300, digits=0)


def _quality_targets(score: Score | None) -> Iterator[tuple[str, str, str]]:
    yield _target("F1 over documents ≥ .90", score.documents if score else None, least=0.9, digits=3)
    yield _target("F1 pooled ≥ .90", score.pooled if score else None, least=0.9, digits=3)
    yield _target("false tables ≤ 15", score.false if score else None, most=15, digits=0)


def _target(
    name: str, value: float | None, least: float = float("-inf"), most: float = float("inf"), digits: int = 1
) -> tuple[str, str, str]:
    if value is None:
        return name, "not measured", "no"
    return name, f"{value:.{digits}f}", "yes" if least <= value <= most else "no"


# --- the command -----------------------------------------------------------------------------------------------------


def measure(peers: Path, passes: int) -> Measured:
    """Measure everything; some minutes."""
    found = sets()
    papers = [paper for those in found.values() for paper in those]
    runs = [run_passes(OURS, Path(sys.executable), papers, passes)]
    runs += [run_passes(tool, peers, papers, passes) for tool in PEER_TOOLS]
    pages = {paper: pages_of(paper) for paper in papers}
    plain = cost_of(pages_without_tables(found["ICDAR"]))
    return Measured(found, pages, runs, plain, skipped(), memory(found["ICDAR"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables; or be the process of one tool."""
    asked = parser().parse_args(arguments)
    if asked.reader:
        read_all(asked.reader, asked.out, asked.papers)
        return 0
    print("\n\n".join(told(measure(asked.peers, asked.passes))))
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser("python -m benchmarks.tables", description=(__doc__ or "").partition("\n")[0])
    found.add_argument("--peers", type=Path, default=PEERS, help="Python of the environment that has the peers")
    found.add_argument("--passes", type=int, default=1, help="take the median CPU of so many passes over the papers")
    found.add_argument("--reader", choices=(OURS, *PEER_TOOLS), help=argparse.SUPPRESS)
    found.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    found.add_argument("papers", nargs="*", type=Path, help=argparse.SUPPRESS)
    return found


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
