"""The readers for delimited text: as Anki exports notes and takes them in, as spreadsheets do, and as Quizlet does.

They are `reader` and `cards`; `headers` tells Anki's own files by sight. Nothing is imported here, for that is asked of
each file of notes, and few are read so.
"""
