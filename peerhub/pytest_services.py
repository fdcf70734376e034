"""pytest plugin (`-p peerhub.pytest_services`): the servers and the browser of a test run.

The servers start before pytest-django reads the settings. With xdist only the controller starts
them; its workers inherit their addresses.
"""

import os
import secrets
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from peerhub.embedded import ThrowawayServices
from peerhub.supervisor import OURS, new_master_key

NO_BROWSER = "Chromium was not found"
HOW_TO_GET_ONE = "Get one with `apt install chromium`, or name one in PEERHUB_CHROMIUM."
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PLACES = ("chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium", MAC)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        services = ThrowawayServices()
        early_config.add_cleanup(services.stop)
        prepare(services.folder.path)
        services.start(os.environ)
    return (yield)


def prepare(home: Path) -> None:
    """The settings of a test run; whatever this computer's environment says, it sends no mail."""
    for name in OURS:
        os.environ.pop(f"{name}_FILE", None)
    os.environ |= {
        "PEERHUB_ENV": "test",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PEERHUB_MASTER_KEYS": new_master_key(),
        "SITE_URL": "http://localhost:8000",
        "EMAIL_URL": "memory://",
        "CRISIS_LINES_FILE": str(home / "crisis-lines.json"),
    }


def find_chromium() -> str | None:
    """The browser for Playwright's `executable_path`; PEERHUB_CHROMIUM alone decides when it is set."""
    named = os.environ.get("PEERHUB_CHROMIUM")
    found = (shutil.which(place) for place in ([named] if named else PLACES))
    return next((path for path in found if path), None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: runs in a real browser, and is skipped where there is none")
    if os.environ.get("PEERHUB_REQUIRE_BROWSER") == "1" and not find_chromium():
        raise pytest.UsageError(f"PEERHUB_REQUIRE_BROWSER is set, but {NO_BROWSER}. {HOW_TO_GET_ONE}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not find_chromium():
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    missed = sum(NO_BROWSER in str(report.longrepr) for report in skipped)
    if missed:
        tests = "browser test" if missed == 1 else "browser tests"
        terminalreporter.write_line(f"{missed} {tests} did not run: {NO_BROWSER}. {HOW_TO_GET_ONE}")
