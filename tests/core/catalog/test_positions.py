from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.positions import KeyPath, key_lines, line_of
from tests.core.catalog.toml_documents import documents, paths_of


@given(documents())
def test_every_key_the_parser_finds_has_the_line_it_was_written_on(
    document: tuple[str, dict[KeyPath, int]],
) -> None:
    text, written = document
    paths = paths_of(tomllib.loads(text))
    lines = key_lines(text)
    assert paths <= written.keys()
    assert {path: lines.get(path) for path in paths} == {path: written[path] for path in paths}


@given(st.text(st.sampled_from("a=.[]{}\"'#,\\\n\r 1\t"), max_size=60))
def test_no_text_is_too_broken_to_be_looked_through(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in key_lines(text).values())


def test_a_component_and_its_probes_are_found() -> None:
    text = """# the shop
[[component]]
id = "web"
needs = [
  "db", # a comment, with a comma
  {of = ["a", "b"], at_least = 1},
]

  [[component.probe]]
  id = "http"
    [[component.probe.threshold]]
    metric = "latency_ms"

[[component]]
id = "db"
[[component.probe]]
id = "port"
"""
    lines = key_lines(text)
    assert lines["component",] == 2
    assert lines["component", 0, "needs", 1] == 6
    assert lines["component", 0, "needs", 1, "of", 1] == 6
    assert lines["component", 0, "probe", 0, "id"] == 10
    assert lines["component", 0, "probe", 0, "threshold", 0, "metric"] == 12
    assert lines["component", 1] == 14
    assert lines["component", 1, "probe", 0, "id"] == 17


def test_a_key_that_is_not_there_is_shown_where_its_table_begins() -> None:
    lines = key_lines("\n[[component]]\nid = 'a'\n")
    assert line_of(lines, ("component", 0, "title")) == 2
    assert line_of(lines, ("service", 0)) == 1


def test_a_value_nested_a_hundred_thousand_deep_is_followed() -> None:
    lines = key_lines("a = " + "[" * 100_000 + "\nb = 2")
    assert lines["a",] == 1
