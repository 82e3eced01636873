"""Which files are images: by their suffix, or by their first bytes."""

from __future__ import annotations

HEAD_BYTES = 132
"""How many first bytes tell an image."""
SUFFIXES = frozenset(
    [
        ".avif",
        ".bmp",
        ".dcm",
        ".dib",
        ".dicom",
        ".gif",
        ".ico",
        ".j2k",
        ".jfif",
        ".jp2",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".jpx",
        ".pbm",
        ".pcx",
        ".pgm",
        ".png",
        ".pnm",
        ".ppm",
        ".qoi",
        ".sgi",
        ".tga",
        ".tif",
        ".tiff",
        ".webp",
    ]
)
"""Suffixes of files that have to be images: when one isn't, it is reported."""
_STARTS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"\xff\x4f\xff\x51",
)


def is_jpeg(head: bytes) -> bool:
    """Return whether bytes start as a JPEG does.

    >>> is_jpeg(bytes.fromhex("ffd8ffe0")), is_jpeg(b"GIF89a")
    (True, False)
    """
    return head[:3] == b"\xff\xd8\xff"


def is_dicom(head: bytes) -> bool:
    """Return whether bytes start as a DICOM file does.

    >>> is_dicom(bytes(128) + b"DICM")
    True
    """
    return head[128:132] == b"DICM"


def looks_like_image(head: bytes) -> bool:
    """Return whether bytes start as an image does; for files whose suffix doesn't say.

    >>> looks_like_image(b"GIF89a..."), looks_like_image(b"image,label")
    (True, False)
    """
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return head.startswith(_STARTS) or webp or is_dicom(head)


def named_as_image(name: str) -> bool:
    """Return whether a file's suffix says that it is an image.

    >>> named_as_image("a/b/X.JPG"), named_as_image("a.jpg.txt")
    (True, False)
    """
    stem, _, suffix = name.rpartition(".")
    return f".{suffix.lower()}" in SUFFIXES and stem[-1:] not in {"", "/"}


def hidden(name: str) -> bool:
    """Return whether a path inside a source is hidden: a part starts with a dot, or it is what macOS adds to archives.

    >>> hidden("a/.thumbnails/b.png"), hidden("__MACOSX/a.png"), hidden("a/b.png")
    (True, True, False)
    """
    if "." not in name[:1] and "/." not in name and "__MACOSX" not in name:
        return False
    parts = name.split("/")
    return any((part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX" for part in parts)


def leads_out(name: str) -> bool:
    r"""Return whether the name of an archive's member would be written outside the folder it is unpacked into.

    >>> leads_out("../x.png"), leads_out("/etc/x.png"), leads_out("C:\\x.png"), leads_out("a/../../x.png"), leads_out("a/x.png")
    (True, True, True, True, False)
    """
    if ".." not in name and ":" not in name and not name.startswith(("/", "\\")):
        return False
    plain = name.replace("\\", "/")
    return plain.startswith("/") or plain[1:2] == ":" or ".." in plain.split("/")
