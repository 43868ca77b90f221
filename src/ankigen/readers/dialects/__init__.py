"""Notes written for another program, read as that program reads them: one small module a dialect.

A dialect works on a :class:`~ankigen.readers.dialects.page.Page`: its lines, in which all that is no text is blanked
out. It says which lines are a record; the page renders it, and accounts for every other line.
"""
