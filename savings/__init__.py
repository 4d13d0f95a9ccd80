"""Savings of UK councils from their committee papers.

    import savings

    paper = savings.read("paper.pdf")       # one paper: paper.figures, .lines, .checks, .repairs, .tables
    for paper in savings.read_folder("papers"):
        ...                                 # one at a time, however many there are
    run = savings.open("out")               # what `savings run` left in a folder

All of these give pandas frames; docs/codebook.md says what their columns mean.

The package itself is the schema and the reconciler, and knows nothing of papers: what reads them is loaded only when it
is asked for.
"""

from importlib import import_module

_DOORS = {"read": "read", "read_folder": "read_folder", "open": "open_run"}
__all__ = ["open", "read", "read_folder"]


def __getattr__(name: str) -> object:
    if name in _DOORS:
        return getattr(import_module("pipeline.api"), _DOORS[name])
    raise AttributeError(f"module 'savings' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_DOORS])
