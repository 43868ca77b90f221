"""Makes the README's picture of the preview: the sample notes, as `ankigen preview --export` shows them in Chromium.

    python tools/preview_picture.py [--chromium PATH] [--output FILE.png] [--night] [--phone] [--term TEXT]

Needs the extras `preview` and `test`, and a Chromium. What a card shows comes from the notes as they are now.
"""

import argparse
import re
import tempfile
from pathlib import Path

from ankigen.preview.export import export
from ankigen.preview.snapshot import Watched
from chromium import browser, find_chromium

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "preview.png"
TERM = "Cell membrane"


def main() -> None:
    """Export, open, choose a card, photograph."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=find_chromium())
    parser.add_argument("--output", type=Path, default=PICTURE)
    parser.add_argument("--night", action="store_true")
    parser.add_argument("--phone", action="store_true", help="as on a phone's screen")
    parser.add_argument("--term", default=TERM, help="how the record begins whose card is shown")
    arguments = parser.parse_args()
    if not arguments.chromium:
        parser.error("there is no Chromium: install it, or name it with --chromium")
    width, height = (390, 780) if arguments.phone else (1120, 640)
    with tempfile.TemporaryDirectory() as folder, browser(arguments.chromium) as started:
        public = Path(folder) / "public"
        export(Watched([ROOT]).snapshot(), public)
        context = started.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if arguments.night else "light"
        )
        page = context.new_page()
        page.goto((public / "index.html").as_uri())
        page.locator("#search").fill(arguments.term)
        page.get_by_role("option", name=re.compile(f"^{re.escape(arguments.term)}")).first.click()
        page.locator("#search").fill("")
        page.locator("#flip").click()
        page.frame_locator("#stage iframe:not(.coming)").locator("#answer, .cloze").first.wait_for()
        page.wait_for_timeout(300)  # for a picture on the card
        page.screenshot(path=arguments.output)
    print(arguments.output)


if __name__ == "__main__":
    main()
