from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.operations.model import RUN_FOLLOWS, STEP_FOLLOWS, Effect, StepKind
from core.operations.procedure import expand, named_component, parse_procedure

HEAD = '+++\ntitle = "Restart it"\ncomponent = "web"\neffect = "restart"\ntimeout = "30s"\n+++\n'


def test_headings_blocks_and_boxes_become_steps() -> None:
    text = (
        HEAD
        + "Why.\n\n## Stop\n\n```run timeout=5s may_fail\n\"${DIR}/x\" stop 'a b'\n# not this\ntrue\n```\n\n- [ ] Tell the desk\n\n## See\n\n```check\ntrue\n```\n\n```text\nrm -rf /\n```\n"
    )
    parsed = parse_procedure(text)
    assert parsed.problems == ()
    assert parsed.procedure is not None
    stop, tell, see = parsed.procedure.steps
    assert (stop.kind, stop.title, stop.timeout_s, stop.may_fail) == (StepKind.RUN, "Stop", 5.0, True)
    assert stop.commands == (("${DIR}/x", "stop", "a b"), ("true",))
    assert (tell.kind, tell.shown) == (StepKind.MANUAL, ("Tell the desk",))
    assert (see.kind, see.timeout_s) == (StepKind.CHECK, 30.0)
    assert parsed.procedure.effect is Effect.RESTART
    assert expand(stop.commands[0], {"DIR": "/a b"}) == ["/a b/x", "stop", "a b"]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("no front matter", 1, "no front matter"),
        (HEAD.replace("title", "tittle"), 2, "no such key"),
        (HEAD.replace('"restart"', '"restrat"'), 4, "no effect"),
        (HEAD + "just prose\n", 7, "no step"),
        (HEAD + "```run\nls | wc\n```\n", 8, "need a shell"),
        (HEAD + "```run\necho 'open\n```\n", 8, "cannot be split"),
        (HEAD + "```run\n${HOME}/x\n```\n", 8, "no variable ${HOME}"),
        (HEAD + "```run timeout=soon\ntrue\n```\n", 7, "not a span"),
        (HEAD + "```run times=3\ntrue\n```\n", 7, "no such attribute"),
        (HEAD + "```run\n```\n", 7, "no command"),
        ("+++\ntitle = \n+++\n- [ ] x\n", 2, "not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, what: str) -> None:
    parsed = parse_procedure(text)
    assert parsed.procedure is None
    assert any(p.line == line and what in p.what for p in parsed.problems), parsed.problems


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_a_procedure_or_has_problems(text: str, headed: bool) -> None:
    parsed = parse_procedure((HEAD if headed else "") + text)
    assert (parsed.procedure is None) == bool(parsed.problems)


@pytest.mark.parametrize("follows", [RUN_FOLLOWS, STEP_FOLLOWS])
def test_every_state_has_a_way_out_and_an_end_is_final(follows: dict[str, frozenset[str]]) -> None:
    ends = {state for state, after in follows.items() if not after}
    assert ends
    for start in follows:
        seen, todo = set(), [start]
        while todo:
            state = todo.pop()
            if state not in seen:
                seen.add(state)
                todo += follows[state]
        assert seen & ends


def test_line_ends_of_any_kind_are_read_alike() -> None:
    text = HEAD + "## Stop\n\n```run\ntrue\n```\n\n- [ ] Tell the desk\n"
    for end in ("\r\n", "\r"):
        assert parse_procedure(text.replace("\n", end)) == parse_procedure(text)
        assert named_component(text.replace("\n", end)) == ("web", 3)
    assert parse_procedure(text).problems == ()


def test_a_front_matter_that_is_not_toml_is_told_with_one_line_number() -> None:
    (problem,) = parse_procedure("+++\ntitle = 'x'\neffect = = 1\n+++\n- [ ] x\n").problems
    assert problem.line == 3
    assert problem.what == "the front matter is not TOML: invalid value, at character 10"
    assert problem.next_step == "Correct this line"


def test_values_of_the_wrong_kind_are_told_as_they_are_written() -> None:
    text = "+++\ntitle = 2026-01-01\ncomponent = [1]\nlevel = 2026-01-01\neffect = true\nnote = 7\n+++\n- [ ] x\n"
    told = [(problem.line, problem.key, problem.what) for problem in parse_procedure(text).problems]
    assert told == [
        (2, "title", "must be text, not 2026-01-01"),
        (3, "component", "must be text, not a list"),
        (4, "level", "2026-01-01 is no level"),
        (5, "effect", "must be text, not true"),
        (6, "note", "must be text, not 7"),
    ]


@given(st.text(max_size=200))
def test_any_text_names_a_component_or_none(text: str) -> None:
    name, line = named_component(text)
    assert (line > 0) or not name


def test_a_front_matter_without_a_component_names_none() -> None:
    assert named_component("prose") == ("", 0)
    assert named_component(HEAD.replace("component", "compnent")) == ("", 0)
    assert named_component(HEAD.replace("title", "title = =")) == ("", 0)
