"""Cards that are hard to learn are named when that is asked for, and good cards are left alone.

In `fixtures/learning/bad.md` every record stands under the name of the rule that it breaks, and breaks no other;
`good.md` holds cards of all kinds that come near to each rule and break none.
"""

from pathlib import Path

import pytest

from ankigen.diagnostics import Nature, Rule
from ankigen.learning import check_learning
from ankigen.policy import Policy
from ankigen.readers import read_source
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source
from commands import run, write

FIXTURES = Path(__file__).parent / "fixtures" / "learning"
CONTENT = Path(__file__).parents[1] / "content"
RULES = {rule.value: rule for rule in Rule}
ACROSS = {Rule.REPEATED_FRONT}  # needs several decks, or both sides of a record: it is tested below


def checked(text: str, name: str = "n.md") -> Document:
    (document,) = check_learning([read_source(Source(name, text), Settings())], Policy())
    return document


def said(document: Document) -> list[tuple[int, Rule]]:
    return [(fault.line, fault.rule) for fault in document.diagnostics if fault.rule.nature is Nature.LEARNING]


def test_good_cards_are_left_alone() -> None:
    document = checked((FIXTURES / "good.md").read_text("utf-8"))
    assert len(document.records) > 40
    assert said(document) == []


def test_each_bad_card_is_named_by_its_rule_and_no_other() -> None:
    document = checked((FIXTURES / "bad.md").read_text("utf-8"))
    assert said(document) == [(record.line, RULES[record.tags[0]]) for record in document.records]
    assert {rule for _, rule in said(document)} | ACROSS == {rule for rule in Rule if rule.nature is Nature.LEARNING}


@pytest.mark.parametrize("path", sorted(CONTENT.rglob("*.md")), ids=lambda path: path.name)
def test_the_sample_notes_have_no_such_cards(path: Path) -> None:
    assert said(checked(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("first", "second", "rules"),
    [
        ("Bank :: money", "bank :: river", ["repeated-front"]),
        ("schnell ::: fast", "rasch ::: fast", ["repeated-front"]),
        ("schnell ::: fast", "fast :: schnell", ["repeated-front"]),
        ("schnell :: fast", "rasch :: fast", []),
        ("schnell ::: fast", "rasch ::: fast {hint=r}", []),
        ("Bank :: money", "Bench :: seat", []),
    ],
)
def test_fronts_are_compared_across_decks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, rules: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": f"{first}\n", "content/b.md": f"{second}\n"})
    lines = [line for line in run("check", "--learning").stdout.splitlines() if line.startswith("content")]
    assert [line.split("[")[1].split("]")[0] for line in lines] == rules


def test_they_are_said_only_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    note = "Q: Is a whale a fish?\nA: No\n\nQ: What? Why?\nA: a thing\n"
    write(tmp_path, {"n.md": note})
    assert run("check", "n.md").stdout == ""
    shown = run("check", "n.md", "--learning")
    assert (shown.exit_code, shown.stdout.count("warning[")) == (0, 2)
    assert run("check", "n.md", "--learning", "--strict").exit_code == 1
    write(tmp_path, {"ankigen.toml": '[rules]\nyes-no-question = "info"\n'})
    assert "info[yes-no-question]" in run("check", "n.md").stdout
    assert "several-questions" not in run("check", "n.md").stdout
    write(tmp_path, {"ankigen.toml": '[rules]\nlearning = true\nyes-no-question = "off"\n'})
    assert "yes-no-question" not in run("check", "n.md").stdout
    assert "several-questions" in run("build", "n.md").stderr
    write(tmp_path, {"n.md": note.replace("A: No", "A: No <!-- ankigen: ignore yes-no-question -->")})
    assert "ignore" not in run("check", "n.md").stdout
