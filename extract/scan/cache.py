"""What was recognised on a picture, kept from run to run, so that a change of rules does not read it again.

One file a picture, named by a hash of the picture, the resolution and the engines. Files are written whole or not at
all, can be read by their owner only, and are no more than a shortcut: one that is gone, damaged or from another
version is passed over, and so is a folder that cannot be written to.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from extract.scan.engines import versions
from extract.scan.recognise import Recognised

# The modules that decide what is recognised on a picture.
_READERS = ("engines", "ink", "marks", "recognise", "runs")
# Another folder for the cache; empty for none at all.
VARIABLE = "COUNCIL_SAVINGS_CACHE"


def folder() -> Path | None:
    """Where the cache lies; None where it is switched off."""
    given = os.environ.get(VARIABLE)
    if given is None:
        return user_cache_path("council-savings") / "scans"
    return Path(given) if given else None


def key_of(grey: NDArray[np.uint8], dpi: float) -> str:
    """The name of a picture's entry."""
    digest = hashlib.sha256(f"{_recipe()} {grey.shape} {dpi:.3f}".encode())
    digest.update(np.ascontiguousarray(grey).data)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _recipe() -> str:
    """How pictures are read: the engines' versions and the code that uses them, so that no other's reading is taken."""
    digest = hashlib.sha256(versions().encode())
    for name in _READERS:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()


def kept(key: str) -> Recognised | None:
    """What was kept under a name; None where that is nothing, or nothing of use."""
    place = folder()
    if place is None:
        return None
    try:
        with gzip.open(place / f"{key}.json.gz", "rt", encoding="utf-8") as file:
            return Recognised.of_json(json.load(file))
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def keep(key: str, found: Recognised) -> None:
    """Keep what was recognised. Where the folder cannot be written to, nothing is kept."""
    _keep(f"{key}.json.gz", gzip.compress(json.dumps(found.as_json()).encode(), mtime=0))


def letters(key: str, count: Callable[[], int]) -> int:
    """How many letters a picture has: as kept under its name, or counted now and kept."""
    place = folder()
    if place is not None:
        with suppress(OSError, ValueError):
            return int((place / f"{key}.letters").read_text(encoding="ascii"))
    found = count()
    _keep(f"{key}.letters", str(found).encode())
    return found


def _keep(name: str, data: bytes) -> None:
    place = folder()
    if place is None:
        return
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(place / name, data)


def _write(path: Path, data: bytes) -> None:
    """Write a file under another name first: a reader sees it whole or not at all. mkstemp makes it its owner's."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
