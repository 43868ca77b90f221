"""The command line: which commands there are. Each has a module of its own, which is imported when it is run.

Data goes to stdout, diagnostics to stderr. Exit codes: 0 clean, 1 problems found, 2 wrong usage.
"""

import atexit
import gc
import sys

import click

from ankigen.cli_lazy import Commands, Named

__all__ = ["main"]

# To import what a command needs makes no garbage, and Python would look for some every 700 objects.
gc.set_threshold(20_000)
# It looks through all that there is when it ends, twice; what is frozen is passed over.
atexit.register(gc.freeze)

_COMMANDS = (  # in the words of their own help, which `tests/test_start_up.py` compares
    Named("build", "cli_build", "Build the decks of a project, or of loose files and folders."),
    Named("parse", "cli_read", "Print the records of files or folders, in source order."),
    Named("check", "cli_read", "Print what is wrong in a project, or in files and folders."),
    Named("plan", "cli_read", "Tell what an import of the next build will do in Anki; nothing is written."),
    Named("convert", "cli_convert", "Write a paste, or other notes, as clear Markdown with the same records."),
    Named("explain", "cli_explain", "Tell what a rule is about, with an example; without RULE, list all rules."),
    Named("ids", "cli_ids", "Tell which note a record is, where ankigen cannot know."),
    Named(
        "preview",
        "cli_preview",
        "Show the cards of a project, or of loose files and folders, in a browser, as Anki will.",
    ),
    Named(
        "templates",
        "cli_templates",
        "List the note types and themes of the project in this folder; `copy` copies a built-in one, to be edited.",
    ),
    Named(
        "cache",
        "cli_cache",
        "Look after the cache of a project, .ankigen/cache: notes as they were read, so that builds are fast.",
    ),
    Named("verify", "cli_verify", "Import packages into the real Anki and print what it makes of them."),
    Named("init", "cli_start", "Start a project in a folder: settings, and a first note that builds at once."),
    Named("completion", "cli_start", "Print a script that completes ankigen's commands and options in a shell."),
)


@click.group(
    cls=Commands,
    commands=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="ankigen")
def main() -> None:
    """Turn notes into Anki decks that keep every review.

    \b
    ankigen init            start a project in an empty folder
    ankigen build           build its decks into build/
    ankigen build notes.md -o notes.apkg

    Exit codes: 0 all is well, 1 problems were found, 2 wrong usage, 130 interrupted.
    """
    # A pipe or an old locale may not take every character; a mark in its place is better than a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
