"""Each rule has a page whose example, run through the command line, prints exactly what the page shows."""

import json
import re
import sys
from pathlib import Path

import pytest

from ankigen.catalogue import page, summary
from ankigen.diagnostics import Rule
from catalogue_pages import FOLDER, example
from commands import run

ROOT = Path(__file__).parents[1]


def test_every_page_is_of_a_rule_and_every_rule_has_a_page() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == {rule.value for rule in Rule}


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.value)
def test_the_example_prints_what_its_page_shows(rule: Rule) -> None:
    text = (FOLDER / f"{rule.value}.md").read_text("utf-8")
    assert text.startswith(f"# {rule.value}\n\n")
    assert 10 < len(summary(rule)) < 140
    found = example(text)
    assert f"[{rule.value}]: " in found.shown
    assert found.actual.rstrip("\n") == found.shown.rstrip("\n")


def test_the_rules_in_the_docs_are_those_of_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    sys.modules.pop("write_rules", None)
    from write_rules import OUTPUT, written

    assert OUTPUT.read_text("utf-8") == written(), "run python tools/write_rules.py"


def test_explain_lists_every_rule_on_a_line() -> None:
    lines = run("explain").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [rule.value for rule in Rule]
    assert re.fullmatch(r"duplicate-term +warning +\S.*", next(line for line in lines if "duplicate-term" in line))


def test_explain_prints_the_page_of_a_rule() -> None:
    shown = run("explain", "duplicate-key").stdout
    assert shown.startswith("duplicate-key: error; cannot be lowered or silenced\n\n")
    assert page(Rule.DUPLICATE_KEY) in shown
    (data,) = json.loads(run("explain", "unsafe-html", "--format", "json").stdout)["rules"]
    assert (data["rule"], data["severity"], data["lowest"]) == ("unsafe-html", "warning", "info")
    assert len(json.loads(run("explain", "--format", "json").stdout)["rules"]) == len(Rule)


def test_explain_knows_what_was_meant() -> None:
    done = run("explain", "dublicate-term")
    assert done.exit_code == 2
    assert "did you mean duplicate-term?" in done.stderr
