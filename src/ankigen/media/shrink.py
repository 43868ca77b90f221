"""Large pictures made smaller, on request: the only importer of Pillow (the extra ``images``).

One version of Pillow makes the same bytes of the same picture. What is written anew holds no metadata: neither where a
photograph was taken nor how the camera was held; the picture is turned upright instead.
"""

import io
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # it is there only with the extra
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

__all__ = ["FORMATS", "PillowMissing", "Unshrunk", "check_pillow", "shrink"]

FORMATS = ("PNG", "JPEG", "WebP", "GIF")
"""The kinds of files that may be shrunk; a GIF only says why not."""

_OPTIONS: dict[str | None, dict[str, Any]] = {  # how each is written
    "PNG": {"optimize": True},
    "JPEG": {"quality": 85, "optimize": True, "progressive": True},
    "WEBP": {"quality": 85, "method": 4},
}
_LARGEST = 200_000_000  # pixels of a picture that is opened; a small file may claim to be endless


class PillowMissing(ImportError):
    """Shrinking was asked for, but Pillow is not installed."""

    def __init__(self) -> None:
        super().__init__('shrinking pictures needs Pillow: pip install "ankigen[images]"')


class Unshrunk(ValueError):
    """The picture stays as it is; the message says why."""


def check_pillow() -> None:
    """Raise `PillowMissing` unless pictures can be shrunk."""
    if find_spec("PIL") is None:
        raise PillowMissing


def shrink(data: bytes, longest: int) -> bytes | None:
    """The picture in ``data`` with ``longest`` pixels on its longer side; None when it is small enough as it is.

    Raises `Unshrunk` for what moves, what cannot be read, and what would not become a smaller file.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP", "GIF"]) as picture:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if max(picture.size) <= longest:
                return None
            _check(picture)
            written = io.BytesIO()
            profile = picture.info.get("icc_profile")  # else colours would change
            _smaller(picture, longest).save(
                written, picture.format, **_OPTIONS[picture.format], **({"icc_profile": profile} if profile else {})
            )
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise error if isinstance(error, Unshrunk) else Unshrunk(f"it cannot be read: {error}") from None
    if written.tell() >= len(data):
        raise Unshrunk("it would not become a smaller file")
    return written.getvalue()


def _check(picture: "ImageFile") -> None:
    """Raise `Unshrunk` for a picture that cannot be drawn anew without loss."""
    if getattr(picture, "is_animated", False):
        raise Unshrunk("it moves, and would stand still")
    if picture.format == "GIF":
        raise Unshrunk("a GIF has too few colours to be drawn anew")
    if picture.width * picture.height > _LARGEST:
        raise Unshrunk(f"it claims to have {picture.width} x {picture.height} pixels")


def _smaller(picture: "ImageFile", longest: int) -> "Image":
    """The picture upright, in its new size, without metadata."""
    from PIL import Image, ImageOps

    upright: Image.Image = ImageOps.exif_transpose(picture)
    if upright.mode in ("1", "P", "PA", "LA"):  # else nothing between two colours could be drawn
        is_clear = upright.mode in ("PA", "LA") or "transparency" in upright.info
        upright = upright.convert("RGBA" if is_clear else "RGB")
    scale = longest / max(upright.size)
    width, height = (max(1, round(side * scale)) for side in upright.size)
    smaller = upright.resize((width, height), Image.Resampling.LANCZOS)
    smaller.info.clear()
    return smaller
