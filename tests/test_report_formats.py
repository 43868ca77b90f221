"""What `check` and `build` found, in each of the forms that programs read."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ankigen.catalogue import page
from ankigen.diagnostics import Diagnostic, Rule, Severity
from ankigen.report.github import annotation
from ankigen.report.junit import junit
from ankigen.report.short import short
from commands import run, write
from published import schema

NOTES = {
    "a b/ü,100%.md": "## 3 gases\n\n- oxygen\n- argon\n\n## Nucleus\n",
    "c.md": "**Übermut** - 過信 ![](fehlt.png)\n",
    "d.md": "**Humus**: rotted plants\n",
    "e.md": "",
}
RULES = {rule.value: rule for rule in Rule}
FORMS = ("human", "short", "json", "github", "sarif", "junit")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with notes of which some are faulty."""
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {f"content/{name}": text for name, text in NOTES.items()} | {"ankigen.toml": 'name = "n"\n'})


def found() -> list[dict[str, Any]]:
    """The diagnostics as JSON tells them."""
    diagnostics: list[dict[str, Any]] = json.loads(run("check", "--format", "json").stdout)["diagnostics"]
    return diagnostics


def test_every_form_has_the_same_problems_in_the_same_order_and_ends_alike() -> None:
    places = [(fault["path"], fault["line"], fault["rule"]) for fault in found()]
    assert [rule for _, _, rule in places] == ["count-mismatch", "empty-definition", "missing-media", "no-records"]
    assert places == sorted(places)
    for form in FORMS:
        done = run("check", "--format", form)
        assert done.exit_code == 1, form
        assert done.stderr == "1 error, 3 warnings\nankigen: 3 records in 4 files\n", form
        at = [done.stdout.find(rule) for _, _, rule in places]
        if form != "sarif":  # there the rules come first
            assert -1 not in at, form
            assert at == sorted(at), form
    assert run("check", "--format", "text").stdout == run("check").stdout


def test_short() -> None:
    lines = run("check", "--format", "short").stdout.splitlines()
    assert lines[0] == "content/a b/ü,100%.md:1:4: warning[count-mismatch] the term says 3, its list has 2"
    assert lines[3] == "content/e.md: warning[no-records] this file holds no record"
    assert len(lines) == 4


def test_github() -> None:
    lines = run("check", "--format", "github").stdout.splitlines()
    assert lines[0] == (
        "::warning file=content/a b/ü%2C100%25.md,line=1,col=4,endColumn=11,title=count-mismatch::"
        "the term says 3, its list has 2%0Ahint: add what is missing, or correct the number"
    )
    assert lines[3].startswith("::warning file=content/e.md,title=no-records::this file holds no record%0Ahint: see ")
    assert lines[1].startswith("::error ")
    assert run("check", "content/d.md", "--prose", "--format", "github").stdout == ""


@given(path=st.text(), message=st.text(), hint=st.text())
def test_no_text_of_a_note_gets_out_of_its_workflow_command(path: str, message: str, hint: str) -> None:
    """Unescaped as the runner does it (actions/runner, ActionCommand.cs), each part is what it was."""
    line = annotation(Diagnostic(Rule.PROSE, path, 2, 3, message, hint, length=4))
    assert not re.search("[\r\n]", line)
    command = re.fullmatch("::notice (.*?)::(.*)", line, re.DOTALL)
    assert command
    properties = dict(part.split("=", 1) for part in command[1].split(","))
    assert list(properties) == ["file", "line", "col", "endColumn", "title"]
    plain = str.isprintable
    if plain(path) and plain(message) and plain(hint):
        assert undone(properties["file"]) == path
        assert undone(command[2]) == f"{message}\nhint: {hint}"


def undone(text: str) -> str:
    for code, character in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


@given(path=st.text(), message=st.text(), hint=st.text())
def test_a_line_stays_a_line_and_xml_stays_xml(path: str, message: str, hint: str) -> None:
    fault = Diagnostic(Rule.PROSE, path, 2, 3, message, hint, source_line=message)
    assert not re.search("[\r\n\x1b]", short(fault))
    root = ET.fromstring(junit([path], [fault, fault], Severity.ERROR))  # noqa: S314 - it is our own
    assert len({case.get("name") for case in root.iter("testcase")}) == 2


def sarif(*arguments: str) -> dict[str, Any]:
    log = json.loads(run("check", *arguments, "--format", "sarif").stdout)
    schema("sarif-2.1.0").validate(log)
    (result,) = log["runs"]
    assert isinstance(result, dict)
    return result


def test_sarif_keeps_to_the_published_schema_and_says_what_json_says() -> None:
    log = sarif()
    assert log["columnKind"] == "unicodeCodePoints"
    rules = log["tool"]["driver"]["rules"]
    for result, fault in zip(log["results"], found(), strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == fault["rule"]
        assert result["level"] == fault["severity"]
        assert result["message"]["text"] == f"{fault['message']}.\nHint: {fault['hint']}"
        (place,) = result["locations"]
        place = place["physicalLocation"]
        assert unquote(place["artifactLocation"]["uri"]) == fault["path"]
        region = place.get("region", {"startLine": 0, "startColumn": 0})
        assert (region["startLine"], region["startColumn"]) == (fault["line"], fault["column"])
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["results"]]
    assert uris[0] == "content/a%20b/%C3%BC%2C100%25.md"
    for rule in rules:
        assert rule["help"]["markdown"] == page(RULES[rule["id"]])
        assert rule["fullDescription"]["text"].startswith(rule["shortDescription"]["text"])
        assert rule["defaultConfiguration"]["level"] == RULES[rule["id"]].severity
    assert [rule["name"] for rule in rules][:2] == ["CountMismatch", "EmptyDefinition"]


def test_a_region_counts_code_points() -> None:
    (result,) = sarif("content/c.md")["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    line = NOTES["c.md"].splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "fehlt.png"


def test_every_rule_has_what_sarif_wants_of_it() -> None:
    from ankigen.policy import Policy
    from ankigen.report.sarif import sarif as log_of

    faults = [Diagnostic(rule, "/x/n.md", 1, 1, "m", "h") for rule in Rule]
    log = log_of(faults, (), Policy())
    schema("sarif-2.1.0").validate(log)
    (result,) = log["runs"]
    rules = {rule["id"]: rule for rule in result["tool"]["driver"]["rules"]}
    assert len(rules) == len(Rule)
    assert not rules["prose"]["defaultConfiguration"]["enabled"]
    assert rules["prose"]["defaultConfiguration"]["level"] == "note"
    assert result["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///x/n.md"


def test_a_fingerprint_stays_when_lines_move(folder: Path) -> None:
    twice = "\n\n".join(["## 3 gases\n\n- oxygen\n- argon"] * 2)
    prints = []
    for text in (twice, f"**Peat**: moss\n\n{twice}\n", "## 4 gases\n\n- oxygen\n- argon\n"):
        write(folder, {"content/f.md": text})
        results = [result for result in sarif("content/f.md")["results"] if result["ruleId"] == "count-mismatch"]
        prints.append([result["partialFingerprints"]["primaryLocationLineHash"] for result in results])
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 2
    assert not set(prints[0]) & set(prints[2])


def test_what_is_silenced_is_suppressed_in_sarif_and_said_nowhere_else(folder: Path) -> None:
    text = "**Soil**: ![](x.png)\n\n<!-- ankigen: ignore count-mismatch -->\n## 3 gases\n\n- oxygen\n- argon\n"
    write(folder, {"content/f.md": text, "ankigen.toml": '[rules]\nmissing-media = "off"\n'})
    results = sarif("content/f.md")["results"]
    assert [(result["ruleId"], [part["kind"] for part in result["suppressions"]]) for result in results] == [
        ("missing-media", ["external"]),
        ("count-mismatch", ["inSource"]),
    ]
    for form in ("short", "github"):
        assert run("check", "content/f.md", "--format", form).stdout == ""


def suites(*arguments: str) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Of each suite its name, the states of its cases, and the counts that it gives."""
    root = ET.fromstring(run("check", *arguments, "--format", "junit").stdout)  # noqa: S314 - it is our own
    for suite in root.iter("testsuite"):
        cases = list(suite.iter("testcase"))
        assert {case.get("classname") for case in cases} == {suite.get("name")}
        states = [case[0].tag if len(case) else "passed" for case in cases]
        yield suite.get("name", ""), states, dict(suite.attrib)


def test_junit_has_a_case_for_each_problem_and_for_each_clean_file() -> None:
    assert {name: states for name, states, _ in suites()} == {
        "content/a b/ü,100%.md": ["skipped", "failure"],
        "content/c.md": ["skipped"],
        "content/d.md": ["passed"],
        "content/e.md": ["skipped"],
    }
    for _, states, counts in [*suites(), *suites("--strict")]:
        assert int(counts["tests"]) == len(states)
        assert int(counts["failures"]) == states.count("failure")
        assert int(counts["skipped"]) == states.count("skipped")
    assert next(states for _, states, _ in suites("--strict")) == ["failure", "failure"]
    text = run("check", "--format", "junit").stdout
    assert "1 | ## 3 gases" in text
    assert "hint: add what is missing" in text


def test_the_forms_of_a_build_leave_standard_output_to_the_form() -> None:
    for form in FORMS[1:]:
        done = run("build", "--format", form)
        assert done.exit_code == 1
        assert "build/d.apkg: 1 note, 1 deck\n" in done.stderr, form
        if form == "json":
            data = json.loads(done.stdout)
            Draft202012Validator(
                json.loads(files("ankigen").joinpath("schema/parse.schema.json").read_text("utf-8"))
            ).validate(data)
            assert {"path": "build/d.apkg", "notes": 1, "decks": 1} in data["packages"]
            assert data["diagnostics"] == found()
        elif form != "sarif":
            assert done.stdout == run("check", "--format", form).stdout
    done = run("build")
    assert "build/d.apkg: 1 note, 1 deck\n" in done.stdout
    assert "warning[missing-media]" in done.stderr
