"""The signs that stand in the mask of a line, for dialects that look at what is blanked out."""

from ankigen.readers.markdown.mask import BLANK, COMMENT

__all__ = ["BLANK", "COMMENT"]
