"""Text as matching sees it: folded for "the same", as words for "alike", and what is remembered of a definition.

Emphasis, list marks, tags, case, accents and a picture's folder say nothing about which note it is.
"""

import base64
import hashlib
import re
from binascii import b2a_base64
from functools import lru_cache
from unicodedata import combining, normalize

from ankigen.frozen import dataclass
from ankigen.source import visible

__all__ = [
    "EVERYTHING",
    "Sketch",
    "digest",
    "digest_in",
    "fingerprint",
    "fold",
    "number",
    "recall",
    "sketch",
    "squeeze",
    "words",
]

EVERYTHING = 1 << 24  # above the number of any word
_KEPT = 18  # words remembered of a definition: all of a short one; of a long one, an even sample
_MANY = 1 << 16  # words whose numbers are remembered
_DIGEST = 8  # characters: 48 bits, and never trusted without the term or the words

_PICTURE_FOLDER = re.compile(r"(!\[[^\]\n]*\]\()[^)\n]*[/\\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>")
_LIST_MARK = re.compile(r"\n[ \t]*(?:[-+*>]|\d+[.)])[ \t]+")
_MARK = re.compile(r"[*_`~\\]")
_ASCII = bytes(range(256)).lower().translate(bytes.maketrans(b"*_`~\\", b"     "))  # the same, and case, for ASCII
_UNSPACED = re.compile("[぀-ヿ㐀-鿿]")  # a character of a script that writes no spaces: a word by itself
# A run of letters and digits; a symbol that is not punctuation.
_WORD = re.compile(r"[^\W_]+|[^\w\s.,;:!?'\"()\[\]{}/…«»‹›„“”‚‘’–—‐-]")
# The same of ASCII. Where there is no such symbol, words are what is left between all that is no letter or digit.
_ASCII_WORD = re.compile(r"[a-zA-Z0-9]+|[^a-zA-Z0-9_\t-\r\x1c- .,;:!?'\"()\[\]{}/-]")
_SYMBOLS = bytes(at for at in range(128) if _ASCII_WORD.fullmatch(chr(at)) and not chr(at).isalnum())
_LETTERS = bytes(at if chr(at).isalnum() else ord(" ") for at in range(128)) + bytes(128)
_FOR_URLS = bytes.maketrans(b"+/", b"-_")


def squeeze(text: str) -> str:
    """The text without the accidents of line breaking."""
    return " ".join(text.split())


def fold(markdown: str) -> str:
    """What two texts share when a reader would call them the same."""
    text = _PICTURE_FOLDER.sub(r"\1", markdown) if "](" in markdown else markdown
    text = _TAG.sub(" ", text) if "<" in text else text
    text = _LIST_MARK.sub("\n", f"\n{text}")
    if text.isascii():
        text = text.encode("ascii").translate(_ASCII).decode("ascii")
    else:
        text = normalize("NFKC", visible(_MARK.sub(" ", text))).casefold()
    return squeeze(text) or squeeze(markdown)


def words(folded: str) -> list[str]:
    """The words of a folded text in order, without accents."""
    if not folded.isascii():
        folded = normalize("NFKD", folded)
        for mark in filter(combining, set(folded)):
            folded = folded.replace(mark, "")
        if not folded.isascii():
            return _WORD.findall(_UNSPACED.sub(r" \g<0> ", folded))
    data = folded.encode("ascii")
    if data.translate(None, _SYMBOLS) != data:
        return _ASCII_WORD.findall(folded)
    return data.translate(_LETTERS).decode("ascii").split()


class _Codes(dict[str, bytes]):
    """A word's number as bytes, which have the order of the numbers, worked out when it is first asked for."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _MANY:
            self.clear()
        code = self[word] = hashlib.blake2b(_bytes(word), digest_size=3).digest()
        return code


_codes = _Codes()


@lru_cache(maxsize=_MANY)
def number(word: str) -> int:
    """A word's number, below EVERYTHING, the same everywhere and always."""
    return int.from_bytes(_codes[word], "big")


def digest(text: str) -> str:
    """A short name of a text; white space does not count."""
    return _digest(squeeze(text))


def _digest(squeezed: str) -> str:
    return _printable(_hashed(squeezed))


def _hashed(squeezed: str) -> bytes:
    return hashlib.blake2b(_bytes(squeezed), digest_size=6).digest()


def digest_in(fingerprint: str) -> str:
    """The digest of the definition that a fingerprint is of."""
    return fingerprint[:_DIGEST]


@dataclass(frozen=True, slots=True)
class Sketch:
    """The words of a definition by number: all those up to ``reach``; of others, nothing is known.

    ``same`` is equal for definitions that a reader would call the same.
    """

    same: str
    numbers: frozenset[int]
    reach: int


def sketch(definition: str) -> Sketch:
    """The sketch of a definition at hand: it knows every word."""
    folded = fold(definition)
    return Sketch(_digest(folded), frozenset(map(number, set(words(folded)))), EVERYTHING)


def fingerprint(definition: str) -> str:
    """What the lock file remembers of a definition, printable, about 95 characters at most.

    Its digest, the digest of its folded text, how many words it has, and the lowest of their numbers: for two texts
    these are the same even sample (a bottom-k sketch), so how much they share can be told without the texts.
    """
    folded = fold(definition)
    codes = set(map(_codes.__getitem__, words(folded)))
    digests = _printable(_hashed(squeeze(definition)) + _hashed(folded))
    return f"{digests}.{len(codes)}.{_printable(b''.join(sorted(codes)[:_KEPT]))}"


def recall(fingerprint: str) -> Sketch:
    """The sketch in a fingerprint. Raises ValueError when it is none."""
    digests, size, sample = fingerprint.split(".")
    lowest = base64.b64decode(sample, altchars=b"-_", validate=True)
    numbers = [int.from_bytes(lowest[i : i + 3], "big") for i in range(0, len(lowest), 3)]
    if len(digests) != 2 * _DIGEST or len(numbers) != min(int(size), _KEPT):
        raise ValueError(f"not a fingerprint: {fingerprint!r}")
    return Sketch(digests[_DIGEST:], frozenset(numbers), numbers[-1] if int(size) > _KEPT else EVERYTHING)


def _printable(data: bytes) -> str:
    """Base64 as URLs have it, a multiple of three bytes without a sign at the end."""
    return b2a_base64(data, newline=False).translate(_FOR_URLS).decode("ascii")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
