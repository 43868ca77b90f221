"""The back of the house: what Anki is told, and what it makes of it."""
