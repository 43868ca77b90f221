"""Write src/ankigen/rendered.json: the built-in note types, rendered, so that most builds need not do it."""

from ankigen.notetypes import load_note_types
from ankigen.rendered import RENDERED, kept

if __name__ == "__main__":
    RENDERED.write_text(kept(load_note_types()), "utf-8")
