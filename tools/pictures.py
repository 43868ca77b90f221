"""Makes the pictures of cards: the sample notes as the real Anki renders them, photographed in Chromium.

One is the README's, the others show each theme in docs/cards.md.

    python tools/pictures.py [--chromium PATH]

Needs the extra `verify` and a Chromium. Math would need Anki's MathJax, so the chosen cards have none.
"""

import argparse
import shutil
import subprocess
import tempfile
from dataclasses import replace
from html import escape
from pathlib import Path

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from ankigen.build import build_project, check_project, read_project
from ankigen.project import find_project
from ankigen.themes import PLAIN_THEME, theme_names

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
SHOWN = (  # a part of the term, the side, and the mode
    ("Three claims of cell theory", "answer", "light"),
    ("Cell membrane", "answer", "light"),
    ("A decorator that counts calls", "answer", "dark"),
)
WIDTH, HEIGHT = 380, 640
REVEAL = "<script>document.querySelectorAll('.next').forEach(next => next.click())</script>"  # a list's first item


def main() -> None:
    """Build, import, render, photograph."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    photograph(arguments.chromium, PLAIN_THEME, PICTURES / "cards.png", scale=2)
    for theme in theme_names():
        photograph(arguments.chromium, theme, PICTURES / f"theme-{theme}.png", scale=1)


def photograph(chromium: str, theme: str, picture: Path, scale: int) -> None:
    """Write a picture of the cards that are shown, in a theme."""
    with tempfile.TemporaryDirectory() as folder:
        page = photograph_page(Path(folder), theme)
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += ["--disable-background-networking", "--force-prefers-reduced-motion"]
        command += [f"--user-data-dir={folder}/profile"]
        command += [f"--window-size={len(SHOWN) * (WIDTH + 24) + 24},{HEIGHT + 48}"]
        command += [f"--force-device-scale-factor={scale}", f"--screenshot={picture}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True)
    print(picture.relative_to(ROOT))


def photograph_page(folder: Path, theme: str) -> Path:
    """One page with a frame for each card that is shown; pictures lie beside it."""
    package = folder / "all.apkg"
    project = find_project([ROOT])
    project = replace(project, config=replace(project.config, theme=theme))
    build_project(project, check_project(project, read_project(project)), now=1, output=package)
    collection = Collection(str(folder / "collection.anki2"))
    request = ImportAnkiPackageRequest(package_path=str(package), options=ImportAnkiPackageOptions())
    collection.import_anki_package(request)
    frames = "".join(frame(collection, *shown) for shown in SHOWN)
    media = Path(collection.media.dir())
    for file in media.iterdir():
        shutil.copy(file, folder)
    collection.close()
    page = folder / "page.html"
    style = (
        "body{margin:24px;display:flex;gap:24px;background:#d9d9d9}"
        f"iframe{{width:{WIDTH}px;height:{HEIGHT}px;border:0;border-radius:14px}}"
    )
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{frames}", encoding="utf-8")
    return page


def frame(collection: Collection, term: str, side: str, mode: str) -> str:
    """The card whose note begins with ``term``, in a frame of its own."""
    for card_id in collection.find_cards("card:1"):
        card = collection.get_card(card_id)
        if term in card.note().fields[0].replace("</code>", "").replace("<code>", ""):
            shown = card.render_output()
            text = shown.question_text if side == "question" else shown.answer_text
            night = " nightMode night_mode" if mode == "dark" else ""
            body = f'<body class="card card1{night}"><div id=qa>{text}</div>{REVEAL}'
            html = f'<!doctype html><html class="{night.strip()}"><meta charset=utf-8><style>{shown.css}</style>{body}'
            return f'<iframe srcdoc="{escape(html)}"></iframe>'
    raise SystemExit(f"no sample note begins with {term!r}")


if __name__ == "__main__":
    main()
