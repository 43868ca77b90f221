"""Drawings (SVG) without anything that could run or reach out: what is left looks the same, letter by letter.

An SVG file is a document that may hold scripts. As a picture no browser runs them, but a card may show it in
other ways. The parser is expat; elements come from the list below, and style sheets are read by `ankigen.media.css`.
"""

from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from ankigen.media.css import clean_declarations, clean_sheet, clean_value, is_inside
from ankigen.media.kinds import BrokenDrawing

__all__ = ["clean_drawing"]

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"

# The elements of SVG 2 and of SVG 1.1 with its filters and animations (https://www.w3.org/TR/SVG2/eltindex.html), but
# script, foreignObject and what holds HTML; old SVG fonts, which browsers no longer read, are left out as well.
_ELEMENTS = frozenset(
    """a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset
    fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter g image line linearGradient marker mask mpath
    path pattern polygon polyline radialGradient rect set stop style svg switch symbol text textPath title tref tspan
    use view""".split()
)
_UNSEEN = frozenset("metadata font font-face glyph missing-glyph hkern vkern cursor color-profile".split())
_ANIMATIONS = frozenset("animate animateMotion animateTransform set".split())
_LONGEST_ENTITY = 1000
_GROWTH = 20  # how many times longer than the file the drawing may become by its entities


def clean_drawing(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The drawing in ``data`` as UTF-8, and the names of what was taken out of it because it could run or reach out.

    The same bytes give the same drawing. What only an editor reads (comments, its own elements) is left out unsaid.
    Raises `BrokenDrawing`.
    """
    cleaner = _Cleaner(len(data))
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = cleaner.start
    parser.EndElementHandler = cleaner.end
    parser.CharacterDataHandler = cleaner.text
    parser.EntityDeclHandler = cleaner.entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BrokenDrawing(f"line {error.lineno}: {expat.errors.messages[error.code]}") from None
    except (LookupError, ValueError) as error:
        raise BrokenDrawing(str(error)) from None
    return "".join(cleaner.parts).encode("utf-8"), tuple(dict.fromkeys(cleaner.lost))


class _Cleaner:
    """Writes what it is told by the parser, without what is not to stay."""

    def __init__(self, size: int) -> None:
        self.parts: list[str] = []
        self.lost: list[str] = []
        self._left = size * _GROWTH + 10_000  # characters that may still be written
        self._skipped = 0  # how deep within an element that is left out
        self._home = _SVG
        self._sheet: list[str] | None = None
        self._is_open = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if not self.parts:
            if name != "svg" or namespace not in ("", _SVG):
                raise BrokenDrawing(f"it begins with <{name}> where <svg> is expected")
            self._home = namespace
        if (
            self._skipped
            or namespace != self._home
            or name not in _ELEMENTS
            or self._animates_address(name, attributes)
        ):
            is_seen = name not in _UNSEEN and "requiredExtensions" not in attributes
            if not self._skipped and namespace == self._home and is_seen:
                self.lost.append(f"<{name}>")
            self._skipped += 1
            return
        self._close_tag()
        self._write(f"<{name}")
        if len(self.parts) == 1:
            self._write(f' xmlns="{_SVG}" xmlns:xlink="{_XLINK}"')
        for key, value in attributes.items():
            kept = self._attribute(name, key, value)
            if kept:
                self._write(f" {kept}")
        self._is_open = True
        if name == "style":
            self._sheet = []

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        name = tag.rpartition(" ")[2]
        if self._sheet is not None and name == "style":
            sheet, lost = clean_sheet("".join(self._sheet))
            self.lost += ["a style that reaches out"] * lost
            self._sheet = None
            self.text(sheet)
        if self._is_open:
            self._write("/>")
            self._is_open = False
        else:
            self._write(f"</{name}>")

    def text(self, text: str) -> None:
        if self._skipped or not text:
            return
        if self._sheet is not None:
            self._sheet.append(text)
            return
        self._close_tag()
        self._write(escape(text))

    def entity(self, _name: str, is_parameter: bool, value: str | None, *_outside: str | None) -> None:
        """Old drawings of Illustrator abbreviate addresses; what nests, or comes from elsewhere, no drawing needs."""
        if is_parameter or value is None or "&" in value or len(value) > _LONGEST_ENTITY:
            raise BrokenDrawing("it declares entities that are long, nested or outside of it")

    def _attribute(self, element: str, key: str, value: str) -> str:
        """The attribute as it is written; empty when it is left out."""
        namespace, _, name = key.rpartition(" ")
        written = {"": name, _XLINK: f"xlink:{name}", _XML: f"xml:{name}"}.get(namespace, "")
        if not written or written == "xml:base":  # an editor's own
            return ""
        if name == "style" and not namespace:
            value, lost = clean_declarations(value)
            self.lost += ["a style that reaches out"] * lost
            return f"style={quoteattr(value)}" if value else ""
        is_address = name in ("href", "src", "ping")
        runs = name.lower().startswith("on") or "javascript:" in "".join(value.split()).lower()
        reaches_out = is_address and not is_inside(value)
        if not (runs or reaches_out) and ("(" in value or "\\" in value) and element != "path":
            reaches_out = clean_value(value) is None
        if runs or reaches_out:
            self.lost.append(f"<{element} {written}>")
            return ""
        return f"{written}={quoteattr(value)}"

    @staticmethod
    def _animates_address(name: str, attributes: Mapping[str, str]) -> bool:
        target = attributes.get("attributeName", "").strip().lower().rpartition(":")[2]
        return name in _ANIMATIONS and (target in ("href", "src", "style") or target.startswith("on"))

    def _close_tag(self) -> None:
        if self._is_open:
            self._write(">")
            self._is_open = False

    def _write(self, text: str) -> None:
        self._left -= len(text)
        if self._left < 0:
            raise BrokenDrawing("its entities make it far longer than the file")
        self.parts.append(text)
