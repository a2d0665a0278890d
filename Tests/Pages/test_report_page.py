"""report.html in a browser: what a reader can do with it, and what the texts in it cannot do."""

import json
import re

import pytest
from conftest import ROOT

REPORTS = ["shop", "hostile", "nothing"]
BY_SAVINGS = [
    "Reduce the provisioned capacity of table sessions",
    "Reduce the provisioned concurrency of checkout:live",
    "Evaluate provisioned capacity for table audit-log",
    "Reduce the memory of orders-api from 1024 MB to 512 MB",
    "Move objects of media-archive to S3 Standard-IA",
    "Remove the cache of stage prod of shop-api",
    "Move orders-api to arm64",
    "Reduce the ephemeral storage of pdf-render from 10,240 MB to 512 MB",
    "Remove two functions that are not used",
    "Increase the memory of image-resize from 512 MB to 1,024 MB",
]
UNKNOWN = ["Lower the timeout of payment-webhook from 900 s to 3 s", "Remove the rule old-audit-trail, which has no target"]


def titles(page):
    """The titles of the recommendations that show, from the top."""
    return page.value("[...document.querySelectorAll('#table > tbody:not([hidden]) .title')].map(title => title.textContent)")


def header(key):
    return f"#table th[data-key={key}] button"


def sorting(page):
    return page.value("[...document.querySelectorAll('#table > thead th')].map(header => header.getAttribute('aria-sort'))")


# What is always so


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("name", REPORTS)
def test_asks_nothing_of_the_network_and_says_nothing_on_the_console(open_report, name, script):
    page = open_report(name, script=script)
    if script:
        page.click("#expand") if name != "nothing" else None
        page.value("dispatchEvent(new Event('beforeprint'))")
    # Its own file, and the icon that it carries.
    assert [url for url in page.requests if url != page.url and not url.startswith("data:image/svg+xml,")] == []
    assert page.console == []


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [320, 375, 690, 768, 1280])
def test_is_never_wider_than_the_screen(open_report, name, width):
    page = open_report(name, width=width)
    page.value("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.value("document.documentElement.scrollWidth") <= width


def test_texts_of_others_do_not_run(open_report):
    page = open_report("hostile")
    page.click("#expand")
    page.click(header("name"))
    assert page.value("typeof window.injected") == "undefined"
    assert page.value("document.scripts.length") == 1
    assert page.value("document.querySelectorAll('img, iframe, object, embed, svg svg, [onload], [onerror], [onmouseover]').length") == 0
    # It is there to be read, in the model's words as in the names of functions.
    names = page.value("[...document.querySelectorAll('.resources li > bdi')].map(name => name.textContent)")
    assert '<script>window.injected = "name"</script>' in names
    assert '<script>window.injected = "name"</script>' in page.value("document.querySelector('#summary').textContent")


def test_a_script_that_were_injected_would_not_run(open_report):
    page = open_report("shop")
    page.value("""(() => {
      const script = document.createElement('script');
      try { script.textContent = 'window.injected = 1'; } catch { return; }
      document.body.append(script);
    })()""")
    assert page.value("typeof window.injected") == "undefined"


# Sorting and filtering


def test_the_largest_savings_come_first(open_report):
    page = open_report()
    assert titles(page) == BY_SAVINGS + UNKNOWN
    assert sorting(page) == [None, None, None, "descending"]


def test_sorts_by_savings_with_the_unknown_last_either_way(open_report):
    page = open_report()
    page.click(header("saved"))
    assert titles(page) == BY_SAVINGS[::-1] + UNKNOWN
    assert sorting(page) == [None, None, None, "ascending"]
    page.click(header("saved"))
    assert titles(page) == BY_SAVINGS + UNKNOWN
    assert sorting(page) == [None, None, None, "descending"]


def test_sorts_by_name(open_report):
    page = open_report()
    page.click(header("name"))
    assert titles(page) == sorted(BY_SAVINGS + UNKNOWN, key=str.casefold)
    assert sorting(page) == ["ascending", None, None, None]
    page.click(header("name"))
    assert titles(page) == sorted(BY_SAVINGS + UNKNOWN, key=str.casefold, reverse=True)
    assert sorting(page) == ["descending", None, None, None]


def test_sorts_by_service_and_by_risk(open_report):
    page = open_report()
    page.click(header("service"))
    services = page.value("[...document.querySelectorAll('#table > tbody')].map(body => body.dataset.service)")
    assert services == sorted(services)
    page.click(header("risk"))
    risks = page.value("[...document.querySelectorAll('#table > tbody')].map(body => body.dataset.risk)")
    assert risks == sorted(risks, key=["high", "medium", "low"].index)


def test_details_move_with_their_recommendation(open_report):
    page = open_report()
    page.click(header("name"))
    pairs = page.value("""[...document.querySelectorAll('#table > tbody')].map(body =>
      [body.querySelector('.title').textContent, body.querySelector('.detail dd').textContent])""")
    report = json.loads((ROOT / "Tests/CostReports/shop/report.json").read_text())
    assert dict(pairs) == {entry["title"]: entry["action"] for entry in report["recommendations"]}


def test_sorts_by_keyboard(open_report):
    page = open_report()
    page.value("document.querySelector('#expand').focus()")
    page.press("Tab")
    assert page.value("document.activeElement.matches('#table th[data-key=name] button')")
    page.press("Enter")
    assert titles(page)[0] == "Evaluate provisioned capacity for table audit-log"
    assert page.value("document.activeElement.matches('#table th[data-key=name] button')")
    page.press("Space")
    assert titles(page)[0] == "Remove two functions that are not used"
    assert page.value("document.activeElement.matches(':focus-visible')")
    assert page.value("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_filters_by_text_service_and_risk(open_report):
    page = open_report()
    page.click("#filter")
    page.type("orders-api")
    assert titles(page) == ["Reduce the memory of orders-api from 1024 MB to 512 MB", "Move orders-api to arm64"]
    assert page.value("document.querySelector('#status').textContent") == "2 of 12 recommendations"
    page.type(" arm64")
    assert titles(page) == ["Move orders-api to arm64"]
    page.type(" nothing-has-this")
    assert titles(page) == []
    assert page.value("document.querySelector('#none').checkVisibility()")
    page.value("document.querySelector('#filter').value = ''; document.querySelector('#filter').dispatchEvent(new Event('input'))")
    page.value("document.querySelector('#service').value = 'DynamoDB'; document.querySelector('#service').dispatchEvent(new Event('change'))")
    assert titles(page) == [BY_SAVINGS[0], BY_SAVINGS[2]]
    page.value("document.querySelector('#risk').value = 'high'; document.querySelector('#risk').dispatchEvent(new Event('change'))")
    assert titles(page) == [BY_SAVINGS[2]]
    assert not page.value("document.querySelector('#none').checkVisibility()")


def test_a_filter_is_no_form_that_is_sent(open_report):
    page = open_report()
    page.click("#filter")
    page.type("orders")
    page.press("Enter")
    assert page.value("location.href") == page.url
    assert len(titles(page)) == 2


# Details


def test_details_open_by_mouse_and_by_keyboard(open_report):
    page = open_report()
    is_open = "document.querySelector('#r1 details').open"
    assert not page.value(is_open)
    page.click("#r1 summary")
    assert page.value(is_open)
    assert page.value("document.querySelector('#r1 .detail').checkVisibility()")
    page.value("document.querySelector('#r1 summary').focus()")
    page.press("Enter")
    assert not page.value(is_open)


def test_all_details_open_at_once(open_report):
    page = open_report()
    opened = "[...document.querySelectorAll('#table details')].filter(details => details.open).length"
    page.click("#expand")
    assert page.value(opened) == 12
    assert page.value("document.querySelector('#expand').textContent") == "Collapse all"
    page.click("#expand")
    assert page.value(opened) == 0


def test_an_address_of_a_recommendation_opens_it(open_report):
    page = open_report()
    page.value("new Promise(done => { addEventListener('hashchange', done, {once: true}); location.hash = '#r4' }).then(() => 0)")
    assert page.value("document.querySelector('#r4 details').open")


# Readers of other kinds


def test_reads_as_a_plain_table_without_a_script(open_report):
    page = open_report(script=False)
    # The debugger may still ask questions; the page's own script has not run.
    assert page.value("document.querySelectorAll('#table button').length") == 0
    assert not page.value("document.querySelector('#tools').checkVisibility()")
    assert titles(page) == BY_SAVINGS + UNKNOWN
    page.click("#r1 summary")
    assert page.value("document.querySelector('#r1 .detail').checkVisibility()")


def test_prints_with_every_detail(open_report):
    page = open_report(media="print", script=False)
    assert page.value("document.querySelector('#r1 .detail').getBoundingClientRect().height") > 100
    assert not page.value("document.querySelector('nav').checkVisibility()")
    assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def luminance(colour):
    def linear(value):
        value /= 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(part)) for part in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_text_has_contrast(open_report, scheme, width):
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text of any size."""
    page = open_report(scheme=scheme, width=width)
    page.click("#expand")
    pairs = page.value("""(() => {
      const solid = (element) => {
        for (let at = element; at; at = at.parentElement) {
          const colour = getComputedStyle(at).backgroundColor;
          if (!/, 0\\)$/.test(colour)) return colour;
        }
      };
      const pairs = new Set();
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.closest('script, .hidden, .skip') || !element.checkVisibility()) continue;
        pairs.add(JSON.stringify([getComputedStyle(element).color, solid(element), element.tagName + '.' + element.className]));
      }
      return [...pairs].map((pair) => JSON.parse(pair));
    })()""")
    assert len(pairs) > 20
    for colour, background, element in pairs:
        lighter, darker = sorted((luminance(colour), luminance(background)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, f"{element}: {colour} on {background}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_follows_the_colours_of_the_system(open_report, scheme):
    page = open_report(scheme=scheme)
    background = luminance(page.value("getComputedStyle(document.body).backgroundColor"))
    assert background > 0.8 if scheme == "light" else background < 0.02


def test_is_built_of_landmarks_and_names(open_report):
    page = open_report()
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    named = {(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")}
    roles = {role for role, _ in named}
    assert {"banner", "navigation", "main", "contentinfo", "search", "status"} <= roles
    assert ("table", "Recommendations, the largest savings first") in named
    for section in (
        "Executive Summary", "Findings & Recommendations by Service", "Gaps & Limitations", "Evidence Appendix",
        "Next Review Window and Monitoring Suggestions",
    ):
        assert ("region", section) in named
        assert ("heading", section) in named
    for role in ("button", "link", "searchbox", "combobox", "DisclosureTriangle"):
        assert all(name for node_role, name in named if node_role == role), role
    # Bars say nothing: their figures stand beside them.
    assert not roles & {"image", "img", "graphics-document"}
    rows = page.value("[...document.querySelectorAll('.bars tbody tr')].map(row => [...row.children].map(cell => cell.textContent))")
    assert ["Lambda", "", "116.23 USD"] in rows
    assert ["Lambda", "", "169.60 → 53.37 USD"] in rows
    assert any(row[0] == "Discovery" and row[2].startswith("6.2 s") for row in rows)


def test_the_first_tab_leads_past_the_top(open_report):
    page = open_report()
    page.press("Tab")
    assert page.value("document.activeElement.textContent") == "Skip to the recommendations"
    assert page.value("document.activeElement.getBoundingClientRect().top") >= 0
