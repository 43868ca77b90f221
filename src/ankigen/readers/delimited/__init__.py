"""The readers for delimited text: as Anki exports notes and takes them in, as spreadsheets do, and as Quizlet does.

They are imported from their modules, for every note is asked whether it is such a text, and few need the readers.
"""
