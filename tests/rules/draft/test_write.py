"""A drafted rule is YAML, whatever the paper's headers hold."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rules.draft.write import flow

PRINTED = st.text(st.characters(min_codepoint=32, exclude_categories=["C"]), max_size=12)


@given(PRINTED)
@example("% of target")
@example("- of which cashable")
@example("Saving: gross # net")
@example("2007/08")
@example("no")
@example("'saved'")
def test_texts_come_back_as_they_were(text: str) -> None:
    said = {"header": text, "also": [text, text], text: "key"}
    assert YAML(typ="safe").load(flow(said)) == said
