"""A real Chromium for tests: where it is, and one that talks to nobody."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
_ALONE = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
_OFFLINE = ("--disable-background-networking", "--disable-component-update")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="needs Chromium: apt install chromium, or name one in CHROMIUM"
)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window, ended afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_ALONE, *_OFFLINE])
        yield browser
        browser.close()
