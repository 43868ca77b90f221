"""The reader for unmarked pastes: study sets copied out of a web page. It is `reader`; `recognise` tells them by sight.

Nothing is imported here, for each file of notes is looked at by `recognise`, and few are read by `reader`.
"""
