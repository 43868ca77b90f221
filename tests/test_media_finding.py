"""Which file a name means: case, accents, folders, links; and what is said of files that are not as they should be."""

import os
import re
from collections import Counter
from pathlib import Path
from typing import IO, Any

import pytest

from anki_oracle import collection, import_package, rows
from ankigen.media.kinds import kind_of
from commands import run, write
from test_media import build, folder, name_of, shipped

__all__ = ["folder"]  # the fixture

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def says(text: str) -> list[str]:
    """The rules of the diagnostics, in order."""
    return re.findall(r"\w+\[([\w-]+)\]", text)


@pytest.mark.parametrize(
    ("written", "files", "taken"),
    [
        ("Pic.PNG", ["content/sub/pic.png"], "content/sub/pic.png"),
        ("IMG/É.png", ["content/sub/img/e\u0301.PNG"], "content/sub/img/e\u0301.PNG"),
        ("../Sub/a.png", ["content/sub/a.png"], "content/sub/a.png"),
        ("a%20B.png", ["content/sub/A b.png"], "content/sub/A b.png"),
        ("a.png", ["A.png", "content/x/y/b.png"], "A.png"),
        ("a.png", ["content/x/y/A.png"], "content/x/y/A.png"),
    ],
)
def test_a_name_in_another_case_is_found_and_said(folder: Path, written: str, files: list[str], taken: str) -> None:
    write(folder, {file: file for file in files})
    said = build(f"# Term\n\n![]({written})\n")
    assert says(said) == ["case-mismatch"]
    assert f"n.md:3:5: warning[case-mismatch]: {written} is found only because upper and lower case" in said
    assert f"write {Path(taken).name}" in said
    assert list(shipped().values()) == [taken.encode()]


def test_the_same_case_comes_first_wherever_it_lies(folder: Path) -> None:
    write(folder, {"content/sub/A.png": "beside", "a.png": "project"})
    assert not build("# Term\n\n![](a.png)\n")
    assert list(shipped().values()) == [b"project"]


@pytest.mark.parametrize(
    ("written", "files"),
    [
        ("A.PNG", ["content/sub/a.png", "content/sub/A.png"]),
        ("I/A.png", ["content/sub/i/a.png", "content/sub/i/a.PNG"]),
        ("a.png", ["content/x/a.png", "content/y/a.png"]),
        ("A.png", ["content/x/a.png", "content/y/a.PNG"]),
    ],
)
def test_a_name_for_several_files_is_not_guessed(folder: Path, written: str, files: list[str]) -> None:
    write(folder, {file: file for file in files})
    said = build(f"# Term\n\n![]({written})\n")
    assert says(said) == ["ambiguous-media"]
    assert all(file in said for file in files)
    assert shipped() == {}


def test_a_bare_name_is_looked_up_among_all_notes(folder: Path) -> None:
    write(folder, {"content/x/_files/a.png": "a", "content/.trash/a.png": "trash", "content/b/c.png": "c"})
    assert not build('# Term\n\n<img src="a.png" width="300">\n')
    assert list(shipped().values()) == [b"a"]
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        assert f'<img src="{name_of(b"a", ".png")}" width="300">' in rows(col, "select flds from notes")[0][0]
    assert says(build("# Term\n\n![](x/c.png)\n")) == ["missing-media"]  # a wrong folder is no bare name


def test_loose_notes_do_not_search_the_folders_around(folder: Path) -> None:
    write(folder, {"a.md": "# Term\n\n![](a.png)\n", "x/a.png": "a"})
    assert says(run("build", "a.md").stderr) == ["missing-media"]
    write(folder, {"y/a.md": "# Term\n\n![](a.png)\n", "y/x/a.png": "a"})
    assert says(run("build", "y").stderr) == []  # a folder that was named is a vault


def test_places_in_order(folder: Path) -> None:
    write(folder, {"ankigen.toml": "[media]\nfolder = 'files/all'\n"})
    places = ["content/sub", ".", "content", "files/all", "content/deep/er"]
    for place in reversed(places):
        write(folder, {f"{place}/i/a.png" if place != "content/deep/er" else f"{place}/a.png": place})
        build(f"# Term\n\n![]({'a.png' if place == 'content/deep/er' else 'i/a.png'})\n")
        assert list(shipped().values()) == [place.encode()]
    build("# Term\n\n![](/i/a.png) ![](i\\a.png)\n")  # from the top of a site, and as Windows writes it
    assert set(shipped().values()) == {b".", b"content/sub"}


@pytest.mark.parametrize("settings", ["folder = '..'", "folder = '/etc'", "folder = 'link'"])
def test_the_folder_for_media_lies_inside(folder: Path, settings: str) -> None:
    (folder / "link").symlink_to("/etc")
    write(folder, {"ankigen.toml": f"[media]\n{settings}\n", "content/a.md": "# T\n\nx\n"})
    done = run("build")
    assert (done.exit_code, "leads out of the project" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("place", "is_folder"), [("content/sub", False), ("media", False), ("media", True), ("content/deep", False)]
)
def test_links_never_lead_out(folder: Path, place: str, is_folder: bool) -> None:
    write(folder, {"p/ankigen.toml": "[media]\nfolder = 'media'\n", "outside/a.png": "secret", "p/in/b.png": "ours"})
    os.chdir("p")
    (folder / "p" / place).mkdir(parents=True)
    for name, target in (("a.png", "outside/a.png"), ("b.png", "p/in/b.png")):
        link = folder / "p" / place / ("x" + name if is_folder else name)
        link.symlink_to(folder / target if not is_folder else (folder / target).parent)
    prefix = {"a": "xa.png/", "b": "xb.png/"} if is_folder else {"a": "", "b": ""}
    said = build(f"# Ours\n\n![]({prefix['b']}b.png)\n")
    assert (said, list(shipped().values())) == ("", [b"ours"])
    write(Path(), {"content/sub/n.md": f"# Term\n\n![]({prefix['a']}a.png)\n\n# Other\n\nx\n"})
    done = run("build")
    assert says(done.stderr)[0] in ("unsafe-media", "missing-media")
    assert shipped() == {}


def test_settings_for_media(folder: Path) -> None:
    for text, said in (
        ("media = 1", "media is no table"),
        ("[media]\nfolders = 'x'", "there is no setting media.folders\n  hint: did you mean media.folder?"),
        ("[media]\nlargest = -1", "media.largest is no number from 0"),
        ("[media]\nshrink = true", "media.shrink is no number from 0"),
    ):
        write(folder, {"ankigen.toml": text, "content/a.md": "# T\n\nx\n"})
        done = run("build")
        assert done.exit_code == 2
        assert said in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "rules", "extension"),
    [
        ("a.jpg", PNG, ["mislabelled-media"], ".png"),
        ("a.png", JPEG, ["mislabelled-media"], ".jpg"),
        ("a.JPEG", JPEG, [], ".jpeg"),
        ("a.mp3", b"OggS\0" + bytes(9), ["mislabelled-media"], ".ogg"),
        ("a.opus", b"OggS\0" + bytes(9), [], ".opus"),
        ("a.mp4", b"\0\0\0\x18ftypM4A " + bytes(9), [], ".mp4"),
        ("a.wav", b"ID3" + bytes(9), ["mislabelled-media"], ".mp3"),
        ("picture", PNG, [], ".png"),
        ("a.png", b"content", [], ".png"),
        ("a.png", b"", ["empty-media"], None),
        ("a.png", b"<!DOCTYPE html><script>", ["mislabelled-media"], None),
        ("a.html", b"text", ["mislabelled-media"], None),
        ("a.png", PNG + bytes(2**20), ["oversized-media"], ".png"),
    ],
)
def test_files_that_are_not_what_they_seem(
    folder: Path, name: str, content: bytes, rules: list[str], extension: str | None
) -> None:
    write(folder, {"ankigen.toml": "[media]\nlargest = 1\n", f"content/sub/{name}": content})
    said = build(f"# Term\n\n![]({name})\n\n# Again\n\n![]({name})\n")
    assert says(said) == rules  # once, however often it is used
    assert shipped() == ({name_of(content, extension): content} if extension else {})


def test_other_files_have_no_kind() -> None:
    for content in (b"", b"text", b"BMW and others", b"GIF", b"\xff\xd8", b"<p>svg</p>", b"II* "):
        assert kind_of(content) is None


def test_files_that_no_record_uses_are_said_by_check(folder: Path) -> None:
    write(folder, {"ankigen.toml": "[media]\nfolder = 'media'\n", "content/sub/used.png": "1", "media/odd.xyz": "2"})
    write(folder, {"content/sub/left.mp3": "3", "content/data.bin": "4", "content/_no.png": "", "media/a.md": "x"})
    assert not build("# Term\n\n![](used.png)\n\n# Heard\n\n[sound:odd.xyz]\n")
    assert says(run("check").stdout) == ["unused-media", "unused-media"]
    assert "content/sub/left.mp3: info[unused-media]: no record uses this file" in run("check").stdout
    assert says(run("check", "content/sub/n.md").stdout) == []  # other notes may use it
    write(folder, {"ankigen.toml": "[media]\nfolder = '.'\n"})
    assert "ankigen.toml:" not in run("check").stdout


def test_each_file_is_hashed_once_and_each_folder_listed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Counter[str] = Counter()
    listed: Counter[str] = Counter()
    real_open, real_list = Path.open, os.listdir

    def counting(self: Path, *arguments: Any, **options: Any) -> IO[Any]:
        opened[self.name] += 1
        file: IO[Any] = real_open(self, *arguments, **options)
        return file

    def listing(path: Any = ".") -> list[str]:
        listed[str(path)] += 1
        return real_list(path)

    write(folder, {f"content/sub/{n}.png": str(n) for n in range(20)})
    monkeypatch.setattr(Path, "open", counting)
    monkeypatch.setattr(os, "listdir", listing)
    build("\n\n".join(f"# {n}\n\n![]({n % 20}.png) ![](none{n}.png)" for n in range(60)))
    assert {name: opened[name] for name in opened if name.endswith(".png")} == {f"{n}.png": 1 for n in range(20)}
    assert {count for path, count in listed.items() if path.startswith(str(folder))} == {1}


def test_all_kinds_of_html_media(folder: Path) -> None:
    files = {
        "a.png": PNG,
        "b.mp3": b"ID3 ",
        "c.mp4": b"\0\0\0\x18ftypisom",
        "d.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    }
    write(folder, {f"content/sub/{name}": content for name, content in files.items()})
    write(folder, {"content/sub/p.png": "poster", "content/sub/e.pdf": "%PDF-1.7", "content/sub/evil.html": "<html>"})
    said = build(
        '# Term\n\n<img src="a.png" srcset="a2.png 2x" width="30" height="20" style="background: URL(x.png)">\n'
        '<audio src="b.mp3" controls autoplay></audio> <video poster="p.png" width="9"><source src="c.mp4"></video>\n'
        '<object data="d.svg" type="image/svg+xml" width="3">drawing</object> <object data="e.pdf"></object>\n'
        '<object data="evil.html"></object> <object data="ht tp://x.org/"></object> \n'
        '<object data="//x.org/a"></object>\n'
    )
    assert says(said) == ["unfollowed-media", "unsafe-html", "mislabelled-media"]
    assert "<img srcset>, <img style> with url(), <video poster>" in said
    assert len(shipped()) == 5
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        assert list(col.media.check().missing) == ["evil.html"]
        assert set(os.listdir(col.media.dir())) == set(shipped())
        (fields,) = rows(col, "select flds from notes")[0]
        assert 'width="30" height="20"' in fields
        assert "x.org" not in fields


def test_a_sound_in_code_math_or_an_attribute_is_text(folder: Path) -> None:
    write(folder, {"content/sub/a.png": "a", "content/sub/real.mp3": "real"})
    quiet = "`[sound:a.mp3]` $[sound:b.mp3]$ $$[sound:c.mp3]$$ ![[sound:d.mp3]](a.png)"
    assert not build(f"# Term\n\n{quiet} [sound:real.mp3]\n\n```python\n'[sound:e.mp3]'\n```\n")
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        assert not col.media.check().missing
        (card,) = col.find_cards("")
        tags = col.get_card(card).render_output().answer_av_tags
        assert [getattr(tag, "filename", "") for tag in tags] == [name_of(b"real", ".mp3")]
        assert run("verify", "build/sub.apkg").exit_code == 0
        assert "&#91;sound:e.mp3]" in col.get_card(card).render_output().answer_text
