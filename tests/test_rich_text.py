"""What notes add to Markdown, on the cards of the real Anki; and raw HTML, safe unless the project says otherwise."""

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from anki_oracle import blank_cards, collection, import_package, rows
from ankigen.build import read_project
from ankigen.library import markdown
from ankigen.project import find_project
from commands import run, write

NOTE = """\
Wave :: ![[waves.mp3]] and `[sound:no.mp3]` and `{{c1::no}}`

A {{c1::gap}} beside `{{c2::code}}`, <b title="{{c3::HTML}}">bold</b> and \\{{c4::braces}}.[^1]

[^1]: Not {{c5::here}}.

Formula :: $a<b_1 * c_2 \\\\ d$ and \\(x_1\\)

Film :: ![[tide.mp4]] ![[salt.png|30x20]] ![s](salt.png){width=50%}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"waves.mp3": b"a", "tide.mp4": b"b", "salt.png": b"c", "notes.md": NOTE})


def played(card: Any) -> list[str]:
    """The extensions of what Anki plays on the back."""
    return [tag.filename[-4:] for tag in card.answer_av_tags]


def test_anki_takes_gaps_and_sounds_for_what_they_are_and_no_text_for_one(folder: Path) -> None:
    assert run("build", "notes.md", "-o", "all.apkg").exit_code == 0
    with collection(folder) as col:
        import_package(col, folder / "all.apkg")
        assert blank_cards(col) == set()
        cards = {}
        for card_id, fields in rows(col, "select cards.id, flds from cards join notes on nid = notes.id"):
            cards[fields.split("\x1f")[0].split()[0]] = col.get_card(card_id).render_output()
        assert len(cards) == len(col.find_cards("")) == 4
        assert played(cards["Wave"]) == [".mp3"]
        assert "<code>[sound:no.mp3]</code> and <code>{{c1::no}}</code>" in unescape(cards["Wave"].answer_text)
        cloze = unescape(cards["A"].answer_text)
        for text in ("{{c2::code}}", '"{{c3::HTML}}"', "{{c4::braces}}", "Not {{c5::here}}."):
            assert text in cloze
        assert r"\(a&lt;b_1 * c_2 \\ d\) and \(x_1\)" in cards["Formula"].answer_text
        assert played(cards["Film"]) == [".mp4"]
        assert 'width="30" height="20"' in cards["Film"].answer_text
        assert 'width="50%"' in cards["Film"].answer_text
        assert col.media.check().missing == []


HTML = "Term :: <b onclick='x()'>bold</b><script>y()</script>\n"


def definition(folder: Path) -> str:
    (record,) = read_project(find_project([folder])).records
    return record.definition.html


def test_html_is_let_through_only_where_the_project_says_so_and_with_a_warning(folder: Path) -> None:
    write(folder, {"p/content/a.md": HTML, "p/ankigen.toml": ""})
    assert definition(folder / "p") == "<b>bold</b>"
    write(folder, {"p/ankigen.toml": "unsafe_html = true\n"})
    assert definition(folder / "p") == "<b onclick='x()'>bold</b><script>y()</script>"
    said = run("check", folder / "p").output
    assert "warning[unsafe-html]: HTML that can run is let through, as unsafe_html says: <b onclick>, <script>" in said
    write(folder, {"p/ankigen.toml": "", "p/content/a.md": f"---\nunsafe_html: true\n---\n{HTML}"})
    assert definition(folder / "p") == "<b>bold</b>"


def test_the_setting_is_true_or_false(folder: Path) -> None:
    write(folder, {"p/content/a.md": HTML, "p/ankigen.toml": 'unsafe_html = "yes"\n'})
    done = run("check", folder / "p")
    assert done.exit_code == 2
    assert "unsafe_html is neither true nor false" in done.output


def test_what_is_no_mark_of_anki_stays_none_when_html_is_cleaned() -> None:
    html = markdown("<b title='{{c1::x}}' onclick='y'>a</b> `[sound:x]` {{c1::`}}`}} \ufdd0").html
    reference = "<code>&#91;sound:x]</code>"
    assert html == f'<b title="&#123;{{c1::x}}}}">a</b> {reference} {{{{c1::<code>&#125;}}</code>}}}} \ufffd'
