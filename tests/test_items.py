"""A list is answered item by item: the script of the card in a real Chromium, over what the real Anki renders."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from anki_oracle import cards_in, collection
from ankigen.notetypes import load_note_types

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

LONG = '<p>a <span style="display: inline-block; width: 3000px">formula</span></p>'

# Shows cards as Anki's reviewer does: in one page that stays, and with their scripts run anew.
PAGE = """<!doctype html><html><meta charset="utf-8"><style>CSS</style><body class="card"><div id="qa"></div><script>
var cards = CARDS, said = [], errors = [];
window.onerror = function (message) { errors.push(message); };
function show(name) {
  var qa = document.getElementById("qa");
  qa.innerHTML = cards[name];
  qa.querySelectorAll("script").forEach(function (old) {
    var script = document.createElement("script");
    script.text = old.text;
    old.replaceWith(script);
  });
  tell("show " + name);
}
function press(key, options) {
  var event = new KeyboardEvent("keydown", Object.assign({ key: key, bubbles: true, cancelable: true }, options));
  ((options || {}).on || document.body).dispatchEvent(event);
  tell("press " + key);
  if (event.defaultPrevented) { errors.push(key + " was taken"); }
}
function tap(selector) {
  document.querySelector(selector).click();
  tell("tap " + selector);
}
function tell(step) {
  var items = Array.from(document.querySelectorAll(".items > ol > li > .item, .items > ul > li > .item"));
  var seen = items.filter(function (item) { return getComputedStyle(item).visibility === "visible"; });
  var bar = document.querySelector(".reveal");
  said.push([step, seen.map(function (item) { return item.innerText.trim(); }).join("|"),
    bar && !bar.hidden ? bar.querySelector(".seen").textContent : "",
    document.getAnimations().length, document.documentElement.scrollWidth - document.documentElement.clientWidth]);
}
STEPS
var out = document.createElement("pre");
out.id = "out";
out.textContent = JSON.stringify({ said: said, errors: errors });
document.body.appendChild(out);
</script></body></html>"""


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The backs of cards, as Anki renders them."""
    listed = {
        "ordered": {"Definition": "<ol><li>one</li><li>two <b>b</b><ul><li>x</li></ul></li><li>three</li></ol>"},
        "bullets": {"Definition": "<ul><li>left</li><li>right</li></ul>"},
        "plain": {"Definition": "<ul><li>left</li></ul>", "Count": ""},
        "typed": {"Definition": "<ul><li>left</li><li>right</li></ul>", "Typed": "1"},
        "wide": {
            "Definition": f"<table><tr><td>{'w' * 900}</td></tr></table><pre>{'x' * 900}</pre>{LONG}",
            "Count": "",
        },
        "themed": {"Definition": "water", "Count": "", "Theme": "large"},
    }
    with collection(tmp_path_factory.mktemp("anki")) as col:
        term = load_note_types()["term"]
        return {
            name: cards_in(col, term, **{"Term": name, "Count": "2"} | fields)[0][1] for name, fields in listed.items()
        }


def shown(folder: Path, cards: dict[str, str], steps: str, *flags: str) -> list[list[Any]]:
    """What is seen after each step: its name, the items, how many of how many, animations, overflow of the page."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium")
    data = json.dumps(cards).replace("</", "<\\/")
    page = PAGE.replace("CSS", load_note_types()["term"].css).replace("STEPS", steps).replace("CARDS", data)
    (folder / "page.html").write_text(page, encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", *flags]
    command += [f"--user-data-dir={folder / 'profile'}", "--dump-dom", (folder / "page.html").as_uri()]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    found = re.search(r'<pre id="out">(.*?)</pre>', dom)
    assert found, dom[-2000:]
    told = json.loads(found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    assert told["errors"] == []
    assert all(step[4] == 0 for step in told["said"])  # the page itself never scrolls sideways
    return [step[:3] for step in told["said"]]


def test_items_appear_one_by_one(tmp_path: Path, cards: dict[str, str]) -> None:
    steps = """
    show("ordered"); press("n"); press("n", { ctrlKey: true }); press(" "); press("1"); tap(".items li");
    press("n"); press("n");
    show("bullets"); press("N", { shiftKey: true }); show("bullets"); tap(".all"); show("bullets"); tap(".next");
    show("plain"); press("n"); show("typed"); press("n"); show("wide");
    show("ordered"); show("bullets"); press("n");
    var box = document.createElement("input"); document.body.appendChild(box); press("n", { on: box });
    """
    two = "two b\nx"
    assert shown(tmp_path, cards, steps) == [
        ["show ordered", "", "0 of 3"],
        ["press n", "one", "1 of 3"],
        ["press n", "one", "1 of 3"],  # with Ctrl it is another shortcut
        ["press  ", "one", "1 of 3"],
        ["press 1", "one", "1 of 3"],
        ["tap .items li", f"one|{two}", "2 of 3"],
        ["press n", f"one|{two}|three", ""],
        ["press n", f"one|{two}|three", ""],
        ["show bullets", "", "0 of 2"],
        ["press N", "left|right", ""],
        ["show bullets", "", "0 of 2"],
        ["tap .all", "left|right", ""],
        ["show bullets", "", "0 of 2"],
        ["tap .next", "left", "1 of 2"],
        ["show plain", "", ""],
        ["press n", "", ""],
        ["show typed", "", ""],
        ["press n", "", ""],
        ["show wide", "", ""],
        ["show ordered", "", "0 of 3"],
        ["show bullets", "", "0 of 2"],
        ["press n", "left", "1 of 2"],  # one, though the script has run many times in this page
        ["press n", "left", "1 of 2"],  # a letter that is typed is no key
    ]


@pytest.mark.parametrize(("flags", "moves"), [((), "true"), (("--force-prefers-reduced-motion",), "false")])
def test_nothing_moves_for_who_asks_for_that(
    tmp_path: Path, cards: dict[str, str], flags: tuple[str, ...], moves: str
) -> None:
    look = 'said.push([String(document.getAnimations().length > 0), "", "", 0, 0]);'
    off = 'document.body.classList.add("reduce-motion");'  # Anki's own setting
    steps = f'show("bullets"); press("n"); {look} {off} show("bullets"); press("n"); {look}'
    answers = [step[0] for step in shown(tmp_path, cards, steps, *flags) if step[0] in ("true", "false")]
    assert answers == [moves, "false"]


def test_the_ground_of_a_theme_lies_behind_the_whole_card(tmp_path: Path, cards: dict[str, str]) -> None:
    look = """
    for (var part of [".term", ".definition", "#answer"]) {
      var box = document.querySelector(part).getBoundingClientRect();
      var hit = document.elementFromPoint(box.left + 9, box.top + box.height / 2);
      said.push([part, String(hit.closest(part) !== null), "", 0, 0]);
    }
    var page = document.querySelector(".page");
    said.push([getComputedStyle(page, "::before").backgroundColor, getComputedStyle(page).color, "", 0, 0]);
    document.body.classList.add("nightMode");
    said.push([getComputedStyle(page, "::before").backgroundColor, getComputedStyle(page).color, "", 0, 0]);
    """
    black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    seen = [step[:2] for step in shown(tmp_path, cards, f'show("themed"); {look}')[1:]]
    parts = [[part, "true"] for part in (".term", ".definition", "#answer")]
    assert seen == [*parts, [white, black], [black, white]]


def test_without_a_script_all_items_are_shown(cards: dict[str, str]) -> None:
    for name in ("ordered", "bullets"):
        still = re.sub(r"<script>.*?</script>", "", cards[name], flags=re.DOTALL)
        assert "unseen" not in still
        assert '<div class="reveal tappable" hidden>' in still


def test_a_card_without_a_list_has_no_script(cards: dict[str, str]) -> None:
    for name in ("plain", "typed", "wide"):
        assert "<script" not in cards[name]
        assert "reveal" not in cards[name]


def test_no_key_of_anki_is_taken() -> None:
    """Anki's reviewer and main window leave ``n`` free (aqt 26.9.3, `_shortcutKeys` and `setupKeys`)."""
    taken = set(" emr*=-!@voiu567123450dsabty")
    script = load_note_types()["term"].templates[0].back
    keys = set(re.findall(r'event\.key\.toLowerCase\(\) === "(.)"', script))
    assert keys == {"n"}
    assert not keys & taken
