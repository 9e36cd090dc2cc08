"""The page in a real browser: it runs, is searched, unfolds by keyboard, prints, fits, and asks for nothing.

Where there is no Chromium these tests are skipped, unless RECONCILE_BROWSER=required.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from itertools import pairwise

import pytest
from small_site import contents

from reconcile import match, read

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
if not (CHROMIUM and DRIVER) and os.environ.get("RECONCILE_BROWSER") != "required":
    pytest.skip("Chromium and its driver are not on this machine", allow_module_level=True)

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

OPTIONS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
    --disable-sync --hide-scrollbars""".split()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory, root):
    file = tmp_path_factory.mktemp("page") / "audit.html"
    match(read(root / "samples" / "site")).to_html(file)
    return file


@pytest.fixture
def browser(chromium, page):
    """Open the page anew, wide, in light, with scripts."""
    set_up(chromium)
    # The browser's own first page asks for much.
    chromium.get("about:blank")
    chromium.get_log("performance")
    chromium.get(page.as_uri())
    return chromium


def set_up(driver, *, width: int = 1300, scheme: str = "light", media: str = "", scripts: bool = True) -> None:
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})


def rows(browser, status: str = "") -> list:
    found = browser.find_elements(By.CSS_SELECTOR, f"details.row{f'.{status}' if status else ''}")
    return [row for row in found if row.is_displayed()]


def searched(browser, text: str, shown: str) -> None:
    field = browser.find_element(By.ID, "search")
    field.clear()
    field.send_keys(text)
    WebDriverWait(browser, 10, poll_frequency=0.05).until(lambda _: browser.find_element(By.ID, "count").text == shown)


def test_it_runs_without_a_word_and_asks_for_nothing(browser, page):
    assert browser.find_element(By.ID, "count").text == "14 of 14 rows"
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert set(asked) == {page.as_uri()}, asked


def is_on_the_first_screen(browser, element) -> bool:
    return element.is_displayed() and element.rect["y"] + element.rect["height"] < 768


def test_what_is_asked_most_is_answered_on_the_first_screen(chromium, page):
    set_up(chromium, width=1366)
    chromium.get(page.as_uri())
    assert is_on_the_first_screen(chromium, chromium.find_element(By.ID, "search"))
    (row,) = [row for row in rows(chromium) if "db01 nmem0" in row.text]
    assert "appdb_1.vmdk" in row.text
    assert is_on_the_first_screen(chromium, row)


def test_the_verdict_and_the_totals_stand_on_the_first_screen(browser):
    for selector in (".verdict", "figure svg", "nav"):
        assert is_on_the_first_screen(browser, browser.find_element(By.CSS_SELECTOR, selector))
    assert browser.find_element(By.CSS_SELECTOR, ".verdict").text == "FINDINGS PRESENT: 1 error and 5 warnings for a person to look at."


@pytest.mark.parametrize(
    ("words", "shown"),
    [("nmem0", 6), ("esx02", 5), ("appdb NMEM4", 1), ("206b080c", 0), ("12345678", 1), ("web03-clone", 3), ("db01 /mnt/pmem", 1), ("", 14)],
)
def test_a_search_leaves_the_rows_that_hold_all_words(browser, words, shown):
    searched(browser, words, f"{shown} of 14 rows")
    assert len(rows(browser)) == shown
    headings = [heading for heading in browser.find_elements(By.CSS_SELECTOR, "#map h3") if heading.is_displayed()]
    assert bool(headings) is bool(shown)
    for heading in headings:
        group = heading.find_element(By.XPATH, "..")
        assert any(row.is_displayed() for row in group.find_elements(By.CSS_SELECTOR, "details.row"))


def test_statuses_can_be_left_out(browser):
    for box in browser.find_elements(By.CSS_SELECTOR, "#tools fieldset input"):
        if box.get_attribute("value") != "ambiguous":
            box.click()
    assert browser.find_element(By.ID, "count").text == "3 of 14 rows"
    assert len(rows(browser)) == len(rows(browser, "ambiguous")) == 3


def test_a_row_unfolds_by_keyboard_to_both_sides_with_the_digits_marked(browser):
    searched(browser, "db01 nmem0", "1 of 14 rows")
    (row,) = rows(browser)
    field = browser.find_element(By.ID, "search")
    field.send_keys(Keys.TAB)
    for _ in range(20):
        focused = browser.switch_to.active_element
        if focused.tag_name == "summary" and focused.find_element(By.XPATH, "..") == row:
            break
        focused.send_keys(Keys.TAB)
    focused = browser.switch_to.active_element
    assert focused.find_element(By.XPATH, "..") == row
    outline = focused.value_of_css_property("outline-style")
    assert outline == "solid"
    focused.send_keys(Keys.ENTER)
    assert row.get_attribute("open") is not None
    marks = [mark.text for mark in row.find_elements(By.TAG_NAME, "mark") if mark.is_displayed()]
    assert marks == ["5e 3b 8b 61", "5e3b8b61"]
    focused.send_keys(Keys.SPACE)
    assert row.get_attribute("open") is None


def test_rows_unfold_and_fold_all_at_once(browser):
    searched(browser, "esx01", "8 of 14 rows")
    browser.find_element(By.ID, "unfold").click()
    assert len(browser.find_elements(By.CSS_SELECTOR, "details.row[open]")) == 8
    browser.find_element(By.ID, "fold").click()
    assert browser.find_elements(By.CSS_SELECTOR, "details.row[open]") == []


def test_a_finding_of_a_row_leads_to_the_finding(browser):
    row = rows(browser, "guest-only")[0]
    row.find_element(By.TAG_NAME, "summary").click()
    link = row.find_element(By.TAG_NAME, "a")
    link.click()
    target = browser.find_element(By.ID, link.get_attribute("href").partition("#")[2])
    assert link.text in target.text
    assert 0 <= browser.execute_script("return arguments[0].getBoundingClientRect().top", target) < 900


def test_without_scripts_everything_is_there_and_unfolds(chromium, page):
    set_up(chromium, scripts=False)
    chromium.get(page.as_uri())
    assert not chromium.find_element(By.ID, "tools").is_displayed()
    assert len(rows(chromium)) == 14
    row = rows(chromium, "matched")[0]
    assert not row.find_element(By.TAG_NAME, "mark").is_displayed()
    row.find_element(By.TAG_NAME, "summary").click()
    assert row.find_element(By.TAG_NAME, "mark").is_displayed()


@pytest.mark.parametrize("scripts", [True, False])
def test_in_print_rows_are_folded_as_on_the_screen_and_nothing_to_click_is_left(chromium, page, scripts):
    set_up(chromium, width=1032, scripts=scripts)
    chromium.get(page.as_uri())
    unfolded = rows(chromium, "matched")[1]
    unfolded.find_element(By.TAG_NAME, "summary").click()
    set_up(chromium, width=1032, media="print", scripts=scripts)
    for selector in ("nav", "#tools", "#finding-tools", "#none", ".skip"):
        assert not chromium.find_element(By.CSS_SELECTOR, selector).is_displayed()
    marks = [mark.text for mark in chromium.find_elements(By.CSS_SELECTOR, "#map mark") if mark.is_displayed()]
    assert marks == ["5e 3b 8b 61", "5e3b8b61"]
    # A row that is folded takes a line, so all of the sample's stand on one page.
    folded = [
        row for row in rows(chromium) if row.get_attribute("open") is None and ("matched" in row.text or "warning: no-uuid" in row.text)
    ]
    assert len(folded) == 8
    heights = [row.rect["height"] for row in folded]
    assert max(heights) < 30
    pdf = base64.b64decode(chromium.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("width", [320, 420, 800, 1300, 2200])
def test_nothing_is_wider_than_the_screen(chromium, page, width):
    set_up(chromium, width=width)
    chromium.get(page.as_uri())
    chromium.find_element(By.ID, "unfold").click()
    # Another machine's fonts may be wider than this one's.
    for spacing in ("normal", "0.12em"):
        chromium.execute_script("document.documentElement.style.letterSpacing = arguments[0]", spacing)
        assert chromium.execute_script("return document.documentElement.scrollWidth") <= width
    # What is wide scrolls by itself, and is reached by keyboard.
    for table in chromium.find_elements(By.CSS_SELECTOR, ".scroll"):
        wide = chromium.execute_script("return arguments[0].scrollWidth > arguments[0].clientWidth", table)
        assert not wide or table.get_attribute("tabindex") == "0" or width < 420


def test_it_is_dark_where_that_is_wanted(chromium, page):
    grounds = []
    for scheme in ("light", "dark"):
        set_up(chromium, scheme=scheme)
        chromium.get(page.as_uri())
        grounds.append(chromium.find_element(By.TAG_NAME, "html").value_of_css_property("background-color"))
    assert grounds == ["rgba(255, 255, 255, 1)", "rgba(20, 24, 29, 1)"]


def test_a_screen_reader_is_told_what_things_are(browser):
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    told = [(node["role"]["value"], node.get("name", {}).get("value", "").strip()) for node in tree if not node["ignored"]]
    assert (
        "image",
        "Devices: 10, of these 8 matched, 1 ambiguous, 1 guest-only; vmdks: 12, of these 8 matched, 2 ambiguous, 2 host-only",
    ) in told
    assert ("searchbox", "Search") in told
    assert ("checkbox", "matched (8)") in told
    assert ("search", "Map") in told
    assert ("search", "Findings") in told
    assert ("navigation", "Sections") in told
    for name in ("Totals", "Findings", "Map", "Guests", "Hosts", "Datastores", "Sources", "Unread", "Method"):
        assert ("region", name) in told
        assert ("heading", name) in told
    assert [name for role, name in told if role == "DisclosureTriangle" and "db01 nmem0" in name]
    levels = [
        int(node["properties"][0]["value"]["value"])
        for node in tree
        if node.get("role", {}).get("value") == "heading" and not node["ignored"]
    ]
    assert levels[0] == 1
    assert all(later - former <= 1 for former, later in pairwise(levels))


def test_nothing_is_written_by_looking(browser, page):
    assert list(contents(page.parent)) == ["audit.html"]


@pytest.mark.parametrize(
    "spelling",
    [
        "6000c29a-7be0-5d31-48f2-a90c3d41f7e8", "6000c29a7be05d3148f2a90c3d41f7e8", "60 00 C2 9A 7b e0 5d 31-48 f2 a9 0c 3d 41 f7 e8",
        "36000c29a7be05d3148f2a90c3d41f7e8", "wwn-0x6000C29A7BE05D3148F2A90C3D41F7E8", "naa.6000c29a7be05d3148f2a90c3d41f7e8",
        "UUID is 60 00 c2 9a 7b e0 5d 31-48 f2 a9 0c 3d 41 f7 e8", "60 00 c2 9a 7b e0 5d 31",
    ],
)  # fmt: skip
def test_a_uuid_is_found_in_any_spelling(browser, spelling):
    searched(browser, spelling, "1 of 14 rows")
    assert "app02.vmdk" in rows(browser)[0].text


def test_a_row_is_found_by_the_findings_about_it(browser):
    link = browser.find_element(By.CSS_SELECTOR, "details.host-only a[href^='#F-']")
    about, rule = link.get_attribute("hash"), link.get_attribute("textContent")
    its_own = browser.find_elements(By.CSS_SELECTOR, f"details.row:has(a[href='{about}'])")
    searched(browser, about.removeprefix("#"), f"{len(its_own)} of 14 rows")
    searched(browser, f"{rule} {its_own[0].find_element(By.CSS_SELECTOR, 'b').text}", "1 of 14 rows")


def test_a_search_without_a_hit_says_so_and_leads_back(browser):
    searched(browser, "no such file", "0 of 14 rows")
    told = browser.find_element(By.ID, "none")
    assert told.text.startswith("No row that is chosen here holds \u201cno such file\u201d.")
    told.find_element(By.TAG_NAME, "button").click()
    assert len(rows(browser)) == 14
    assert not told.is_displayed()


def test_rows_that_something_stands_against_can_be_seen_alone_and_look_otherwise(browser):
    browser.find_element(By.ID, "against").click()
    shown = rows(browser)
    assert 0 < len(shown) < 14
    for row in shown:
        assert "warning: " in row.text or "error: " in row.text


def test_a_matched_row_that_a_warning_stands_against_is_not_as_green_as_a_clean_one(chromium, tmp_path, root):
    file = tmp_path / "a.html"
    match(read(root / "samples/site", root / "tests/cases/split-and-shared/input", sites=True)).to_html(file)
    set_up(chromium)
    chromium.get(file.as_uri())
    matched = rows(chromium, "matched")
    looks = {
        "against" in row.get_attribute("class"): [
            element.value_of_css_property(what)
            for element in (row.find_element(By.TAG_NAME, "summary"), row.find_element(By.CSS_SELECTOR, ".word"))
            for what in ("background-color", "color")
        ]
        for row in matched
    }
    assert set(looks) == {True, False}
    assert looks[True][0] != looks[False][0]
    assert looks[True][2] != looks[False][2]
    assert looks[True][3] != looks[False][3]


def first_words(browser, column: int) -> list[str]:
    found = [row.find_elements(By.CSS_SELECTOR, "summary > span")[column].text for row in rows(browser)]
    # A browser puts an underscore in front of a dot.
    return [text.replace("_", "!") for text in found]


@pytest.mark.parametrize(("name", "column"), [("vmdk", 0), ("device", 2)])
def test_rows_are_sorted_by_a_column_and_back(browser, name, column):
    before = [row.get_attribute("id") for row in rows(browser)]
    button = browser.find_element(By.CSS_SELECTOR, f"[data-sort={name}] button")
    button.click()
    upward = [row.get_attribute("id") for row in rows(browser)]
    assert sorted(upward) == sorted(before)
    assert first_words(browser, column) == sorted(first_words(browser, column))
    # Where a row lies is said in the row.
    place = browser.execute_script(
        "return getComputedStyle(arguments[0].firstElementChild, '::after').content", rows(browser, "matched")[0]
    )
    assert "Host esx0" in place
    button.click()
    assert first_words(browser, column) == sorted(first_words(browser, column), reverse=True)
    searched(browser, "db01", "6 of 14 rows")
    assert len(rows(browser)) == 6
    searched(browser, "", "14 of 14 rows")
    browser.find_element(By.CSS_SELECTOR, "[data-sort=place] button").click()
    assert [row.get_attribute("id") for row in rows(browser)] == before


def test_a_table_is_sorted_by_a_column(browser):
    head = next(head for head in browser.find_elements(By.CSS_SELECTOR, "#guests th") if head.text == "devices")
    column = browser.execute_script("return arguments[0].cellIndex", head)
    for direction, order in (("ascending", 1), ("descending", -1)):
        head.find_element(By.TAG_NAME, "button").click()
        cells = browser.execute_script(
            "return [...document.querySelectorAll('#guests tbody tr')].map((line) => Number(line.cells[arguments[0]].textContent))", column
        )
        assert len(set(cells)) > 1
        assert cells == sorted(cells)[::order]
        assert head.get_attribute("aria-sort") == direction


def shown_findings(browser) -> list:
    return [finding for finding in browser.find_elements(By.CSS_SELECTOR, "li.finding") if finding.is_displayed()]


def test_findings_are_searched_and_filtered(browser):
    assert len(shown_findings(browser)) == 6
    severity = browser.find_element(By.CSS_SELECTOR, "#finding-tools input[value=warning]")
    severity.click()
    assert [finding.get_attribute("data-rule") for finding in shown_findings(browser)] == ["ambiguous"]
    severity.click()
    for field, attribute in (("finding-rule", "data-rule"), ("finding-machine", "data-machine")):
        select = browser.find_element(By.ID, field)
        option = select.find_elements(By.TAG_NAME, "option")[1]
        option.click()
        assert {finding.get_attribute(attribute) for finding in shown_findings(browser)} == {option.text}
        select.find_element(By.TAG_NAME, "option").click()
    browser.find_element(By.ID, "finding-search").send_keys("no such words")
    told = browser.find_element(By.ID, "finding-none")
    WebDriverWait(browser, 10, poll_frequency=0.05).until(lambda _: told.is_displayed())
    assert shown_findings(browser) == []
    assert browser.find_element(By.ID, "finding-count").text == "0 of 6 findings"
    told.find_element(By.TAG_NAME, "button").click()
    assert len(shown_findings(browser)) == 6


def test_a_link_to_a_row_shows_and_unfolds_it_whatever_was_searched_for(browser):
    link = browser.find_element(By.CSS_SELECTOR, "li.finding a[href^='#R-']")
    row = browser.find_element(By.ID, link.get_attribute("hash").removeprefix("#"))
    searched(browser, "db01", "6 of 14 rows")
    assert not row.is_displayed()
    link.click()
    WebDriverWait(browser, 10, poll_frequency=0.05).until(lambda _: row.is_displayed() and row.get_attribute("open") is not None)
    top = browser.execute_script("return arguments[0].getBoundingClientRect().top", row)
    bar = browser.execute_script("return document.querySelector('.bar').getBoundingClientRect().bottom")
    assert bar <= top < 900


def test_the_headings_stay_on_the_screen(browser):
    browser.execute_script("document.documentElement.style.scrollBehavior = 'auto'")
    browser.execute_script("arguments[0].scrollIntoView({block: 'start'})", rows(browser)[-1])
    heads = browser.find_element(By.CSS_SELECTOR, ".heads")
    assert 0 <= browser.execute_script("return arguments[0].getBoundingClientRect().top", heads) < 200
    table = browser.find_element(By.CSS_SELECTOR, "#guests .data")
    browser.execute_script("arguments[0].style.maxHeight = '4rem'; arguments[0].scrollTop = 1000", table)
    above = "return arguments[0].querySelector('th').getBoundingClientRect().top - arguments[0].getBoundingClientRect().top"
    assert abs(browser.execute_script(above, table)) < 3
