"""Damaged PDFs by the hundred: seeded mutations of the corpus' papers and of any others (`make mutations`).

    python -m benchmarks.mutations [--count N] [--seed S] [PDF|FOLDER ...]

Each copy is damaged in one to four ways, all are read in one run, and what became of them is counted. A run that
loses a paper, takes longer than its limits or ends otherwise than with 0 or 1 is a failure.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = (b"-1", b"0", b"1", b"65535", b"2147483647", b"4294967296", b"99999999999999999999", b"1e308", b"0.0000001")
NAMES = (b"/Length", b"/Count", b"/Kids", b"/Filter", b"/Width", b"/W", b"/Index", b"/Prev", b"/MediaBox", b"/Matrix",
         b"/Rotate", b"/FirstChar", b"/DescendantFonts", b"/Parent", b"/Contents", b"/Resources")  # fmt: skip

Mutation = Callable[[bytearray, random.Random], None]


def flip_bits(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 4, 32, 256))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def cut_end(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def cut_out(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice((1, 16, 512, 4096))]


def repeat(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    part = bytes(data[at : at + rng.choice((16, 512, 4096))])
    data[at:at] = part * rng.choice((1, 2, 50))


def overwrite(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    data[at : at + rng.choice((4, 64, 1024))] = rng.randbytes(rng.choice((4, 64, 1024)))


def swap_objects(data: bytearray, rng: random.Random) -> None:
    """Two objects under each other's number."""
    found = list(re.finditer(rb"\b(\d+) 0 obj", data))
    if len(found) > 1:
        one, two = sorted(rng.sample(found, 2), key=lambda m: m.start())
        data[two.start() : two.end()], data[one.start() : one.end()] = one.group(), two.group()


def swap_references(data: bytearray, rng: random.Random) -> None:
    """A reference that leads to another object, perhaps back to where it stands."""
    found = list(re.finditer(rb"\b(\d+) 0 R\b", data))
    if len(found) > 1:
        one, two = rng.sample(found, 2)
        data[one.start() : one.end()] = two.group()


def odd_number(data: bytearray, rng: random.Random) -> None:
    found = list(re.finditer(rb"(?<=[ \[])-?\d+(?=[ \]/>\r\n])", data))
    for match in sorted(rng.sample(found, min(len(found), rng.choice((1, 3, 10)))), key=lambda m: -m.start()):
        data[match.start() : match.end()] = rng.choice(NUMBERS)


def other_name(data: bytearray, rng: random.Random) -> None:
    found = [match for name in NAMES for match in re.finditer(re.escape(name) + rb"\b", data)]
    if found:
        match = rng.choice(found)
        data[match.start() : match.end()] = rng.choice(NAMES)


def nest(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data))
    data[at:at] = rng.choice((b"[", b"<<", b"(", b"q ", b"<</A ")) * rng.choice((10, 1000, 100_000))


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits, cut_end, cut_out, repeat, overwrite, swap_objects, swap_references, odd_number, other_name, nest,
)  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A copy damaged in one to four ways; never empty."""
    copy = bytearray(data)
    for mutation in rng.choices(MUTATIONS, k=rng.randint(1, 4)):
        if copy:
            mutation(copy, rng)
    return bytes(copy) or b"%PDF-"


def sources(given: Sequence[Path]) -> list[Path]:
    """The PDFs to damage: those given, or else the corpus' own."""
    found = [pdf for path in given for pdf in (sorted(path.rglob("*.pdf")) if path.is_dir() else [path])]
    return found or sorted((ROOT / "corpus").glob("*/*/*.pdf"))


def make(papers: Sequence[Path], count: int, seed: int, folder: Path) -> None:
    """Write damaged copies into a folder, the same ones for the same seed."""
    for number in range(count):
        rng = random.Random(f"{seed}-{number}")
        source = rng.choice(papers)
        (folder / f"{number:05}-{source.name}"[:200]).write_bytes(mutated(source.read_bytes(), rng))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("papers", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="savings-mutations-") as name:
        folder = Path(name)
        (folder / "papers").mkdir()
        make(sources(asked.papers), asked.count, asked.seed, folder / "papers")
        start = time.monotonic()
        words = [sys.executable, "-m", "pipeline", "run", str(folder / "papers"), "-o", str(folder / "out")]
        run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        with (folder / "out" / "papers.csv").open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
    statuses = Counter(row["status"] for row in rows)
    print(f"{len(rows)} of {asked.count} reported in {time.monotonic() - start:.0f} s, exit status {run.returncode}:",
          ", ".join(f"{n} {status}" for status, n in statuses.most_common()))  # fmt: skip
    for row in rows:
        if row["status"] in ("crashed", "timed_out", "out_of_memory", "failed"):
            print(f"  {row['document']}: {row['status']}: {row['error']}")
    silent = [row["document"] for row in rows if row["status"] != "ok" and not row["error"]]
    sys.exit(len(rows) != asked.count or run.returncode not in (0, 1) or "Traceback" in run.stderr or bool(silent))


if __name__ == "__main__":
    main()
