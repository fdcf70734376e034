"""One person at one browser. Whatever page they come to is looked at: by axe, and for what all pages share."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.elsewhere import EXIT, ROOM

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"
WITH_ITS_STATUS = "Failed to load resource: the server responded with a status of 4"  # a page that says no


class Visitor:
    """A person with a browser of their own. `clicks` and `opens` go on only when the new page is in order."""

    def __init__(self, context, site, *, scripts=True):
        self.page, self.site, self.scripts = context.new_page(), site, scripts
        self.faults, self.looked_at = [], set()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._watch)
        self.page.on("response", self._read)

    # -- what a person does ------------------------------------------------------------------------
    def opens(self, address):
        """Go to a path of ours, or to a whole address out of a mail."""
        self.page.goto(address if "://" in address else self.site + address)
        self.looks()

    def clicks(self, name, *, within="body"):
        """Press the link or the button of this name. Waits for the page it leads to."""
        place, words = self.page.locator(within), re.compile(rf"^{re.escape(name).replace(':', ' ?:')}$")
        button, link = (place.get_by_role(role, name=words) for role in ("button", "link"))
        with self.page.expect_navigation():
            button.or_(link).first.click()
        self.looks()

    def leaves_through(self, name):
        """Press what leads out of the site. There is nothing of ours to look at then."""
        with self.page.expect_navigation(url=lambda url: not url.startswith(self.site)):
            self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name)).first.click()

    def writes(self, **words):
        """Fill fields, each by its name in the form."""
        for name, text in words.items():
            self.page.locator(f"main [name={name}]").fill(text)

    def chooses(self, *labels):
        """Tick the boxes or radios whose label begins with these words."""
        for label in labels:
            self.page.locator("main").get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first.check()

    def picks(self, field, label):
        """Take from a list the entry that holds these words."""
        entry = self.page.locator(f"main select[name={field}] option", has_text=label).first
        self.page.locator(f"main select[name={field}]").select_option(entry.get_attribute("value"))

    def unfolds(self, summary):
        """Open a part of the page that stands folded."""
        self.page.locator("main summary", has_text=summary).first.click()

    def turns_to(self, screen, theme):
        """The same browser on another screen, in light or dark."""
        self.page.set_viewport_size(screen)
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")

    # -- what a person sees ------------------------------------------------------------------------
    def sees(self, *words):
        for text in words:
            expect(self.page.locator("main")).to_contain_text(text)

    def does_not_see(self, *words):
        for text in words:
            expect(self.page.locator("body")).not_to_contain_text(text)

    @property
    def path(self):
        return urlsplit(self.page.url).path

    @property
    def cookies(self):
        return {cookie["name"] for cookie in self.page.context.cookies(self.site)}

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()

    @property
    def focus(self):
        """The words of what the keyboard stands on."""
        return self.page.evaluate("document.activeElement.innerText || document.activeElement.name").strip()

    @property
    def focus_can_be_seen(self):
        """It stands inside the window and has a ring around it."""
        box = self.page.locator(":focus").bounding_box()
        ring = self.page.locator(":focus").evaluate("here => parseFloat(getComputedStyle(here).outlineWidth)")
        return box["y"] >= 0 and box["x"] >= 0 and ring >= 2

    def stops_of_the_tab_key(self, count):
        """What the keyboard comes to, each with a ring that can be seen."""
        stops = []
        for _press in range(count):
            self.page.keyboard.press("Tab")
            assert self.focus_can_be_seen, f"{self.path}: no focus to be seen after {stops}"
            stops.append(self.focus)
        return stops

    def fits_a_small_phone(self):
        """The same page, 320 wide."""
        screen = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 640})
        self.sees_no_sideways_scroll()
        self.page.set_viewport_size(screen)

    def looks(self):
        """Whether this page is as every page must be."""
        assert self.page.locator("h1").count() == 1, f"{self.path} has not one heading"
        assert self.page.title().strip(" -"), f"{self.path} has no title"
        assert self.page.locator("#help").count() == 1, f"{self.path} has no help block"
        assert self.page.locator("form[data-leave][action='/leave/'] button").is_visible(), f"{self.path}: no Leave"
        self.sees_no_sideways_scroll()
        self.is_held_up_by_axe()
        assert self.faults == []

    def sees_no_sideways_scroll(self):
        assert self.page.evaluate(SIDEWAYS) <= 0, f"{self.path} scrolls sideways at {self.page.viewport_size['width']}"

    def is_held_up_by_axe(self):
        """Axe, once for each state of each page. It needs scripts itself."""
        first = self.page.locator("main h2").all_inner_texts()[:1]  # a card, a step: it says which state this is
        state = (self.path, self.page.title(), *first, self.page.viewport_size["width"])
        if not self.scripts or state in self.looked_at:
            return
        self.looked_at.add(state)
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        found = AxeResults(self.page.evaluate("options => axe.run(options)", options))
        assert found.violations_count == 0, f"{self.path}\n{found.generate_report()}"

    # -- what goes wrong meanwhile -----------------------------------------------------------------
    def _hear(self, message):
        if message.type in {"error", "warning"} and not message.text.startswith(WITH_ITS_STATUS):
            self.faults.append(f"console: {message.text}")

    def _watch(self, request):
        """Only ourselves, except for a page that is left for the exit or the video room."""
        address = urlsplit(request.url)
        ours = request.url.startswith((self.site, "data:"))
        on_the_way_out = request.is_navigation_request() or request.redirected_from or self._is_elsewhere()
        if not ours and not (address.hostname in {EXIT, ROOM} and on_the_way_out):
            self.faults.append(f"request to {request.url}")

    def _is_elsewhere(self):
        return urlsplit(self.page.url).hostname in {EXIT, ROOM}

    def _read(self, response):
        beside_the_page = response.status >= 400 and not response.request.is_navigation_request()
        if (beside_the_page or response.status >= 500) and not self._is_elsewhere():
            self.faults.append(f"{response.status} at {response.url}")
