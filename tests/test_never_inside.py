"""Every mark in every protected place, in every kind of block: no record and no split comes of it, and it is shown."""

import re
import string
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.readers.markdown import read_markdown
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

MARKS = (
    *("{0} :: {1}", "{0} ::: {1}", "**{0}**: {1}", "**{0}:** {1}", "**{0}** - {1}", "__{0}__ — {1}"),
    *("Q: {0}", "A: {1}", "**Q:** {0} A: {1}", ": {0}", "{0}\n: {1}", "Q: {0}\nA: {1}", "- **{0}**: {1}"),
    *("{{{{c1::{0}}}}} {1}", "=={0}==", "{0} {{#{1}}}", "{{#{0} .{1} kind=typed}}", "#{0} {1}", "# {0}\n{1}"),
    *(
        "[!note] {0}\n{1}",
        "!!! note {0}\n    {1}",
        "::: {0} {1}",
        "~{0}~ ^{1}^",
        "[[{0}]]",
        "![[{0}]]",
        "[^{0}] ^[{1}]",
    ),
    *("${0}$", "`{0}`", "https://{0}.example/{1}", "<b>{0}</b>"),
)
INLINE = {
    "code": "`` {} ``",
    "math": "$a{}b$",
    "displayed math": "$${}$$",
    "math in round brackets": r"\(a{}b\)",
    "math in square brackets": r"\[a^2 {} b\]",
    "autolink": "<https://x.example/{}>",
    "bare address": "https://x.example/{}/end",
    "link target": "[word](<{}>)",
    "link title": '[word](x "{}")',
    "picture": '![word](<{0}> "{0}")',
    "words for a picture": "![{}](x.png)",
    "comment": "<!-- {} -->",
    "HTML attribute": '<span title="{}">word</span>',
    "wiki link": "[[Page|{}]]",
    "target of a wiki link": "[[{}|word]]",
    "embed": "![[{}.png]]",
    "sound": "[sound:{}.mp3]",
    "footnote": "word^[{}]",
}
UNFIT = {  # what ends the place, or is read there on purpose
    "code": "`",
    "math": "$|{{c",
    "displayed math": "$|{{c",
    "math in round brackets": "{{c",
    "math in square brackets": "{{c",
    "autolink": "<",
    "bare address": "<|[|\\|`",
    "link target": "<",
    "picture": "<",
    "words for a picture": "~|=|$|`|[|<|*|_|:",  # they are read as Markdown, of which the words stay
    "HTML attribute": '"',
    "wiki link": "[",
    "target of a wiki link": "[",
    "embed": "[",
    "sound": "[",
    "footnote": "~|=|$|`|[|<|*|_|https",
}
HIDDEN = ("comment", "target of a wiki link")
KINDS = {
    "paragraph": "{}",
    "list item": "- {}",
    "numbered item": "1. {}",
    "table cell": "| one | two |\n|---|---|\n| {} | word |",
    "quote": "> {}",
    "callout": "> [!tip]\n> {}",
}
BLOCKS = {
    "fence": "```\n{}\n```",
    "fence with a language": "~~~~text\n~~~\n{}\n~~~~",
    "indented code": "    {}",
    "displayed math": "$$\n{}\n$$",
    "displayed math in brackets": "\\[\na^2\n{}\n\\]",
    "an environment": "\\begin{{align}}\n{}\n\\end{{align}}",
    "comment": "<!--\n{}\n-->",
    "HTML": "<div>\n{}\n</div>",
    "HTML with empty lines": "<pre>\n\n{}\n\n</pre>",
}
AROUND = {
    "top": ("", ""),
    "item": ("- word\n\n", "  "),
    "quote": ("> word\n>\n", "> "),
    "callout": ("> [!tip]\n", "> "),
}
WORDS = st.text(string.ascii_lowercase, min_size=3, max_size=8)


def read(text: str) -> Document:
    return read_markdown(Source("notes.md", text), Settings())


def fits(place: str, mark: str) -> bool:
    return not any(unfit in mark for unfit in UNFIT.get(place, "\0").split("|"))


def written(place: str, mark: str, one: str, two: str) -> str:
    text = " ".join(mark.format(one, two).split())
    return text.replace(" ", "") if place in ("autolink", "bare address") else text


class Shown(HTMLParser):
    """All that a browser takes out of HTML: text, and the values of attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += [value or "" for _, value in attrs]

    @property
    def text(self) -> str:
        return "\n".join(["".join(self.parts), *self.parts])


CASES = [(place, mark) for place in INLINE for mark in MARKS if fits(place, mark)]


@pytest.mark.parametrize("kind", KINDS)
@given(st.sampled_from(CASES), WORDS, WORDS, st.sampled_from(("", "word ", "two words, ")))
@settings(max_examples=250, deadline=None)
def test_no_mark_makes_a_record(kind: str, case: tuple[str, str], one: str, two: str, before: str) -> None:
    place, mark = case
    inside = before + INLINE[place].format(written(place, mark, one, two))
    text = KINDS[kind].format(inside.replace("|", r"\|") if "table" in kind else inside)
    document = read(text)
    assert (document.records, document.diagnostics) == ((), ()), text


@pytest.mark.parametrize(
    "form", ["Term :: is {}", "**Term**: is {}", "Term\n: is {}", "# Term\n\n- is {}", "# Term\n\n> is {}"]
)
@given(st.sampled_from(CASES), WORDS, WORDS, st.sampled_from(("", "word ", "two words, ")))
@settings(max_examples=150, deadline=None)
def test_no_mark_splits_a_record_and_all_is_shown(
    form: str, case: tuple[str, str], one: str, two: str, before: str
) -> None:
    place, mark = case
    marked = written(place, mark, one, two)
    inside = before + INLINE[place].format(marked)
    (record,) = read(form.format(inside)).records
    assert (record.term.markdown, record.key, record.tags, record.kind) == ("Term", None, (), Kind.BASIC)
    assert f"is {inside}" in record.definition.markdown
    assert not re.search(r"\{\{c\d+::", record.definition.html)
    if place not in HIDDEN:
        assert marked in Shown(record.definition.html).text


@pytest.mark.parametrize("place", BLOCKS)
@given(st.sampled_from(sorted(AROUND)), st.sampled_from(MARKS), WORDS, WORDS)
@settings(max_examples=120, deadline=None)
def test_no_mark_counts_in_a_block(place: str, around: str, mark: str, one: str, two: str) -> None:
    if "math" in place or "environment" in place:
        mark = mark.replace("{{{{c1::", "").replace("}}}}", "").replace("$", "")
    marked = mark.format(one, two)
    template = BLOCKS[place]
    indent = "    " if place == "indented code" else ""
    block = template.format(marked.replace("\n", f"\n{indent}"))
    above, margin = AROUND[around]
    text = above + "\n".join(f"{margin}{line}".rstrip() for line in block.split("\n"))
    document = read(text)
    assert (document.records, document.diagnostics) == ((), ()), text
    (record,) = read(f"# Term\n\n{text}\n\nEnd.").records
    assert record.term.markdown == "Term"
    if place != "comment":
        shown = unescape(re.sub(r"<[^>]*>", "", record.definition.html)) if "HTML" not in place else marked
        assert all(line.strip() in shown for line in marked.split("\n"))
    assert not re.search(r"\{\{c\d+::", record.definition.html)


@given(st.sampled_from(MARKS), WORDS, WORDS)
@settings(max_examples=120, deadline=None)
def test_no_mark_counts_in_front_matter_link_targets_and_footnotes(mark: str, one: str, two: str) -> None:
    marked = " ".join(mark.format(one, two).split())
    assert read(f"---\ntitle: '{marked}'\n---\n").records == ()
    assert read(f"[x]: <{marked.replace('<', '')}> 'word'\n").records == ()
    if "^" not in marked and "![[" not in marked:
        document = read(f"Prose[^a].\n\n[^a]: {marked}\n\n    {marked}\n")
        assert (document.records, document.diagnostics) == ((), ())
