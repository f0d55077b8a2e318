"""Open pages in Chromium, without a network. A request for anything but the page fails the test.

Mark a test that does so with ``pytest.mark.browser``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

PROGRAM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium without a window and with a new profile."""
    from playwright.sync_api import sync_playwright

    assert PROGRAM is not None, "mark the test with pytest.mark.browser"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=PROGRAM, headless=True, args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


@contextmanager
def opened(
    running: Browser,
    path: Path,
    *,
    viewport: dict[str, int] = DESKTOP,
    scripts: bool = True,
    bypass_policy: bool = False,
    **options: Any,
) -> Iterator[Page]:
    """Open a file offline. On leaving, fail if the page sent a request or logged an error or warning.

    Parameters
    ----------
    running : from `browser`.
    path : the page.
    viewport : width and height in pixels.
    scripts : whether the page's scripts run.
    bypass_policy : allow a test's own script in the page, past its security policy.
    options : of the browser's context, such as ``color_scheme="dark"``.
    """
    context = running.new_context(
        viewport=viewport, offline=True, java_script_enabled=scripts, bypass_csp=bypass_policy, **options
    )
    requests: list[str] = []
    messages: list[str] = []

    def log(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            messages.append(message.text)

    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("console", log)
    try:
        page.goto(path.absolute().as_uri())
        yield page
        assert requests == [path.absolute().as_uri()], requests
        assert messages == []
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """Return the violations that axe-core finds: rule, impact, and the first elements of each."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(script)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']} ({rule['impact']}): {[node['target'] for node in rule['nodes']][:4]}"
        for rule in found["violations"]
    ]
