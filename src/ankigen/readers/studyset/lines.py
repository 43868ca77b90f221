"""The lines of a paste that hold text, with their places in the source."""

from collections.abc import Collection

from ankigen.frozen import dataclass
from ankigen.source import Source

__all__ = ["Paste", "paste_of"]


@dataclass(frozen=True, slots=True)
class Paste:
    """The lines of a paste that are not blank: as written, without the spaces around them, and numbered from 1."""

    written: tuple[str, ...]
    texts: tuple[str, ...]
    numbers: tuple[int, ...]

    @property
    def after_blank(self) -> list[bool]:
        """Which lines have a blank one above them, or one that was left out."""
        return [bool(at) and number > self.numbers[at - 1] + 1 for at, number in enumerate(self.numbers)]

    def without(self, lines: Collection[int]) -> "Paste":
        """The paste without the lines of these indices."""
        kept = [at for at in range(len(self.texts)) if at not in lines]
        return Paste(
            tuple(self.written[at] for at in kept),
            tuple(self.texts[at] for at in kept),
            tuple(self.numbers[at] for at in kept),
        )


def paste_of(source: Source, front_matter: int) -> Paste:
    """The lines of ``source`` below those of its front matter."""
    lines = source.lines(front_matter + 1)
    texts = [line.strip() for line in lines]
    held = [at for at, text in enumerate(texts) if text]
    return Paste(
        tuple(lines[at] for at in held),
        tuple(texts[at] for at in held),
        tuple(front_matter + 1 + at for at in held),
    )
