"""The review in a real browser: decisions are kept, undone, applied by a rerun; nobody else gets in."""

from __future__ import annotations

import csv
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.corrections.files import load_corrections
from pipeline.corrections.model import Answer
from tests.browser import launched, needs_chromium
from tests.dataset.conftest import CORPUS

pytestmark = needs_chromium
CONTRADICTED = "?proof=contradicted"


@dataclass
class Server:
    """A running `savings review`, and the folder that it works in."""

    folder: Path
    process: subprocess.Popen[str]
    link: str

    @property
    def base(self) -> str:
        return self.link.split("/?")[0]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()


def savings(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def started(folder: Path) -> Server:
    command = [sys.executable, "-u", "-m", "pipeline", "review", "out", "--who", "Rev"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    return Server(folder, process, process.stdout.readline().strip())


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a paper that contradicts itself, under a name that is markup, and the results of a run."""
    folder = tmp_path_factory.mktemp("review")
    (folder / "papers").mkdir()
    paper = next((CORPUS / "herefordshire/aes-outturn-2007-08").glob("*.pdf"))
    shutil.copy(paper, folder / "papers" / '<b>it\'s "out"turn.pdf')
    assert savings(folder, "run", "papers", "-o", "out").returncode == 0
    return folder


@pytest.fixture
def server(ready: Path, tmp_path: Path) -> Iterator[Server]:
    server = started(Path(shutil.copytree(ready, tmp_path / "here")))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, server: Server, problems: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(server.link)
    yield page
    context.close()


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def left(page: Page) -> int:
    found = re.match(r"([\d,]+) left", page.locator(".progress label").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def test_a_figure_is_settled_undone_and_settled_by_keyboard_alone(
    page: Page, server: Server, problems: list[str]
) -> None:
    page.goto(f"{server.base}/{CONTRADICTED}")
    before, address = left(page), page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text("contradicted")
    press(page, "a")
    assert left(page) == before - 1
    expect(page.get_by_role("status")).to_contain_text("as printed")
    press(page, "u")
    assert page.url == address
    assert left(page) == before
    page.keyboard.press("c")
    page.keyboard.type("seen on the signed copy")
    page.keyboard.press("Escape")
    press(page, "1")
    (kept,) = [k for each in load_corrections(server.folder / "corrections").standing.values() for k in each]
    assert (kept.correction.who, kept.correction.why) == ("Rev", "seen on the signed copy")
    assert [k.correction.answer for k in load_corrections(server.folder / "corrections").history] == [
        Answer.AS_PRINTED,
        Answer.WITHDRAWN,
        Answer.VALUE,
    ]
    assert problems == []


def test_a_typed_amount_is_checked_before_it_is_taken_and_a_rerun_applies_it(page: Page, server: Server) -> None:
    page.goto(f"{server.base}/{CONTRADICTED}")
    raw = page.locator(".raw").inner_text()
    page.keyboard.press("e")
    page.keyboard.type("much")
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_contain_text("no amount")
    page.get_by_label("An amount").fill("£1.064m")
    press(page, "Enter")
    assert page.locator(".effects").count() > 0
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("1064000")
    server.stop()
    done = savings(server.folder, "run", "papers", "-o", "out2", "--corrections", "corrections")
    assert done.returncode == 0, done.stderr
    with (server.folder / "out2/figures.csv").open(encoding="utf-8", newline="") as handle:
        (row,) = [row for row in csv.DictReader(handle) if row["how"] == "corrected"]
    assert (row["value"], row["raw"]) == ("1064000", raw)


def test_what_was_decided_is_there_after_a_restart(page: Page, server: Server, browser: Browser) -> None:
    page.goto(f"{server.base}/{CONTRADICTED}")
    before = left(page)
    press(page, "n")
    server.kill()
    again = started(server.folder)
    try:
        fresh = browser.new_page()
        fresh.goto(again.link)
        fresh.goto(f"{again.base}/{CONTRADICTED}")
        assert left(fresh) == before - 1
        fresh.goto(f"{again.base}/history")
        expect(fresh.locator("tbody")).to_contain_text("nil")
    finally:
        again.kill()


def test_two_sessions_see_each_other(page: Page, server: Server, browser: Browser) -> None:
    other = started(server.folder)
    try:
        second = browser.new_page()
        second.goto(other.link)
        second.goto(f"{other.base}/{CONTRADICTED}")
        before = left(second)
        page.goto(f"{server.base}/{CONTRADICTED}")
        press(page, "a")
        second.reload()
        assert left(second) == before - 1
    finally:
        other.kill()


def test_a_reader_and_a_tablet_can_use_it(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 1100}, color_scheme="dark")
    page = context.new_page()
    page.goto(server.link)
    for address in ("/", "/history", "/item/999999", f"/{CONTRADICTED}&document=none"):
        page.goto(server.base + address)
        assert Axe().run(page).response["violations"] == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 800
    context.close()


def test_markup_in_names_is_text(page: Page, server: Server) -> None:
    page.goto(f"{server.base}/{CONTRADICTED}")
    expect(page.locator("p.note").first).to_contain_text('<b>it\'s "out"turn.pdf')
    assert page.locator("p.note b").count() == 0


def test_it_works_without_a_script(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.link)
    page.goto(f"{server.base}/{CONTRADICTED}")
    before = left(page)
    page.get_by_role("button", name="Not a figure").click()
    assert left(page) == before - 1
    context.close()


def test_nobody_else_gets_in(server: Server) -> None:
    port = server.base.rsplit(":", 1)[1]
    token = server.link.split("token=")[1]
    jar = {f"savings-review-{port}": token}
    item = f"{server.base}/item/1"
    assert httpx.get(server.base).status_code == 403
    assert httpx.get(f"{server.base}/?token=wrong").status_code == 403
    assert httpx.get(server.base, cookies=jar, headers={"Host": "evil.example"}).status_code == 421
    sent = {"answer": "nil"}
    assert httpx.post(item, data=sent, cookies=jar, headers={"Origin": "http://evil.example"}).status_code == 403
    assert httpx.post(item, data=sent, cookies=jar).status_code == 403
    answer = httpx.get(server.link)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert not (server.folder / "corrections").exists()


def test_it_answers_to_this_machine_alone(server: Server) -> None:
    port = int(server.base.rsplit(":", 1)[1])
    said = Path("/proc/net/tcp")
    if not said.exists():
        pytest.skip("needs /proc/net/tcp to see who is listened to")
    listening = [line.split()[1] for line in said.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert [at for at in listening if at.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_wrong_usage_is_said(tmp_path: Path) -> None:
    done = savings(tmp_path, "review", "nowhere")
    assert done.returncode == 2
    assert "there is no folder nowhere" in done.stderr
