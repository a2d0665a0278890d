import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from browser import Browser  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def open_report(browser):
    """Opens the page of one of the reports in Tests/CostReports, and closes it after the test."""
    pages = []

    def open_(name="shop", **options):
        page = browser.open(ROOT / "Tests/CostReports" / name / "report.html", **options)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
