"""Papers, names and folders that mean harm; docs/security.md says which point each test holds."""

from __future__ import annotations

import inspect
import os
import re
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import pipeline.work
import pipeline.workers
from pipeline.draw import CannotDraw, bare_page
from pipeline.folder import KEPT
from rules.errors import RuleError
from rules.load import load_rule
from tests.pipeline.conftest import GOOD, Ran
from tests.rules.made import PLAN, report

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]
ROOT = Path(__file__).parents[2]

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def pdf_of(objects: dict[int, bytes]) -> bytes:
    """A PDF of these objects, 1 being the catalogue."""
    data, places = b"%PDF-1.7\n", {}
    for number, content in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    start = len(data)
    size = len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return data + b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def page_with(content: bytes, filters: bytes = b"", more: dict[int, bytes] | None = None) -> bytes:
    """A PDF of one page with this content stream."""
    stream = b"<</Length %d %s>> stream\n%s\nendstream" % (len(content), filters, content)
    return pdf_of(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
            b"/Resources <</XObject <</F 5 0 R>>>>>>",
            4: stream,
        }
        | (more or {})
    )


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_decompression_bomb_costs_only_itself(savings: Savings, paper: WritePaper) -> None:
    bomb = zlib.compress(zlib.compress(b"0" * (1 << 28), 9), 9)
    write(paper().parent, "bomb.pdf", page_with(bomb, b"/Filter [/FlateDecode /FlateDecode]"))
    ran = savings(paper().parent, options=["--max-memory", "128", "--max-seconds", "60"])
    assert ran.statuses["plan.txt"] == "ok"
    assert ran.statuses["bomb.pdf"] != "ok"
    assert ran.paper("bomb.pdf")["error"]


LOOPS = {
    "form.pdf": page_with(b"/F Do", more={5: b"<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 5 /Resources "
                          b"<</XObject <</F 5 0 R>>>>>> stream\n/F Do\nendstream"}),
    "kids.pdf": pdf_of({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Count 9 /Kids [2 0 R 2 0 R]>>"}),
    "parent.pdf": pdf_of({1: b"<</Type /Catalog /Pages 2 0 R>>",
                          2: b"<</Type /Pages /Count 1 /Kids [3 0 R] /Parent 3 0 R>>",
                          3: b"<</Type /Page /Parent 3 0 R>>"}),
    "deep.pdf": page_with(b"[" * 200_000 + b"]" * 200_000),
    "deep-object.pdf": pdf_of({1: b"[" * 200_000, 2: b"<<>>"}),
    "saved-states.pdf": page_with(b"q " * 500_000),
}  # fmt: skip


def test_objects_that_hold_themselves_end(savings: Savings, paper: WritePaper) -> None:
    for name, data in LOOPS.items():
        write(paper().parent, name, data)
    ran = savings(paper().parent, options=["--max-seconds", "60"])
    assert ran.statuses.pop("plan.txt") == "ok"
    assert set(ran.statuses) == {*LOOPS, "plan.txt"}
    for name in LOOPS:
        assert ran.paper(name)["error"], name
    assert "Traceback" not in ran.stderr


def test_more_pages_than_the_limit_are_named(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper("long.txt", GOOD), options=["--max-pages", "3"])
    assert ran.statuses == {"long.txt": "ok"}
    kids = b" ".join(b"3 0 R" for _ in range(50))
    objects = {
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        2: b"<</Type /Pages /Count 50 /Kids [%s]>>" % kids,
        3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800]>>",
    }
    many = write(paper().parent, "many.pdf", pdf_of(objects))
    lie = write(
        paper().parent, "lie.pdf", pdf_of(objects | {2: objects[2].replace(b"/Count 50", b"/Count 2000000000")})
    )
    ran = savings(many, lie, options=["--max-pages", "3"])
    assert "50 pages: only the first 3 were read" in ran.paper("many.pdf")["error"]
    assert ran.paper("lie.pdf")["error"]


# A picture of 900 million pixels in a few hundred bytes: 109 KB of zeros, packed once more.
HUGE = zlib.compress(zlib.compress(bytes(30_000 * 30_000 // 8), 9), 9)
PICTURE = b"<</Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray " \
    b"/Length %d /Filter [/FlateDecode /FlateDecode]>> stream\n%s\nendstream"  # fmt: skip


def pages_of_pixels(picture: bytes, width: int, height: int, side: int = 600) -> bytes:
    """A PDF of a page that is a picture, on a sheet of so many points, and of a page of text."""
    words = b"BT /T 12 Tf 50 500 Td (Buses and lighting are to save much) Tj ET"
    return pdf_of(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Count 2 /Kids [3 0 R 6 0 R]>>",
            3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources "
            b"<</XObject <</F 5 0 R>>>>>>" % (side, side),
            4: b"<</Length 25>> stream\n%05d 0 0 %05d 0 0 cm /F Do\nendstream" % (side, side),
            5: PICTURE % (width, height, len(picture), picture),
            6: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 7 0 R /Resources "
            b"<</Font <</T 8 0 R>>>>>>",
            7: b"<</Length %d>> stream\n%s\nendstream" % (len(words), words),
            8: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        }
    )


SMALL = zlib.compress(zlib.compress(bytes(250 * 2_000), 9), 9)
PIXELS = {
    "a picture of 900 million": (pages_of_pixels(HUGE, 30_000, 30_000), [], "pictures of more than 100,000,000 pixels"),
    "a sheet of five metres": (pages_of_pixels(SMALL, 2_000, 2_000, 14_400), [], "a page of 40,000 square inches"),
    "more than is asked for": (
        pages_of_pixels(SMALL, 2_000, 2_000),
        ["--max-pixels", "3000000"],
        "pictures of more than 3,000,000 pixels on one page; --max-pixels allows more",
    ),
}


@pytest.mark.parametrize("case", PIXELS)
def test_a_page_of_too_many_pixels_is_named_and_the_rest_read(savings: Savings, paper: WritePaper, case: str) -> None:
    data, options, said = PIXELS[case]
    path = write(paper().parent, "pixels.pdf", data)
    ran = savings(path, options=["--max-memory", "400", "--max-seconds", "30", *options])
    row = ran.paper("pixels.pdf")
    assert said in row["error"]
    assert (row["pages"], row["pages_read"]) == ("2", "1")


def test_a_page_of_too_many_pixels_is_not_drawn_for_a_picture_either(tmp_path: Path) -> None:
    path = write(tmp_path, "pixels.pdf", PIXELS["a picture of 900 million"][0])
    with pytest.raises(CannotDraw, match="is not drawn: its pictures have more than 100,000,000 pixels"):
        bare_page(path, 1)
    drawn = bare_page(path, 2, most=1_000_000)
    assert 900_000 < drawn.image.width * drawn.image.height <= 1_010_000


def test_the_limit_of_pixels_is_part_of_what_a_result_depends_on(savings: Savings, paper: WritePaper) -> None:
    path = write(paper().parent, "pixels.pdf", PIXELS["more than is asked for"][0])
    options = ["--max-pixels", "3000000"]
    assert "pixels" in savings(path, options=options).paper("pixels.pdf")["error"]
    assert "pixels" not in savings(path).paper("pixels.pdf")["error"]


def test_a_file_larger_than_the_limit_is_not_read(savings: Savings, paper: WritePaper) -> None:
    large = write(paper().parent, "large.pdf", b"%PDF-1.7\n")
    os.truncate(large, 3 << 20)
    ran = savings(large, options=["--max-size", "2"])
    assert ran.statuses == {"large.pdf": "unreadable"}
    assert "larger than 2 MB; --max-size allows more" in ran.paper("large.pdf")["error"]


@posix_only
def test_links_and_devices_in_the_folder(savings: Savings, paper: WritePaper, tmp_path: Path) -> None:
    folder = paper("plan.txt").parent
    elsewhere = write(tmp_path / "elsewhere", "other.txt", report(GOOD.replace("Buses", "Trams")).encode())
    (folder / "linked.txt").symlink_to(elsewhere)
    (folder / "linked folder").symlink_to(elsewhere.parent)
    (folder / "circle").symlink_to(folder)
    (folder / "itself.txt").symlink_to(folder / "itself.txt")
    (folder / "nothing.pdf").symlink_to(folder / "not there")
    (folder / "device.pdf").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.pdf")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)
        listening.bind("socket.pdf")
        os.chdir(here)
        ran = savings(folder)
        named = savings(folder / "device.pdf", folder / "pipe.pdf", out=tmp_path / "named")
    assert ran.statuses == {"plan.txt": "ok", "linked.txt": "ok", "nothing.pdf": "missing", "itself.txt": "missing"}
    assert "3 no file" in ran.stderr
    assert "2 linked folder" in ran.stderr
    assert named.statuses == {"device.pdf": "unsupported", "pipe.pdf": "unsupported"}


NAMES = [
    "..txt", "...pdf", "..\\..\\up.txt", "%2e%2e%2fup.txt", "a/../plan.txt", "CON.txt", " .txt", "x" * 251 + ".txt",
    "ümläut/..\u200b/x.txt", "\u202etxt.fdp.txt", "$(touch up).txt", "`touch up`.txt", "nul\x01\x1b[31m.txt",
]  # fmt: skip


@posix_only
def test_no_name_leads_out_of_the_results_folder(savings: Savings, paper: WritePaper, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        paper(name, GOOD.replace("Buses", f"Buses {number}"))
    before = {path for path in tmp_path.rglob("*") if (tmp_path / "out") not in path.parents}
    ran = savings(tmp_path / "papers")
    after = {path for path in tmp_path.rglob("*") if (tmp_path / "out") not in path.parents}
    assert after - before == {ran.out}
    for path in (ran.out / "tables").rglob("*"):
        assert re.fullmatch(r"[\w.-]+", path.name), path.name
        assert path.resolve().is_relative_to(ran.out.resolve())
    assert "\x1b" not in ran.stderr


def test_a_rule_file_makes_no_objects(tmp_path: Path) -> None:
    mark = tmp_path / "made"
    for tag in ("!!python/object/apply:os.system", "!!python/object/new:os.system", "!!python/name:os.system"):
        rule = write(tmp_path, "a.yml", f"{PLAN}\nextra: {tag} ['touch {mark}']\n".encode())
        with pytest.raises(RuleError):
            load_rule(rule)
    assert not mark.exists()


def test_aliases_in_a_rule_file_do_not_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(RuleError):
        load_rule(write(tmp_path, "a.yml", "\n".join(lines).encode()))


CONNECTS = """
import os, sys
def seen(event, args):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        address = args[1] if len(args) > 1 else args[0]
        if not isinstance(address, (str, bytes)) or event == "socket.getaddrinfo":
            with open(os.environ["SEEN"], "a") as handle:
                handle.write(f"{event} {address}\\n")
sys.addaudithook(seen)
"""


def test_a_run_connects_nowhere(tmp_path: Path, paper: WritePaper, rules: Path) -> None:
    write(tmp_path / "hook", "sitecustomize.py", CONNECTS.encode())
    link = page_with(
        b"BT ET", more={5: b"<</Type /XObject /Subtype /Image /Width 1 /Height 1 /F (http://127.0.0.1:9/x)>>"}
    )
    write(paper().parent, "link.pdf", link)
    env = os.environ | {"PYTHONPATH": str(tmp_path / "hook"), "SEEN": str(tmp_path / "seen")}
    words = ["run", paper().parent, "-o", tmp_path / "out", "--rules", rules]
    command = [sys.executable, "-m", "pipeline", *map(str, words)]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    assert not (tmp_path / "seen").exists()


def test_what_a_worker_says_is_never_unpickled() -> None:
    """`Connection.recv` unpickles; `recv_bytes` does not."""
    for module in (pipeline.work, pipeline.workers):
        source = inspect.getsource(module)
        assert not re.search(r"\.recv\(|pickle\.", source)


@posix_only
def test_temporary_files_are_private_and_removed(
    savings: Savings, paper: WritePaper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        modes.append(self.parent.stat().st_mode & 0o077)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    ran = savings(paper())
    assert 0 in modes  # The folder in which results are written before they are put in place.
    kept = [path for path in (ran.out / KEPT / "papers").rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    assert [path.name for path in (tmp_path / "tmp").iterdir()] == []
    assert not [path for path in ran.out.rglob("*") if path.name.endswith(".part") or ".writing" in path.name]


def test_every_test_that_the_security_page_names_is_there() -> None:
    named = re.findall(r"`(?:tests/)?([\w/]*test_\w+\.py)(?:::(test_\w+))?`", (ROOT / "docs/security.md").read_text())
    assert len(named) > 12
    for file, test in named:
        path = ROOT / "tests" / (file if "/" in file else f"pipeline/{file}")
        assert f"def {test}(" in path.read_text(encoding="utf-8") if test else path.is_file(), f"{file}::{test}"
