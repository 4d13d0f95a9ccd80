"""The report in a real browser: it opens, is read by keyboard and screen reader, and its script only helps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.dataset.run import open_run
from pipeline.report.page import write_report
from tests.browser import launched, needs_chromium
from tests.dataset.conftest import CORPUS
from tests.pipeline.conftest import run_savings

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("browser") / "out"
    bad = out.parent / "cut off.pdf"
    bad.write_bytes(b"%PDF-1.4 cut off")
    run_savings([CORPUS / "herefordshire", CORPUS / "kent", bad], out)
    write_report(open_run(out), out, out)
    return out / "report.html"


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, report: Path, problems: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(color_scheme=request.param, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda sent: problems.append(sent.url))
    page.goto(report.as_uri())
    yield page
    context.close()


def test_it_opens_without_a_fault_and_axe_finds_none(page: Page, problems: list[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Savings report")
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    broken = page.evaluate("[...document.images].filter(i => !i.complete || !i.naturalWidth).length")
    assert broken == 0
    assert Axe().run(page).response["violations"] == []
    assert problems == []


def test_the_filter_shows_what_it_is_asked_for(page: Page) -> None:
    items = page.locator(".doubts > li")
    every = items.count()
    assert every > 2
    page.get_by_label("Show only what holds").fill("Transactions")
    shown = page.locator(".doubts > li:visible")
    assert 0 < shown.count() < every
    expect(page.locator("#filter-count")).to_have_text(f"{shown.count()} of {every}")
    page.get_by_label("Show only what holds").fill("")
    page.get_by_label("Proof").select_option("ambiguous")
    assert page.locator(".doubts > li:visible").count() == page.locator("li[data-proof=ambiguous]").count()


def test_links_lead_to_sections_and_papers(page: Page) -> None:
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    hrefs = page.evaluate("[...document.querySelectorAll('main a')].map(a => a.href)")
    assert hrefs
    assert all(Path(page.evaluate("u => decodeURIComponent(new URL(u).pathname)", u)).is_file() for u in set(hrefs))


def test_it_is_walked_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the contents")).to_be_focused()
    summary = page.locator("details.sum > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.sum").first.get_attribute("open") is None


def test_it_fits_a_phone_and_needs_no_script(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(report.as_uri())
    expect(page.locator(".filter")).to_be_hidden()
    expect(page.locator(".doubts > li").first).to_be_visible()
    context.close()
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
