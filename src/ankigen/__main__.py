"""``python -m ankigen`` is the ``ankigen`` command."""

from ankigen.cli import main

main(prog_name="ankigen")
