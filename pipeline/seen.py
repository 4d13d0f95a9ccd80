"""What is remembered of papers at addresses from one run to the next."""

from __future__ import annotations

import gzip
import json
import zlib


class Seen:
    """The hashes of papers at addresses by what their storage says of them, so that none is fetched only to be hashed.

    `hashes` has for each address its fingerprint (see `pipeline.address`) and the hash of its content.
    """

    def __init__(self, hashes: dict[str, tuple[str, str]] | None = None) -> None:
        self.hashes = hashes or {}

    def sha256(self, address: str, fingerprint: str) -> str:
        """The hash that an earlier run found, where nothing has changed since; else empty."""
        before, sha256 = self.hashes.get(address, ("", ""))
        return sha256 if fingerprint and fingerprint == before else ""

    def as_bytes(self) -> bytes:
        """As compressed JSON."""
        return gzip.compress(json.dumps(self.hashes).encode("ascii"), 4, mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes) -> Seen:
        """What was kept; nothing where that is damaged."""
        try:
            said = json.loads(gzip.decompress(data))
            return cls({str(address): (str(mark), str(sha256)) for address, (mark, sha256) in said.items()})
        except (OSError, EOFError, zlib.error, ValueError, TypeError, AttributeError):
            return cls()
