"""Any document as explicit Markdown that reads back as the same records.

convert(document, settings, name) -> Converted(text, records, changed, left_out)
"""

from ankigen.convert.document import Converted, convert

__all__ = ["Converted", "convert"]
