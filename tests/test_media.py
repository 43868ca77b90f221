"""Pictures and sounds reach the real Anki, whatever they are called and wherever they lie."""

import hashlib
import html
import json
import os
import re
import zipfile
from pathlib import Path

import pytest

import ankigen
from anki_oracle import collection, import_package, rows
from ankigen.media.references import references, rewrite
from commands import NOW, run, write

ODD = "<img src='one.png'><IMG alt='a > b' SRC=two.png> <img alt=x src='three four.png' /><source src=\"five.png\">"
NFC, NFD = "pic\u00e9.png", "pice\u0301.png"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(note: str) -> str:
    """Build a project of one note; its diagnostics."""
    write(Path(), {"content/sub/n.md": note})
    done = run("build")
    assert done.exit_code == 0, done.stderr
    return done.stderr


def shipped() -> dict[str, bytes]:
    """The media files of the package, by name."""
    with zipfile.ZipFile("build/sub.apkg") as archive:
        return {name: archive.read(number) for number, name in json.loads(archive.read("media")).items()}


def name_of(content: bytes, extension: str) -> str:
    return f"ankigen-{hashlib.sha256(content).hexdigest()[:20]}{extension}"


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("![]({})", "content/sub/a.png"),
        ("![]({})", "content/sub/b/c/a.png"),
        ("![]({})", "a.png"),
        ("![a](<{}>)", "content/sub/two words.png"),
        ("![]({})", "content/sub/two%20words.png"),
        ("![]({})", "content/sub/100%.png"),
        ("![]({})", "content/sub/Füße-過.PNG"),
        ("![]({})", "content/sub/a&b.jpeg"),
        ("![]({})", "content/sub/a'b.gif"),
        ("![](<{}>)", 'content/sub/a"b.gif'),
        ("![]({})", "content/sub/none"),
        ("![]({})", "content/sub/a.wéird"),
        ("![]({})", "content/sub/a.b:c"),
        ("![]({})", "content/sub/a.b*c?"),
        ("![]({})", f"content/sub/a.{'x' * 200}"),
        ("![]({} 'title')", "content/sub/a.tiff"),
        ("[sound:{}]", "content/sub/my_new_song.mp3"),
        ("[sound:{}]", "content/sub/two words.ogg"),
        ("[sound:{}]", "content/sub/R&B.flac"),
        ('<img src="{}">', "content/sub/a.webp"),
        ("<IMG alt='x>y' width=20 SRC={}>", "content/sub/a.webp"),
        ('<audio controls src="{}"></audio>', "content/sub/a.mp3"),
        ('<video src="{}" width="20"></video>', "content/sub/a.mp4"),
        ('<video controls>\n<source type="video/mp4" src="{}">\n</video>', "content/sub/a b.mp4"),
    ],
)
def test_a_file_arrives_in_anki(folder: Path, written: str, file: str) -> None:
    write(folder, {file: "content"})
    reference = os.path.relpath(file, "content/sub") if file.startswith("content/sub") else file
    assert not build(f"# Term\n\n{written.format(reference)}\n")
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        check = col.media.check()
        assert (list(check.missing), list(check.unused)) == ([], [])
        (name,) = os.listdir(col.media.dir())
        assert re.fullmatch(r"ankigen-[0-9a-f]{20}(\.[a-z0-9]{1,10})?", name)  # fit for every system
        assert Path(col.media.dir(), name).read_text() == "content"
        assert name in rows(col, "select flds from notes")[0][0]


@pytest.mark.parametrize("written", [NFC, NFD, "pic%C3%A9.png", "pice%CC%81.png", "pic&eacute;.png"])
@pytest.mark.parametrize("file", [NFC, NFD])
def test_accents_may_be_encoded_either_way(folder: Path, file: str, written: str) -> None:
    write(folder, {f"content/sub/{file}": "content"})
    build(f"# Term\n\n![]({written})\n")
    assert shipped() == {name_of(b"content", ".png"): b"content"}


def test_the_name_comes_from_the_content(folder: Path) -> None:
    write(folder, {f"content/{place}/a.PNG": place for place in ("sub", "sub/x", "sub/y")})
    write(folder, {"content/sub/same.png": "sub"})
    build("# Term\n\n![](a.PNG) ![](x/a.PNG) ![](y/a.PNG) ![](same.png) ![](./a.PNG)\n")
    assert shipped() == {name_of(text, ".png"): text for text in (b"sub", b"sub/x", b"sub/y")}


def test_beside_the_note_comes_before_the_project(folder: Path) -> None:
    write(folder, {"a.png": "project", "content/sub/a.png": "note"})
    build("# Term\n\n![](a.png)\n")
    assert list(shipped().values()) == [b"note"]


def test_changed_content_reaches_anki_under_another_name(folder: Path) -> None:
    with collection(folder) as col:
        for number, content in enumerate((b"one", b"two")):
            write(folder, {"content/sub/a.png": content, "content/sub/n.md": "# Term\n\n![](a.png)\n"})
            assert run("build", "--now", str(1_700_000_000 + number)).exit_code == 0
            counts = import_package(col, folder / "build" / "sub.apkg")
            assert counts == ({"updated": 1} if number else {"new": 1})
            assert not col.media.check().missing
        assert set(os.listdir(col.media.dir())) == {name_of(b"one", ".png"), name_of(b"two", ".png")}


def test_remote_pictures_are_named_and_not_fetched(folder: Path) -> None:
    said = build("# Term\n\n![](https://example.org/a.png) ![](//example.org/b.png)\n\n![](HTTP://example.org/a.png)\n")
    assert said.count("warning[remote-media]") == 3
    assert "content/sub/n.md:3:5: warning[remote-media]: https://example.org/a.png is not in the package" in said
    assert shipped() == {}


def test_data_in_place_is_kept(folder: Path) -> None:
    data = "data:image/png;base64,iVBORw0KGgo="
    assert not build(f"# Term\n\n![]({data})\n")
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        assert f'src="{data}"' in rows(col, "select flds from notes")[0][0]


def test_what_only_looks_like_a_reference_is_left_alone(folder: Path) -> None:
    assert not build(
        '# Term\n\n`<img src="a.png">` and &lt;img src="b.png"> and [c](c.png) <!-- <img src="d.png"> -->\n'
    )
    assert shipped() == {}


def test_a_hint_and_a_path_are_only_text(folder: Path) -> None:
    odd = "[sound:a.mp3] <b> {{c1::x}} {{c2::y}}"
    document = ankigen.read_text("Fish {{c1::swim}}\n", f"{odd}.md")
    records = [ankigen.replace(record, hint=odd) for record in document.records]
    assert ankigen.write_package("n.apkg", [document.with_records(records)]) == ()
    with collection(folder) as col:
        import_package(col, folder / "n.apkg")
        assert col.card_count() == 1
        assert not col.media.check().missing
        (fields,) = rows(col, "select flds from notes")[0]
        assert html.unescape(fields).count(odd) == 2


def test_references_in_order_and_rewritten() -> None:
    text = '<img alt="src=&quot;x" src="a&amp;b.png"> [sound:c d.mp3] <object data="e.svg"></object><a href="f">'
    assert references(text) == ["a&b.png", "e.svg", "c d.mp3"]
    assert rewrite(text, lambda name: f"<{name}>") == (
        '<img alt="src=&quot;x" src="&lt;a&amp;b.png&gt;"> [sound:&lt;c d.mp3&gt;] '
        '<object data="&lt;e.svg&gt;"></object><a href="f">'
    )


def test_html_that_is_let_through_may_quote_in_other_ways(folder: Path) -> None:
    """As Anki's import reads it: https://github.com/ankitects/anki/blob/main/rslib/src/text.rs, HTML_MEDIA_TAGS."""
    names = ("one.png", "two.png", "three four.png", "five.png")
    write(folder, {f"content/sub/{name}": name for name in names})
    write(folder, {"content/sub/n.md": f"Term :: {ODD}\n", "ankigen.toml": "unsafe_html = true\n"})
    assert references(ODD) == list(names)
    assert run("build", folder, "--now", NOW).exit_code == 0
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        assert sorted(os.listdir(col.media.dir())) == sorted(name_of(name.encode(), ".png") for name in names)
        assert not col.media.check().missing


def test_a_sound_in_an_attribute_with_other_quotes_is_text() -> None:
    assert references("<b title='[sound:a.mp3]' lang=x>[sound:b.mp3]</b>") == ["b.mp3"]
