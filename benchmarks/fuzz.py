"""Fuzzing by coverage (atheris): the readers of text reports, rule files, numbers, kept results and PDFs.

    python -m benchmarks.fuzz [--seconds N] [READER ...]      (make fuzz SECONDS=60)

Each reader runs in a process of its own for that long. A reader may refuse what it is given only by the errors that it
documents; anything else is written out with the input that caused it. tests/pipeline/test_fuzz.py does the same with
Hypothesis in every test run, and keeps what was found.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.mutations import mutated, sources
from extract.errors import PaperError
from extract.read import paper_of
from normalise.numbers import is_amount, read_amount, split_amounts
from pipeline.blob import DamagedBlob, decode, decode_head
from rules.errors import RuleError
from rules.load import load_rule

ROOT = Path(__file__).resolve().parents[1]


def text_report(data: bytes) -> None:
    try:
        paper_of(Path("report.txt"), data)
    except PaperError:
        return


def pdf(data: bytes) -> None:
    try:
        paper_of(Path("paper.pdf"), data)
    except PaperError:
        return


def rule_file(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yml") as file:
        file.write(data)
        file.flush()
        try:
            load_rule(Path(file.name))
        except RuleError:
            return


def number(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    is_amount(text)
    read_amount(text)
    split_amounts(text)


def kept_result(data: bytes) -> None:
    for read in (lambda: decode(data, "a", "a", ""), lambda: decode_head(data)):
        try:
            read()
        except DamagedBlob:
            continue


READERS: dict[str, Callable[[bytes], None]] = {
    "text_report": text_report, "rule_file": rule_file, "number": number, "kept_result": kept_result, "pdf": pdf,
}  # fmt: skip


def seeds_of(name: str) -> list[bytes]:
    """What mutation begins with."""
    if name == "rule_file":
        return [path.read_bytes() for path in sorted((ROOT / "rules").glob("*/*.yml"))]
    if name == "pdf":
        return [path.read_bytes() for path in sources(())]
    if name == "text_report":
        return ["Saving\t2007/08\tTotal\nBuses\t£1,0 5k\t-\n\f".encode(), "1\t2".encode("utf-16")]
    return [b"1,234", "£1.5m".encode(), b"(45)", b"-", b"170k", b"1 1"]


def run_one(name: str, seconds: int) -> None:
    """Fuzz one reader in this process; atheris ends the process."""
    import atheris  # noqa: PLC0415 - has no wheels for every Python

    atheris.instrument_all()
    with tempfile.TemporaryDirectory() as folder:
        for at, seed in enumerate(seeds_of(name)):
            (Path(folder) / str(at)).write_bytes(seed)

        def mutate(data: bytes, size: int, seed: int) -> bytes:
            rng = random.Random(seed)
            return mutated(data, rng)[:size] if rng.random() < 0.5 else bytes(atheris.Mutate(data, size))

        options = [f"-max_total_time={seconds}", "-max_len=200000", "-timeout=60", f"-artifact_prefix=fuzz-{name}-"]
        atheris.Setup([sys.argv[0], *options, folder], READERS[name], custom_mutator=mutate)
        atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", choices=[*READERS, []], default=[])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--here", action="store_true", help="fuzz the one reader in this process")
    asked = parser.parse_args()
    if asked.here:
        run_one(asked.readers[0], asked.seconds)
        return
    failed = []
    for name in asked.readers or READERS:
        words = [sys.executable, "-m", "benchmarks.fuzz", "--here", "--seconds", str(asked.seconds), name]
        if subprocess.run(words, cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    print("found something: " + ", ".join(failed) if failed else "nothing found")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
