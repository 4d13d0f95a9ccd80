"""Memory that is free, but that the process still holds."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Give free memory back to the system where the C library keeps it (glibc's does, in pieces); else do nothing.

    What PDFium and pictures leave behind lies scattered among what stays, and is not given back by itself.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
