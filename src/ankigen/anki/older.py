"""The real Anki, asked to write a package in an older format: ``python -m ankigen.anki.older PACKAGE FOLDER``.

Runs in a process of its own, started by :mod:`ankigen.anki.reading`; writes ``older.apkg`` into the folder.
"""

import sys
from pathlib import Path

from anki.collection import Collection, ExportAnkiPackageOptions, ImportAnkiPackageOptions, ImportAnkiPackageRequest


def main(package: str, folder: str) -> None:
    """Import the package into a new collection, and export that, with no reviews and no media."""
    collection = Collection(str(Path(folder, "collection.anki2")))
    try:
        for stock in collection.models.all():  # or a note type of the same name would be given another one
            stock["name"] = f"{stock['id']}"
            collection.models.update_dict(stock)
        collection.import_anki_package(
            ImportAnkiPackageRequest(package_path=package, options=ImportAnkiPackageOptions())
        )
        options = ExportAnkiPackageOptions(
            with_scheduling=False, with_deck_configs=False, with_media=False, legacy=True
        )
        collection.export_anki_package(out_path=str(Path(folder, "older.apkg")), options=options, limit=None)
    finally:
        collection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
