"""The reader for unmarked pastes: study sets copied out of a web page.

It is imported from its modules, for every note is asked whether it is such a paste, and few need the whole reader.
"""
