"""The preview in a real Chromium: cards flip, hints open, saves arrive, and nothing is asked for outside."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, Request, expect

from commands import run, write
from previewing import previewed

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from chromium import browser, find_chromium

PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="red"/></svg>'
)
NOTES = """# Cells

Nucleus :: holds the DNA ![a cell](cell.svg)

Osmosis {kind=typed hint="think of raisins"}
: water crosses a membrane

energy of mass :: $E = mc^2$

Two {{c1::one}} {{c2::two::a number}}.

كِتاب :: book
"""
REACHING_OUT = """
<script>
document.title = "ran";
for (const go of [
  () => fetch("https://example.org/fetched"),
  () => { new Image().src = "https://example.org/pixel.png"; },
  () => { parent.document.title = "reached"; },
  () => { open("https://example.org/opened"); },
]) { try { Promise.resolve(go()).catch(() => {}); } catch { } }
</script>
<a id="away" href="https://example.org/link">a link</a>
<button id="leave" onclick="location.href = 'https://example.org/left'">leave</button>
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium is installed, and CI tests the page in one")
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with browser(path) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, {"content/notes.md": NOTES, "content/cell.svg": PICTURE})


class Watched:
    """A page, and all that it says and asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[Request] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.context.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def _see(self, request: Request) -> None:
        self.asked.append(request)

    @property
    def card(self) -> FrameLocator:
        """The card in view."""
        return self.page.frame_locator("#stage iframe:not(.coming)")

    def outside(self, own: str) -> list[str]:
        """What was asked for that is not its own."""
        urls = {request.url for request in self.asked if request.failure != "csp"}  # which Chromium did not send
        return [url for url in urls if not url.startswith((own, "data:"))]


@contextmanager
def opened(chromium: Browser, address: str, **options: object) -> Iterator[Watched]:
    context = chromium.new_context(viewport={"width": 1200, "height": 800}, **options)  # type: ignore[arg-type]
    try:
        context.set_default_timeout(15_000)
        watched = Watched(context.new_page())
        watched.page.goto(address)
        yield watched
    finally:
        context.close()


def look(watched: Watched, own: str) -> None:
    """All that a learner would try, by keyboard."""
    page, card = watched.page, watched.card
    expect(card.locator("#qa")).to_contain_text("Nucleus")
    expect(page.get_by_role("option")).to_have_count(5)
    page.keyboard.press("Space")
    expect(card.locator("#qa")).to_contain_text("holds the DNA")
    assert card.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    expect(page.locator("#flip")).to_have_text("Show front")

    page.keyboard.press("j")  # the typed one: its hint and its box, by keyboard
    expect(card.locator("input#typeans")).to_be_visible()
    expect(card.locator("div.hint")).to_be_hidden()
    card.locator("a.hint").press("Enter")
    expect(card.locator("div.hint")).to_have_text("think of raisins")
    card.locator("input#typeans").fill("j n p")  # these are letters here
    card.locator("input#typeans").press("Enter")
    expect(card.locator("code#typeans")).to_have_text("water crosses a membrane")

    page.locator("#list").focus()
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(card.locator("math msup")).to_be_visible()
    page.keyboard.press("j")
    expect(card.locator(".cloze")).to_have_text("[...]")
    page.keyboard.press("2")
    expect(card.locator(".cloze")).to_have_text("[a number]")

    page.keyboard.press("n")
    expect(card.locator("body")).to_have_class("card card2 isLin nightMode night_mode")
    light, dark = "rgb(251, 250, 247)", "rgb(28, 27, 25)"
    assert card.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == dark
    page.keyboard.press("n")
    assert card.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == light
    page.keyboard.press("p")
    expect(page.locator("#phone")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#stage iframe:not(.coming)")).to_have_js_property("clientWidth", 388)
    page.keyboard.press("p")

    page.keyboard.press("/")
    page.keyboard.type("MEMBRANE")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(card.locator("input#typeans")).to_be_visible()
    assert watched.outside(own) == []
    assert watched.said == []


def test_the_preview_of_a_project(chromium: Browser, folder: Path) -> None:
    with previewed(folder) as running, opened(chromium, running.address) as watched:
        look(watched, running.address)
        keep_place(watched, folder)


def keep_place(watched: Watched, folder: Path) -> None:
    """A save arrives, and the chosen card stays, on the side it was on; what is broken is told."""
    page, card = watched.page, watched.card
    page.keyboard.press("Space")
    expect(card.locator("code#typeans")).to_have_text("water crosses a membrane")
    write(
        folder,
        {"content/notes.md": "Above :: all\n\n" + NOTES.replace("water", "pure water").replace("energy", "Energy")},
    )
    expect(card.locator("code#typeans")).to_have_text("pure water crosses a membrane")
    expect(page.locator("#about")).to_contain_text("content/notes.md:7")

    write(folder, {"templates/term/term.html": "{{Nope}}"})
    expect(page.get_by_role("alert")).to_contain_text("has no field 'Nope'")
    expect(card.locator("code#typeans")).to_have_text("pure water crosses a membrane")
    (folder / "templates" / "term" / "term.html").unlink()
    expect(page.get_by_role("alert")).to_be_hidden()

    page.reload()
    expect(card.locator("input#typeans")).to_be_visible()  # of the record that was shown
    write(folder, {"content/more.md": "broken {{c1::cloze\n\nfine :: {{c1::here}} {{c\n\n[x](y.png) ::\n"})
    page.get_by_role("button", name="problem").click()
    page.locator("#faultpane button").first.click()
    expect(page.locator("#about .fault").first).to_be_visible()
    assert watched.said == []


def test_an_export_opens_from_disk(chromium: Browser, folder: Path) -> None:
    assert run("preview", folder, "--export", folder / "public").exit_code == 0
    address = (folder / "public" / "index.html").as_uri()
    with opened(chromium, address) as watched:
        look(watched, (folder / "public").as_uri())


def test_a_card_reaches_nothing(chromium: Browser, folder: Path) -> None:
    write(folder, {"templates/term/ask-definition.html": "{{Term}}" + REACHING_OUT})
    with previewed(folder) as running, opened(chromium, running.address) as watched:
        expect(watched.card.locator("#away")).to_be_visible()
        watched.card.locator("#away").click()
        expect(watched.page.locator("#about a")).to_have_attribute("href", "https://example.org/link")
        expect(watched.card.locator("#away")).to_be_visible()  # it is still there: nothing led it elsewhere
        watched.card.locator("#leave").click()
        watched.page.wait_for_timeout(300)  # nothing tells when something did not happen
        assert "ankigen preview" in watched.page.title()
        assert len(watched.page.context.pages) == 1
        assert watched.outside(running.address) == []


def test_the_scripts_of_a_template_run_in_one_window(chromium: Browser, folder: Path) -> None:
    front = "{{Term}}<script>window.runs = (window.runs || 0) + 1; onUpdateHook.push(() => qa.append('+'));</script>"
    back = '{{FrontSide}}<p id="many"></p><script>document.getElementById("many").textContent = runs;</script>'
    write(folder, {"templates/term/ask-definition.html": front, "templates/term/definition.html": back})
    with previewed(folder) as running, opened(chromium, running.address) as watched:
        expect(watched.card.locator("#qa")).to_have_text("Nucleus+")
        watched.page.keyboard.press("Space")
        expect(watched.card.locator("#many")).to_have_text("2")  # once for the front, once for the front on the back
        watched.page.keyboard.press("Space")
        expect(watched.card.locator("#many")).to_have_count(0)
        watched.page.keyboard.press("j")
        watched.page.keyboard.press("Space")
        expect(watched.card.locator("#many")).to_have_text("2")
        assert watched.said == []


def test_a_phone_shows_list_and_card_in_turn(chromium: Browser, folder: Path) -> None:
    options = {"has_touch": True, "is_mobile": True, "color_scheme": "dark"}
    with previewed(folder) as running, opened(chromium, running.address, **options) as watched:
        page, card = watched.page, watched.card
        page.set_viewport_size({"width": 390, "height": 800})
        expect(page.locator("html")).to_have_class("night")
        page.get_by_role("option").nth(1).tap()
        expect(page.locator("#records")).to_be_hidden()
        card.locator("a.hint").tap()
        expect(card.locator("div.hint")).to_have_text("think of raisins")
        page.locator("#flip").tap()
        expect(card.locator("code#typeans")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("#back").tap()
        expect(page.get_by_role("option").nth(1)).to_be_visible()
        assert watched.said == []


def test_an_empty_project_says_what_to_do(chromium: Browser, tmp_path: Path) -> None:
    write(tmp_path, {"ankigen.toml": "", "content/_draft.md": "a :: b\n"})
    with previewed(tmp_path) as running, opened(chromium, running.address) as watched:
        expect(watched.page.locator("#stage")).to_contain_text("No records yet")
        write(tmp_path, {"content/first.md": "a :: b\n"})
        expect(watched.card.locator("#qa")).to_contain_text("a")
        running.end()
        expect(watched.page.get_by_role("alert")).to_contain_text("does not answer")


def test_a_long_list_holds_few_rows(chromium: Browser, tmp_path: Path) -> None:
    lines = "".join(f"term {number} :: definition {number}\n" for number in range(3_000))
    write(tmp_path, {"content/long.md": lines})
    assert run("preview", tmp_path, "--export", tmp_path / "public").exit_code == 0
    with opened(chromium, (tmp_path / "public" / "index.html").as_uri()) as watched:
        page = watched.page
        expect(page.locator("#count")).to_have_text("3000 records")
        assert page.get_by_role("option").count() < 40
        page.locator("#list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
        page.get_by_role("option", name="term 2999").click()
        expect(watched.card.locator("#qa")).to_contain_text("term 2999")
