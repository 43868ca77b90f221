"""ankigen from Python: what is public, and that it does what the command does."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import ankigen
from anki_oracle import collection, import_package, rows
from commands import run, write

PUBLIC = [
    "BuildError",
    "Diagnostic",
    "Document",
    "Kind",
    "ProjectFault",
    "Record",
    "RichText",
    "Rule",
    "Severity",
    "TemplateFault",
    "markdown",
    "read",
    "read_text",
    "replace",
    "write_package",
]
NOTES = "# Cells\n\n**Ribosome**: makes proteins\n\n**Nucleus**: ![](n.png)\n"
NOW = 1_700_000_000

PROGRAM = """
import ankigen

document = ankigen.read("notes.md")
records = [ankigen.replace(record, tags=(*record.tags, "exam")) for record in document.records]
problems: tuple[ankigen.Diagnostic, ...] = ankigen.write_package("notes.apkg", [document.with_records(records)])

record: ankigen.Record = records[0]
text: str = record.term.markdown + record.definition.html + record.path
line: int = record.line
is_cloze: bool = record.kind is ankigen.Kind.CLOZE
rich: ankigen.RichText = ankigen.markdown("**bold**")
other: ankigen.Document = ankigen.read_text("**one**: b", reader="notes")
try:
    ankigen.write_package("other.apkg", [other], now="2026-01-01")
except ankigen.BuildError as error:
    for problem in error.diagnostics:
        print(problem.place, problem.rule is ankigen.Rule.NO_RECORDS, problem.severity is ankigen.Severity.ERROR)
except (ankigen.ProjectFault, ankigen.TemplateFault) as fault:
    print(fault, fault.hint)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return write(tmp_path, {"notes.md": NOTES, "n.png": "picture"})


def test_this_is_public_and_nothing_else() -> None:
    assert ankigen.__all__ == PUBLIC
    assert set(PUBLIC) <= set(dir(ankigen))
    with pytest.raises(AttributeError, match="'ankigen' has no attribute 'translate'"):
        _ = ankigen.translate


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented(name: str) -> None:
    documented = inspect.getdoc(getattr(ankigen, name))
    assert documented
    assert not documented.startswith(f"{name}(")  # what a dataclass has when nobody wrote any


def test_a_program_that_uses_all_of_it_is_typed(folder: Path) -> None:
    write(folder, {"program.py": PROGRAM})
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / ".mypy"), "program.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    done = subprocess.run([sys.executable, "program.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("code", ["import ankigen", "import ankigen.cli", "from ankigen.cli import main; main(['-h'])"])
def test_it_loads_only_what_is_used(code: str) -> None:
    program = f"""
import atexit, sys
heavy = {{"markdown_it", "mdit_py_plugins", "genanki", "jinja2", "yaml", "nh3", "pygments", "sqlite3", "anki"}}
atexit.register(lambda: print(sorted(heavy & sys.modules.keys()), file=sys.stderr))
{code}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == "[]\n"


def test_records_are_read_changed_and_written(folder: Path) -> None:
    document = ankigen.read("notes.md")
    assert [record.term.markdown for record in document.records] == ["Ribosome", "Nucleus"]
    first, second = document.records
    changed = ankigen.replace(first, definition=ankigen.markdown("makes *proteins*"), kind=ankigen.Kind.REVERSED)
    assert ankigen.write_package("n.apkg", [document.with_records([second, changed])], now=NOW) == ()
    with collection(folder) as col:
        import_package(col, folder / "n.apkg")
        assert not col.media.check().missing
        fields = [row[0].split("\x1f")[:2] for row in rows(col, "select flds from notes")]
        assert fields[0][0] == "Nucleus"
        assert fields[1] == ["Ribosome", "makes <em>proteins</em>"]
        assert col.card_count() == 3


def test_it_writes_what_the_command_writes(folder: Path) -> None:
    write(folder, {"p/ankigen.toml": "name = 'p'\ntags = ['t']\ndeck = 'All'", "p/content/a/b.md": NOTES})
    write(folder, {"p/content/a/n.png": "picture", "p/templates/term/style.css": ".card { color: red }"})
    assert run("build", "p", "--now", str(NOW), "-o", "command.apkg").exit_code == 0
    ankigen.write_package("library.apkg", [ankigen.read("p/content/a/b.md")], now=NOW)
    assert (folder / "library.apkg").read_bytes() == (folder / "command.apkg").read_bytes()


def test_text_is_read_like_a_file(folder: Path) -> None:
    assert ankigen.read_text(NOTES, "notes.md") == ankigen.read("notes.md")
    document = ankigen.read_text("**one**: b\n\n**two**: ", "some/./where.md")
    assert [(problem.path, problem.line) for problem in document.diagnostics] == [("some/where.md", 3)]


def test_the_reader_is_found_out_or_told(folder: Path) -> None:
    paste = "Terms in this set (2)\n\nRibosome\nmakes proteins\nNucleus\nholds the genome\n"
    assert len(ankigen.read_text(paste, reader="studyset").records) == 2
    assert ankigen.read_text(paste, reader="notes").records == ()
    assert ankigen.read_text(NOTES).reader == "notes"
    for read in (ankigen.read, ankigen.read_text):
        with pytest.raises(ValueError, match="there is no reader 'word': use one of notes, studyset"):
            read("notes.md", reader="word")


def test_several_documents_go_into_one_package(folder: Path) -> None:
    documents = [ankigen.read_text(f"**Term {number}**: x\n") for number in range(3)]  # all are "notes.md"
    documents.append(ankigen.read("notes.md"))
    assert ankigen.write_package("n.apkg", documents) == ()
    broken = ankigen.read_text("**Term 4**: ![](../above.png)\n")
    (problem,) = ankigen.write_package("n.apkg", [*documents, broken])
    assert problem.rule is ankigen.Rule.UNSAFE_MEDIA
    with collection(folder) as col:
        assert import_package(col, folder / "n.apkg") == {"new": 5}


def test_records_may_move_to_another_document(folder: Path) -> None:
    write(
        folder,
        {"other/o.md": "# Other\n\n**Wall**: ![](w.png)\n\n**Gap**: ![](../../../none.png)\n", "other/w.png": "wall"},
    )
    first, second = ankigen.read("notes.md"), ankigen.read("other/o.md")
    merged = first.with_records([*second.records, *first.records])
    (problem,) = ankigen.write_package("n.apkg", [merged])
    assert (problem.path, problem.line) == ("other/o.md", 5)
    with collection(folder) as col:
        assert import_package(col, folder / "n.apkg") == {"new": 3}
        assert not col.media.check().missing


def test_a_build_error_says_why_and_keeps_the_package(folder: Path) -> None:
    ankigen.write_package("n.apkg", [ankigen.read("notes.md")])
    before = (folder / "n.apkg").read_bytes()
    (folder / "bad.md").write_bytes(b"\x81")
    cases = {
        "there is no record to build": [],
        "n.md:1:1: the front matter that begins here has no end": [ankigen.read_text("---\ndeck: a\n", "n.md")],
        r"bad.md: line 1 is not UTF-8: it holds the byte 0x81": [ankigen.read("notes.md"), ankigen.read("bad.md")],
        "n.md:1:14: ../x lies outside": [ankigen.read_text("**a b**: ![](../x)\n", "n.md")],
    }
    for message, documents in cases.items():
        with pytest.raises(ankigen.BuildError, match=message) as caught:
            ankigen.write_package("n.apkg", documents)
        assert bool(caught.value.diagnostics) is bool(documents)
    assert (folder / "n.apkg").read_bytes() == before


def test_a_file_that_cannot_be_read_or_written_is_an_os_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ankigen.read("missing.md")
    with pytest.raises(IsADirectoryError):
        ankigen.read(folder)
    (folder / "n.apkg").mkdir()
    with pytest.raises(OSError, match=r"n\.apkg"):
        ankigen.write_package("n.apkg", [ankigen.read("notes.md")])
    assert not list(folder.glob("*.tmp"))


@pytest.mark.parametrize("now", [0, "soon"])
def test_a_time_that_is_none_is_a_value_error(folder: Path, now: str | int) -> None:
    with pytest.raises(ValueError, match=f"'{now}' is no"):
        ankigen.write_package("n.apkg", [ankigen.read("notes.md")], now=now)


def test_what_a_project_does_wrong_is_told(folder: Path) -> None:
    write(folder, {"ankigen.toml": "nam = 1"})
    with pytest.raises(ankigen.ProjectFault, match="there is no setting nam") as caught:
        ankigen.read("notes.md")
    assert caught.value.hint == "did you mean name?"
    write(folder, {"ankigen.toml": "", "templates/term/term.html": "[= what =]"})
    with pytest.raises(ankigen.TemplateFault, match=r"templates/term/term.html:1: "):
        ankigen.write_package("n.apkg", [ankigen.read("notes.md")])
