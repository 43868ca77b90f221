"""Pastes in which what is true of one set is false in the next: each hard case in both directions.

In the samples a line that begins at the margin is a term; the lines of its definition are indented. What is read has
neither.
"""

import pytest

from ankigen.diagnostics import Rule
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.reader import read_studyset
from ankigen.records import Document
from ankigen.source import Source

LIST_OF_TERMS = """\
5 stages of making compost
    gather the waste
    build the heap
    keep it moist
    turn the heap
    sieve it
gather the waste
    kitchen peelings, cut grass and dry leaves in about equal parts
    no meat, no bones and nothing that has been cooked
build the heap
    wet and dry layers by turns, on bare earth, a metre high at least
keep the heap moist
    it should feel like a sponge that has just been wrung out
turn the heap
    every two weeks, so that air gets to all of it
sieve it
    through a mesh of one centimetre; what stays behind goes on the next heap
How long does it take?
    half a year in summer, a whole one in winter
"""

LIST_ALONE = """\
Which tools does a beginner need?
    a spade to dig with
    a rake to level the beds
    a watering can
    gloves, if there are roses
Which plants grow on nearly any soil?
    radish and lettuce
    beans and peas, which even feed it
    most herbs
Which beds should not be dug?
    those with bulbs in them
    those with strawberries
What does a hoe do?
    it loosens the top of the soil and cuts weeds off below the ground
What does a rake do?
    it levels a bed and gathers stones
"""

ASKING_DEFINITIONS = """\
Colour
    is it dark enough to hold humus?
    can layers be told apart?
Smell
    does it smell of rot?
    what does that say about the air in it?
Touch
    will it hold together when it is pressed?
    how fine are the grains?
Water
    how fast does it run off?
    where does it stand after rain?
Life
    are there worms in a spade of it?
    which plants grow there by themselves?
Depth
    how far down does the spade go?
    what stops it there?
"""

ASKING_TERMS = """\
What makes soil acid?
    heavy rain
    rotting needles
What is loam?
    clay, silt and sand in fair shares
Why are worms welcome?
    they mix the layers
    they let air in
Where does peat come from?
    moss that does not rot, for want of air
How is clay made lighter?
    with sand and compost
    never by digging it wet
When is lime spread?
    in autumn, on bare soil
"""

TWO_LINE_TERMS = """\
What is loam made of?
Which part of it holds water?
    clay, silt and sand; the clay does
What is compost?
    plants that have rotted, ready to feed other plants
Why is a heap turned?
How often?
    to let air in, about every two weeks
What is lime good for?
    it makes sour soil milder
What lives in humus?
Which of these animals can be seen?
    bacteria, fungi and worms; only the worms can
Where does peat come from?
    moss that does not rot, for want of air
How deep is a seed sown?
And a very small one?
    three times as deep as it is thick; small ones are only pressed on
"""

SUBHEADINGS = """\
How is clay dug?
    Tools
    a strong fork
    gloves, for it sticks
    Weather
    after the first frost
    it then crumbles by itself
How is sand dug?
    Tools
    a light spade
    Weather
    at any time of the year
    it never gets sticky
How is peat dug?
    Tools
    a narrow spade with a long blade
    boards to stand on
    Weather
    in dry summers only
    the ground can be walked on then
How is loam dug?
    Tools
    a common spade
    a rake for afterwards
    Weather
    when a handful of it falls apart
How is chalk dug?
    Tools
    a pick to break it up first
    Weather
    any, as it dries within hours
    not in hard frost
"""

NAMES_AS_TERMS = """\
Tools
    spades, forks, hoes and whatever else is used by hand
Weather
    rain, sun, frost and wind as they are on a given day
Clay
    the finest grains of a soil, which hold water and swell
Sand
    coarse grains that let water run through within minutes
Humus
    dark matter that is left of plants and animals
Peat
    plant matter that did not rot because it lay in water
"""

REVERSED = """\
The finest grains of a soil, which hold water and swell when they are wet
    Clay
Dark matter that is left of plants and animals when they have rotted
    Humus
Coarse grains that let water run through within a few minutes
    Sand
Plant matter that did not rot because it always lay in water
    Peat
A cover of straw or bark that keeps the ground from drying out
    Mulch
A mix of clay, silt and sand that is good for nearly every plant
    Loam
"""

SPANISH = """\
el suelo
    the ground
la pala
    the spade
regar
    to water
la lluvia
    the rain
la raíz
    the root
la semilla
    the seed
podar
    to prune
la hoja
    the leaf
la cosecha
    the harvest
el abono
    the manure
"""

GERMAN = """\
Was ist Humus?
    Was von Pflanzen übrig bleibt, wenn sie verrottet sind.
Warum ist Ton schwer?
    Seine Körner sind winzig.
    Er hält viel Wasser fest.
Wann wird Kalk gestreut?
    Im Herbst, auf den nackten Boden.
Welche Tiere mischen den Boden?
    Regenwürmer
    Maulwürfe
Wie wird aus Laub Erde?
    Pilze und Bakterien zersetzen es im Lauf eines Jahres.
"""

FRENCH = """\
Qu'est-ce que l'humus ?
    La matière sombre qui reste des plantes mortes.
Pourquoi l'argile est-elle lourde ?
    Ses grains sont minuscules.
    Elle retient l'eau.
Quand répand-on la chaux ?
    En automne, sur le sol nu.
Comment les vers aident-ils ?
    Ils mélangent les couches.
    Ils font entrer l'air.
Où se forme la tourbe ?
    Dans les marais, faute d'air.
"""

DOUBLED = """\
What is the pH of this soil?
    What is the pH of this soil?
    About 5, which is acid.
    Most vegetables want it between 6 and 7.
Complete the plan of the beds.
    beans = 3
    potatoes = 4
    Complete the plan of the beds.
    beans = 3
    potatoes = 4
    One bed is left for clover.
    Clover feeds the soil with nitrogen.
    Peas would do so, too.
Which layer is this?
    Which layer is this?
    The topsoil.
    It is darker than what lies below.
Fill in what is missing from the mix.
    sand, clay and humus
    Fill in what is missing from the mix.
    sand, clay and humus
    Water, without which it crumbles.
Name two plants for heavy ground.
    Name two plants for heavy ground.
    willows
    roses
"""

SAMPLES = {
    "a list whose items come back as terms": LIST_OF_TERMS,
    "lists whose items do not": LIST_ALONE,
    "definitions that are questions": ASKING_DEFINITIONS,
    "terms that are questions": ASKING_TERMS,
    "terms of two lines": TWO_LINE_TERMS,
    "sub-headings inside definitions": SUBHEADINGS,
    "the same words as terms": NAMES_AS_TERMS,
    "sides reversed": REVERSED,
    "the front repeated on the back": DOUBLED,
    "Spanish": SPANISH,
    "German": GERMAN,
    "French": FRENCH,
}


def paste(sample: str, above: str = "") -> Document:
    text = "\n".join(line.strip() for line in sample.splitlines())
    return read_studyset(Source("paste.txt", f"{above}{text}\n"), Settings())


def terms(sample: str) -> list[int]:
    """The lines on which its cards begin; of a term of two lines, the first."""
    lines = sample.splitlines()
    return [
        number
        for number, line in enumerate(lines, start=1)
        if not line.startswith(" ") and (number == 1 or lines[number - 2].startswith(" "))
    ]


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_cards_are_found(sample: str) -> None:
    assert [record.line for record in paste(sample).records] == terms(sample)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_cards_are_found_where_their_number_is_known(sample: str) -> None:
    cards = len(terms(sample))
    chrome = f"1/{cards - 1}\nLooks like no tags are added yet.\n"
    document = paste(sample, chrome)
    assert [record.line - 2 for record in document.records] == terms(sample)
    assert not [fault for fault in document.diagnostics if fault.rule is Rule.CARD_COUNT_MISMATCH]


def test_a_term_of_two_lines_is_whole() -> None:
    term = paste(TWO_LINE_TERMS).records[0].term.markdown
    assert term == "What is loam made of? Which part of it holds water?"


def test_what_describes_the_set_is_no_card_above_it() -> None:
    """It stands in place of the line about tags."""
    chrome = "1/5\nAll there is to know about soil\nName | Mastery | Learn | Test | Matching | Spaced |\n---|\n"
    document = paste(NAMES_AS_TERMS, chrome)
    assert [record.line - 4 for record in document.records] == terms(NAMES_AS_TERMS)
    assert len(document.chrome) == 4


MISSING = """\
What makes soil acid?
heavy rain and rotting needles
What is loam?
Why are worms welcome?
they mix the layers and let air in
Where does peat come from?
moss that does not rot, for want of air
When is lime spread?
in autumn, on bare soil
"""


def test_a_missing_definition_is_asked_about_and_can_be_told() -> None:
    """Two questions in a row may be one term of two lines, or a term without a definition: it is said, not guessed."""
    source = Source("paste.txt", MISSING)
    (loam,) = (record for record in read_studyset(source, Settings()).records if record.line == 3)
    assert loam.term.markdown == "What is loam? Why are worms welcome?"
    assert loam.doubt
    document = read_studyset(source, Settings(), {3: True, 4: True})
    assert [record.line for record in document.records] == [1, 4, 6, 8]
    (fault,) = [fault for fault in document.diagnostics if fault.rule is Rule.EMPTY_DEFINITION]
    assert fault.line == 3
