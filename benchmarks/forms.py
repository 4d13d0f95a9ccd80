"""The forms of a dataset of very many figures: time and memory of each (part of `make bench`).

    python -m benchmarks.forms [--figures N] [--forms parquet,sqlite,...]

Each form is written by a process of its own from the CSV files of a made-up run, ten figures a line and a thousand
lines a paper. The memory is that process's peak: it must not grow with the figures.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from pipeline.dataset.codebook import CHECKS, FIGURES, PAPERS, REPAIRS, File
from pipeline.dataset.forms import FORMS
from pipeline.records import plain_value

ROOT = Path(__file__).resolve().parents[1]
LINES_OF_A_PAPER, FIGURES_OF_A_LINE = 1_000, 10
KINDS = ("cashable", "non_cashable")
CHILD = """
import json, resource, sys, time
from pathlib import Path
from pipeline.dataset.forms import write_forms
from pipeline.dataset.package import Origin
from pipeline.dataset.run import FinishedRun
folder, form = Path(sys.argv[1]), sys.argv[2]
start = time.process_time()
names = write_forms(FinishedRun(folder), folder, (form,), Origin("0", {}))
size = sum((folder / name).stat().st_size for name in names if name not in ("lines.csv", "datapackage.json"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([time.process_time() - start, peak / 1024, size / 2**20]))
"""


def write_run(folder: Path, figures: int) -> None:
    """The CSV files of a run with so many figures."""
    papers = max(1, figures // (LINES_OF_A_PAPER * FIGURES_OF_A_LINE))
    _write(folder, FIGURES, (row for paper in range(papers) for row in _figures(paper)))
    _write(folder, PAPERS, ({"document": _name(n), "path": _name(n), "sha256": _hash(n), "status": "ok", "pages": 1,
                             "figures": LINES_OF_A_PAPER * FIGURES_OF_A_LINE} for n in range(papers)))  # fmt: skip
    _write(folder, CHECKS, ({"document": _name(n), "sha256": _hash(n), "identity": "a sum", "where": "lines", "page": 1,
                             "row": 1, "verdict": "holds", "figures": "1.1.2007/08.target.cashable"}
                            for n in range(papers)))  # fmt: skip
    _write(folder, REPAIRS, ())


def _name(paper: int) -> str:
    return f"paper-{paper:06}.pdf"


def _hash(paper: int) -> str:
    return f"{paper:064x}"


def _figures(paper: int) -> Iterator[dict[str, object]]:
    for line in range(1, LINES_OF_A_PAPER + 1):
        for number in range(FIGURES_OF_A_LINE):
            yield {
                "authority": "Made-up Council", "gss_code": "E06000001", "document": _name(paper),
                "sha256": _hash(paper), "page": 1 + line // 40, "row": line, "level": "item",
                "reference": f"R{paper}.{line}",
                "detail": f"A saving of one sort or another, number {line} of paper {paper}",
                "directorate": "Resources",
                "year": f"20{7 + number // 2:02}/{8 + number // 2:02}", "measure": "target", "kind": KINDS[number % 2],
                "value": Decimal(1000 * line + number), "unit": "GBP", "how": "printed", "proof": "reconciled",
                "raw": str(line), "rule": "made-up/plan", "x0": 10.0, "top": 20.0, "x1": 30.0, "bottom": 40.0,
            }  # fmt: skip


def _write(folder: Path, file: File, rows: Iterator[dict[str, object]] | Sequence[dict[str, object]]) -> None:
    names = [column.name for column in file.columns]
    with (folder / f"{file.name}.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        # What no row may be without: a number, or one of the values that there are.
        empty = {c.name: (*c.values, 0)[0] if c.required else None for c in file.columns}
        writer.writerows([plain_value(v) for v in (empty | row).values()] for row in rows)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=int, default=1_000_000)
    parser.add_argument("--forms", default=",".join(FORMS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="savings-forms-") as name:
        folder = Path(name)
        write_run(folder, asked.figures)
        print(f"{asked.figures:,} figures, with lines.csv and datapackage.json in each\n")
        print("| form | CPU, s | peak, MB | size, MB |\n|---|---:|---:|---:|", flush=True)
        for form in asked.forms.split(","):
            words = [sys.executable, "-c", CHILD, str(folder), form]
            said = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
            cpu, peak, size = json.loads(said)
            print(f"| {form} | {cpu:.0f} | {peak:.0f} | {size:.0f} |", flush=True)


if __name__ == "__main__":
    main()
