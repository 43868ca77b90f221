"""Large pictures made smaller: the same bytes each time, upright, without the place where they were taken."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from anki_oracle import collection, import_package
from ankigen.media.shrink import Unshrunk, shrink
from commands import run, write
from test_media import build, folder, shipped
from test_media_finding import says

__all__ = ["folder"]  # the fixture


def photo(form: str = "JPEG", size: tuple[int, int] = (400, 200), mode: str = "RGB", **options: Any) -> bytes:
    """A picture that is red on its left half and full of noise on the right."""
    picture = Image.effect_noise(size, 90).convert("RGB")
    picture.paste((250, 0, 0), (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    picture.convert(mode).save(written, form, **options)
    return written.getvalue()


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_becomes_small(form: str) -> None:
    data = photo(form)
    small = shrink(data, 100)
    assert small == shrink(data, 100)
    assert small is not None
    assert len(small) < len(data)
    assert (opened(small).size, opened(small).format) == ((100, 50), form)
    assert shrink(data, 400) is None


def test_a_photograph_stands_upright_and_tells_no_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held to the left: to be turned right
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.0)
    data = photo(exif=exif, comment=b"at home")
    small = opened(shrink(data, 100))
    assert small.size == (50, 100)
    top = small.convert("RGB").getpixel((25, 10))
    assert isinstance(top, tuple)
    assert top[0] > 200
    assert top[1] < 80  # what was left is above now
    assert not small.getexif()
    assert "comment" not in small.info


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "I;16"])
def test_pictures_of_every_mode(mode: str) -> None:
    assert opened(shrink(_deep() if mode == "I;16" else photo("PNG", mode=mode), 100)).size == (100, 50)


@pytest.mark.parametrize("mode", ["1", "P"])
def test_few_colours_become_many(mode: str) -> None:
    data = photo("PNG", mode=mode, size=(4000, 2000))
    assert opened(shrink(data, 100)).mode == "RGB"
    with pytest.raises(Unshrunk, match="would not become a smaller file"):
        shrink(data, 3999)


def _deep() -> bytes:
    written = io.BytesIO()
    Image.new("I;16", (400, 200), 40_000).save(written, "PNG", compress_level=0)
    return written.getvalue()


def test_colours_keep_their_profile() -> None:
    assert opened(shrink(photo(icc_profile=b"profile"), 100)).info["icc_profile"] == b"profile"


def test_what_cannot_be_shrunk_says_why() -> None:
    frames = [Image.new("RGB", (400, 200), colour) for colour in ("red", "blue")]
    for form in ("GIF", "WEBP", "PNG"):
        moving = io.BytesIO()
        frames[0].save(moving, form, save_all=True, append_images=frames[1:])
        with pytest.raises(Unshrunk, match="it moves"):
            shrink(moving.getvalue(), 100)
    still = io.BytesIO()
    frames[0].save(still, "PNG", optimize=True)
    for data, why in (
        (photo("GIF", mode="P"), "too few colours"),
        (still.getvalue(), "would not become a smaller file"),
        (photo()[:2000], "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "cannot be read"),
    ):
        with pytest.raises(Unshrunk, match=why):
            shrink(data, 50 if "smaller" not in why else 399)


def test_it_is_a_setting(folder: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/sub/a.jpg": photo(),
        "content/sub/b.gif": photo("GIF", mode="P"),
        "content/sub/c.png": b"text",
    }
    write(folder, files)
    note = "# Term\n\n![](a.jpg) ![](b.gif) ![](c.png)\n"
    assert not build(note)
    assert set(shipped().values()) == set(files.values())
    write(folder, {"ankigen.toml": "[media]\nshrink = 100\n"})
    said = build(note)
    assert says(said) == ["unshrunk-media"]
    assert "n.md:3:16: info[unshrunk-media]: content/sub/b.gif is not shrunk" in said
    first = Path("build/sub.apkg").read_bytes()
    build(note)
    assert Path("build/sub.apkg").read_bytes() == first
    assert sorted(opened(data).size for data in shipped().values() if data != b"text") == [(100, 50), (400, 200)]
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        assert not col.media.check().missing


def test_without_pillow_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    write(folder, {"ankigen.toml": "[media]\nshrink = 100\n", "content/a.md": "# T\n\nx\n"})
    for command in ("build", "check", "plan"):
        done = run(command)
        assert (done.exit_code, done.stdout) == (1, "")
        assert 'ankigen: shrinking pictures needs Pillow: pip install "ankigen[images]"' in done.stderr
