"""Drawings: what runs or reaches out is gone, and all else looks as before, in the real browser too."""

import hashlib
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from anki_oracle import collection, import_package
from ankigen.media.kinds import BrokenDrawing
from ankigen.media.svg import clean_drawing
from commands import write
from counting import calls
from test_media import build, folder, name_of, shipped

__all__ = ["folder"]  # the fixture

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
DOT = """data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA
WjR9awAAAABJRU5ErkJggg=="""
HARMLESS = f"""<svg {SVG} viewBox="0 0 200 100" preserveAspectRatio="xMidYMid meet">
<style>.line {{ stroke: #c00; fill: url(#shade) }} text::first-line {{ fill: navy }}
@media print {{ g {{ x: 1 }} }}</style>
<defs><linearGradient id="shade" gradientUnits="userSpaceOnUse" x2="200"><stop offset="0" stop-color="gold"/>
<stop offset="1" style="stop-color:green;stop-opacity:0.5"/></linearGradient>
<clipPath id="cut" clipPathUnits="userSpaceOnUse"><rect width="150" height="90"/></clipPath>
<marker id="tip" markerWidth="6" markerHeight="6" refX="3" refY="3" orient="auto"><path d="M0,0 L6,3 L0,6 z"/></marker>
<filter id="soft"><feGaussianBlur stdDeviation="2"/></filter></defs>
<g clip-path="url(#cut)"><rect class="line" x="5" y="5" width="120" height="60" filter="url('#soft')"/></g>
<path d="M 10,90 L 100,70" stroke="black" marker-end="url(#tip)"/><use href="#tip"/><use xlink:href="#cut"/>
<text x="10" y="40" font-family="sans-serif" xml:space="preserve">a <tspan>b</tspan>
<tspan>&lt;é</tspan><tspan fill="red">過</tspan></text>
<switch><text x="130" y="90" systemLanguage="en">en</text><text x="130" y="90">other</text></switch>
<image width="9" height="9" xlink:href="{DOT}"/>
<circle cx="150" cy="30" r="9"><animate attributeName="r" from="9" to="9" dur="1s"/></circle></svg>
"""


def cleaned(inside: str, top: str = "") -> tuple[str, tuple[str, ...]]:
    """What is left of a drawing with ``inside``, without its first tag and its end; and what was lost."""
    content, lost = clean_drawing(f"<svg {SVG}{top}>{inside}</svg>".encode())
    return content.decode().partition(">")[2].removesuffix("</svg>"), lost


@pytest.mark.parametrize(
    ("written", "left", "lost"),
    [
        ("<script>alert(1)</script>", "", "<script>"),
        ('<rect onclick="x()" ONLOAD="x()" width="1"/>', '<rect width="1"/>', "<rect onclick>"),
        ("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>text</p></foreignObject>", "", "<foreignObject>"),
        ('<a xlink:href="java\nscript:x()"><g/></a>', "<a><g/></a>", "<a xlink:href>"),
        ('<a href="https://example.org"><g/></a>', "<a><g/></a>", "<a href>"),
        ('<image href="//example.org/a.png"/>', "<image/>", "<image href>"),
        ('<image href="other.svg"/>', "<image/>", "<image href>"),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', "<image/>", "<image href>"),
        ('<use href="file:///etc/passwd"/>', "<use/>", "<use href>"),
        ('<set attributeName="href" to="#a"/>', "", "<set>"),
        ('<animate attributeName="xlink:href" values="a;b"/>', "", "<animate>"),
        ('<animate attributeName="x" to="javascript:x"/>', '<animate attributeName="x"/>', "<animate to>"),
        ('<rect fill="url(http://x.org/#a)"/>', "<rect/>", "<rect fill>"),
        (r'<rect fill="u\72l(http://x.org/#a)"/>', "<rect/>", "<rect fill>"),
        ('<g style="fill: red; marker: url(//x.org)"/>', '<g style="fill: red"/>', "a style that reaches out"),
        ('<style>@import "x.css"; g {fill:red}</style>', "<style> g {fill:red}</style>", "a style that reaches out"),
        ("<style>g {a: image-set('b' 1x); c:d}</style>", "<style>g {c:d}</style>", "a style that reaches out"),
        ("<style>@font-face {src: url(a)}</style>", "<style/>", "a style that reaches out"),
        ("<style>@media x {g {a: url(b)}}</style>", "<style/>", "a style that reaches out"),
        ("<iframe src='x'/>", "", "<iframe>"),
        ("<!-- c --><metadata>x</metadata><e:x xmlns:e='urn:e'/><g xmlns:e='urn:e' e:a='1'/>", "<g/>", ""),
        ("<style><![CDATA[a > b {c: url(#d)}]]></style>", "<style>a &gt; b {c: url(#d)}</style>", ""),
    ],
)
def test_what_runs_or_reaches_out_is_gone(written: str, left: str, lost: str) -> None:
    content, names = cleaned(written)
    assert (content, names[0] if names else "") == (left, lost)
    assert cleaned(content)[1] == ()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "text",
        "<svg",
        "<svg><g></svg>",
        "<html/>",
        "<svg xmlns='http://www.w3.org/1999/xhtml'/>",
        "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;'>]><svg><text>&b;</text></svg>",
        "<!DOCTYPE svg [<!ENTITY a SYSTEM '/etc/passwd'>]><svg><text>&a;</text></svg>",
        f"<!DOCTYPE svg [<!ENTITY a '{'a' * 900}'>]><svg><text>{'&a;' * 5000}</text></svg>",
    ],
)
def test_what_is_no_drawing_is_refused(written: str) -> None:
    with pytest.raises(BrokenDrawing):
        clean_drawing(written.encode())


def test_drawings_of_other_programs() -> None:
    for text, encoding in (
        ("<svg viewBox='0 0 1 1'/>", "utf-8"),  # without its namespace no browser would show it
        (
            '<?xml version="1.0" encoding="UTF-16"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
            "utf-16",
        ),
        ('<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "utf-8-sig"),
        ('<!DOCTYPE svg [<!ENTITY n "http://www.w3.org/2000/svg">]><svg xmlns="&n;" viewBox="0 0 1 1"/>', "utf-8"),
    ):
        assert clean_drawing(text.encode(encoding)) == (f'<svg {SVG} viewBox="0 0 1 1"/>'.encode(), ())


@given(st.text(st.sampled_from("<>/=\"' ag&#;()x:\\@{}"), max_size=40))
def test_whatever_comes_in_what_goes_out_is_clean(inside: str) -> None:
    try:
        content, _ = clean_drawing(f"<svg {SVG}>{inside}</svg>".encode())
    except BrokenDrawing:
        return
    assert clean_drawing(content) == (content, ())


@pytest.mark.parametrize("inside", ["<g>" * 2000 + "</g>" * 2000, "<style>" + "a{b:(" * 2000 + "</style>"])
def test_deep_nesting_takes_no_stack(inside: str) -> None:
    cleaned(inside)


def test_the_work_grows_with_the_drawing() -> None:
    few, many = (calls(partial(cleaned, '<g style="fill:url(#a)"><text>a</text></g>' * n)) for n in (50, 500))
    assert many < few * 12


def test_the_clean_bytes_are_what_is_sent(folder: Path) -> None:
    drawing = f'<svg {SVG}><script>x</script><rect width="1"/></svg>'
    write(folder, {"content/sub/a.svg": drawing, "content/sub/b.png": drawing, "content/sub/c.svg": "none"})
    said = build("# Term\n\n![](a.svg) ![](b.png) ![](c.svg)\n")
    assert "n.md:3:5: warning[unsafe-drawing]: content/sub/a.svg goes into the package without <script>" in said
    assert "warning[mislabelled-media]: content/sub/b.png holds SVG" in said
    assert "warning[broken-drawing]: content/sub/c.svg is no drawing: line 1: syntax error" in said
    clean = clean_drawing(drawing.encode())[0]
    assert shipped() == {name_of(clean, ".svg"): clean}
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        (file,) = Path(col.media.dir()).iterdir()
        assert hashlib.sha256(file.read_bytes()).hexdigest()[:20] in file.name


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium")
def test_a_clean_drawing_looks_the_same(tmp_path: Path) -> None:
    content, lost = clean_drawing(HARMLESS.encode())
    assert lost == ()
    shots = []
    for name, data in (("as-written", HARMLESS.encode()), ("clean", content)):
        write(
            tmp_path, {f"{name}.svg": data, f"{name}.html": f'<body style="margin:0"><img src="{name}.svg" width=400>'}
        )
        shot = tmp_path / f"{name}.png"
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=400,200", f"--screenshot={shot}"]
        page = (tmp_path / f"{name}.html").as_uri()
        subprocess.run(["chromium", *options, page], capture_output=True, check=True, timeout=120)
        shots.append(Image.open(shot).convert("RGB"))
    assert len(shots[0].getcolors(100_000) or ()) > 50  # it is drawn at all
    assert ImageChops.difference(*shots).getbbox() is None
