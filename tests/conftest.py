"""What all tests share: how Hypothesis looks for examples."""

from __future__ import annotations

import os

from hypothesis import settings

# Scans that were recognised before are not taken from the user's own cache, nor put there.
os.environ["COUNCIL_SAVINGS_CACHE"] = ""

# No deadline: the first call of a compiled library is slow and says nothing about the code under test.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
