"""The preview's data, its doors, and its export; the page itself is looked at in `test_preview_browser.py`."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ankigen import loading
from ankigen.preview import snapshot as snapshot_module
from ankigen.preview.mathml import with_mathml
from ankigen.preview.page import PAGE
from ankigen.preview.server import open_socket
from ankigen.preview.snapshot import Watched
from ankigen.readers import read_source
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source
from commands import process, run, write
from counting import calls
from previewing import Running, previewed
from test_cardstyle import contrast

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
SOUND = "[sound:hello.mp3]"
NOTES = f"""# Cells

Nucleus :: holds the DNA ![a cell](cell.png)

greeting :: {SOUND}

mass :: $E = mc^2$

Two {{{{c1::one}}}} {{{{c2::two::a number}}}}.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "content", {"notes.md": NOTES, "cell.png": PNG, "other.png": PNG + b"x", "hello.mp3": b"ID3"})
    return tmp_path


def served(running: Running, path: str, **headers: str) -> int:
    return running.ask(path, **headers)[0]


def test_records_and_their_cards_are_served(folder: Path) -> None:
    with previewed(folder) as running:
        records = running.records()
        assert [record["term"] for record in records] == ["Nucleus", "greeting", "mass", "Two one two."]
        assert records[0]["path"] == "content/notes.md"
        (card,) = running.cards(0)["cards"]
        name = card["back"].split('<img src="')[1].split('"')[0]
        status, headers, body = running.ask(f"/media/{name}")
        assert (status, body) == (200, PNG)
        assert headers["content-type"] == "image/png"
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert 'data-play="ankigen-' in running.cards(1)["cards"][0]["back"]
        assert "<math" in running.cards(2)["cards"][0]["back"]
        first, second = running.cards(3)["cards"]
        assert (first["name"], second["name"]) == ("Cloze 1", "Cloze 2")
        assert "[a number]" in second["front"]
        assert running.end() == 0


def test_only_the_page_itself_is_answered(folder: Path) -> None:
    with previewed(folder) as running:
        running.cards(0)
        assert served(running, "/") == 200
        assert served(running, "/", Host=f"localhost:{running.port}") == 200
        for host in ("example.org", f"example.org:{running.port}", "127.0.0.1", f"127.0.0.1:{running.port + 1}", ""):
            assert served(running, "/", Host=host) == 421
        assert served(running, "/api/index", Origin="http://example.org") == 403
        assert served(running, "/api/index", Origin="null") == 403
        assert served(running, "/api/index", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors") == 403
        assert served(running, "/page.js", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors") == 403
        assert served(running, "/api/index", Origin=running.address.rstrip("/")) == 200
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert running.ask("/api/index", method)[0] == 405
        for path in ("/media/cell.png", "/media/other.png", "/media/..%2fcontent%2fnotes.md", "/..%2fnotes.md", "/x"):
            assert served(running, path) == 404
        assert "sandbox allow-scripts" in running.ask("/frame.html")[1]["content-security-policy"]
        rules = running.ask("/")[1]["content-security-policy"]
        assert "default-src 'none'" in rules
        assert "unsafe" not in rules


def test_it_listens_on_this_machine_alone() -> None:
    with open_socket(0) as opened:
        assert opened.getsockname()[0] == "127.0.0.1"


def test_a_picture_that_became_a_link_is_not_served(folder: Path) -> None:
    with previewed(folder) as running:
        name = running.cards(0)["cards"][0]["back"].split('<img src="')[1].split('"')[0]
        secret = write(folder.parent, {"secret.png": b"secret"}) / "secret.png"
        (folder / "content" / "cell.png").unlink()
        (folder / "content" / "cell.png").symlink_to(secret)
        assert served(running, f"/media/{name}") == 404
        secret.unlink()


def test_a_save_arrives_and_broken_files_are_shown(folder: Path) -> None:
    with previewed(folder) as running, running.saves() as saves:
        next(saves)

        def save(name: str, text: str) -> dict[str, Any]:
            write(folder, {name: text})
            next(saves)
            while saves_left(running):
                pass
            return running.index()

        assert save("content/new.md", "new :: record\n")["problems"] == []
        assert "new" in [record["term"] for record in running.records()]
        names = [record["name"] for record in running.records()]
        save("content/notes.md", "A line above.\n\n" + NOTES)
        assert [record["name"] for record in running.records()] == names

        index = save("content/broken.md", "---\ntags: [\n---\nx :: y\n")
        (fault,) = index["diagnostics"]
        assert fault["rule"] == "invalid-front-matter"
        (folder / "content" / "broken.md").unlink()
        next(saves)

        (problem,) = save("templates/term/term.html", "{{Nope}}")["problems"]
        assert "no field 'Nope'" in problem["message"]
        assert running.cards(0)["cards"]  # with the templates that were sound
        (folder / "templates" / "term" / "term.html").unlink()
        next(saves)

        (problem,) = save("ankigen.lock", "garbage\n")["problems"]
        assert "damaged" in problem["message"]
        assert len(running.records()) == len(names)
        (problem,) = save("ankigen.toml", "nam = 1\n")["problems"]
        assert "there is no setting nam" in problem["message"]
        assert len(running.records()) == len(names)


def saves_left(running: Running) -> bool:
    """Whether the server reads still: one save may be told twice."""
    before = running.index()["version"]
    time.sleep(0.15)
    return bool(running.index()["version"] != before)


def test_a_save_is_found_in_a_project_of_loose_files(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "x :: y\n"})
    watched = Watched([tmp_path / "a.md"])
    assert [record.term.markdown for record in watched.snapshot().records] == ["x"]
    (tmp_path / "a.md").unlink()
    snapshot = watched.snapshot()
    assert [record.term.markdown for record in snapshot.records] == ["x"]
    assert snapshot.problems[0].message.startswith("there is no ")


def test_only_changed_files_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        lines = "".join(f"term {number}.{line} :: *definition {line}* of `{number}`\n" for line in range(20))
        write(tmp_path, {f"content/{number}.md": lines})
    read: list[str] = []

    def noting(source: Source, settings: Settings) -> Document:
        read.append(source.path)
        return read_source(source, settings)

    monkeypatch.setattr(loading, "read_source", noting)
    watched = Watched([tmp_path])
    monkeypatch.setattr(snapshot_module, "_MANY", 100)
    next(watched.snapshots())
    assert len(read) == 20
    write(tmp_path, {"content/3.md": "other :: text\n"})
    next(watched.snapshots())
    assert read[20:] == [str(tmp_path / "content/3.md")]
    quick, full = watched.snapshots()
    assert quick.records == full.records
    assert "other" in [record.term.markdown for record in full.records]
    assert len(set(full.names)) == len(full.records) > 100


def test_math_is_shown_without_a_network() -> None:
    shown = with_mathml("a \\(\\frac{1}{2} &lt; x\\) \\[\\begin{aligned}a&amp;=b\\end{aligned}\\] \\(open")
    assert shown.startswith("a <math><mfrac>")
    assert "<mo>&lt;</mo>" in shown
    assert 'class="preview-math"><math' in shown
    assert shown.endswith(" \\(open")
    assert "preview-tex" in with_mathml("\\(\\ce{H2O}\\)")
    assert "<img" not in with_mathml("\\(\\text{&lt;img src=x onerror=alert(1)&gt;}\\) \\(\\bad &lt;img&gt;\\)")


def test_hostile_math_is_shown_as_it_is() -> None:
    pieces = ("{", "x^{", "\\frac", "\\left(", "\\sqrt", "{}^", "\\begin{matrix}", "\\left( a ", "\\sqrt x_", "\\text{")
    before = threading.stack_size(512 * 1024)  # the smallest that a system gives a thread
    try:
        for piece in pieces:
            for count in (50, 150, 900):
                thread = threading.Thread(target=with_mathml, args=[f"\\({piece * count}x{'}' * count}\\)"])
                thread.start()
                thread.join()
    finally:
        threading.stack_size(before)
    many = 20_000
    assert calls(lambda: with_mathml("\\(" * many)) < 10 * many


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_is_the_same_each_time_and_replaces_only_an_export(folder: Path) -> None:
    def export(*arguments: str) -> subprocess.CompletedProcess[str]:
        return process("preview", "--export", *arguments, cwd=folder)

    done = export("public")
    assert (done.returncode, done.stdout) == (0, "public/index.html: 4 records\n"), done.stderr
    first = contents(folder / "public")
    assert {"index.html", "frame.html", "data.js", "cards/0.js", "page.js", "page.css"} <= first.keys()
    pictures = [text for name, text in first.items() if name.startswith("media/")]
    assert len(pictures) == 2
    assert any(base64.b64encode(PNG) in text for text in pictures)
    write(folder / "public", {"stale.js": "old"})
    assert export("public").returncode == 0
    assert contents(folder / "public") == first
    assert sorted(path.name for path in folder.iterdir()) == ["content", "public"]  # nothing half-written is left

    done = export("content")
    assert done.returncode == 2
    assert "holds files that no export has written" in done.stderr
    assert (folder / "content" / "notes.md").read_text() == NOTES
    (folder / "empty").mkdir()
    assert export("empty").returncode == 0


def test_an_export_that_cannot_be_made_leaves_the_last_one(folder: Path) -> None:
    assert run("preview", folder, "--export", folder / "public").exit_code == 0
    before = contents(folder / "public")
    write(folder, {"templates/term/term.html": "{{Nope}}"})
    done = run("preview", folder, "--export", folder / "public")
    assert done.exit_code == 1
    assert "no field 'Nope'" in done.stderr
    assert contents(folder / "public") == before


def test_an_export_with_an_error_in_a_record_is_written_and_said(folder: Path) -> None:
    write(folder, {"content/bad.md": "bad {{c1::cloze\n\nterm ::\n"})
    done = run("preview", folder, "--export", folder / "public")
    assert done.exit_code == 1
    assert (folder / "public" / "index.html").is_file()


@pytest.mark.parametrize(
    ("library", "arguments"),
    [
        ("starlette", ["preview", "--no-open"]),
        ("math_core", ["preview", "--export", "public"]),
        ("watchfiles", ["build", "--watch"]),
    ],
)
def test_without_the_extra_it_is_named(folder: Path, library: str, arguments: list[str]) -> None:
    program = f"import sys; sys.modules[{library!r}] = None; from ankigen.cli import main; main({arguments!r})"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "pip install 'ankigen[preview]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_a_project_a_path_is_needed(tmp_path: Path) -> None:
    for arguments in (["preview"], ["preview", "--export", "public"], ["preview", "nowhere.md"]):
        done = process(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert "no project" in done.stderr or "there is no nowhere.md" in done.stderr


def test_a_port_that_is_taken_is_said(folder: Path) -> None:
    with open_socket(0) as taken:
        taken.listen()
        done = process("preview", "--no-open", "--port", str(taken.getsockname()[1]), cwd=folder)
    assert done.returncode == 1
    assert "cannot be used" in done.stderr


def test_watching_builds_on_each_save_and_survives_a_broken_one(folder: Path) -> None:
    command = [sys.executable, "-u", "-m", "ankigen", "build", "--watch", "--now", "2026-01-31T12:00:00Z"]
    watching = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", env=os.environ
    )
    assert watching.stdout is not None
    said = iter(watching.stdout.readline, "")
    try:
        assert next(said).endswith(" 4 notes: build/notes.apkg\n")
        assert next(said).startswith("ankigen: watching")
        time.sleep(0.5)  # what the build wrote itself is no save: the next line is about the next save
        write(folder, {"content/more.md": "one :: more\n"})
        assert "5 notes: " in next(said)
        before = (folder / "build" / "more.apkg").read_bytes()
        write(folder, {"content/more.md": "---\ntags: [\n---\none :: more\n"})
        assert "error[invalid-front-matter]" in "".join(
            iter(lambda: next(said), "ankigen: nothing was written: see above what stops it\n")
        )
        assert (folder / "build" / "more.apkg").read_bytes() == before
        write(folder, {"content/more.md": "one :: more, and better\n"})
        assert "5 notes: " in next(said)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
        assert "".join(said).strip() == ""
    finally:
        watching.kill()
        watching.wait(20)
        watching.stdout.close()


def test_the_exported_data_cannot_end_its_script(folder: Path) -> None:
    write(folder, {"content/odd.md": "odd \u2028 </script> :: `</script>`\n"})
    assert run("preview", folder, "--export", folder / "public").exit_code in (0, 1)
    data = (folder / "public" / "data.js").read_text(encoding="utf-8")
    assert data.count("\n") == 1
    assert json.loads(data.removeprefix("preview.exported = ").rstrip(";\n"))["title"]


def test_the_page_is_readable_in_both_modes() -> None:
    blocks = re.findall(r":root[.\w]* \{([^}]*--ground:[^}]*)\}", PAGE["page.css"][0])
    assert len(blocks) == 2
    for block in blocks:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for ground in ("ground", "paper", "chosen"):
            for text in ("ink", "muted", "accent"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for ground in ("ground", "paper"):
            for text in ("error", "warning"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
