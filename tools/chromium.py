"""A real Chromium for tests and pictures: the system's own, driven by Playwright, and quiet on the network."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

__all__ = ["browser", "find_chromium"]

_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Where the browser lies, None when there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """The browser at ``path`` with a profile of its own, which goes with it."""
    with sync_playwright() as playwright:
        # Without a sandbox of its own, for it may run as root; the pages are ours.
        started = playwright.chromium.launch(executable_path=path, args=[*_QUIET, "--no-sandbox"])
        try:
            yield started
        finally:
            started.close()
