"""Sigma rules: what they match, what is sought first, and what is refused with its place when the file is read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from core.catalog.logs import LogSource, SigmaText
from core.catalog.reader import read_catalog
from core.errors import BadInput
from core.security.signals import sigma
from core.security.signals.judging import Judge
from core.security.signals.sigma import Line, compile_rule

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEAD = "title: A title\nlogsource:\n  product: linux\n  service: {service}\ndetection:\n"
WEB_HEAD = "title: A title\nlogsource:\n  category: webserver\ndetection:\n"
SSHD = b"2026-11-23T09:00:00+00:00 shop-1 sshd[7]: "
WEB = b'10.0.0.1 - - [23/Nov/2026:09:00:00 +0000] "GET /shop?id=1%20or HTTP/1.1" 200 12 "-" "curl/8"'


def rule(detection: str, service: str = "sshd") -> SigmaText:
    return SigmaText("a-rule", "/c/sigma/a-rule.yml", HEAD.format(service=service) + detection)


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(sigma, "import_module", missing)
    with pytest.raises(BadInput, match=r"needs pySigma.*watchfloor\[sigma\]"):
        compile_rule(rule("  k: [x]\n  condition: k\n"))


@pytest.mark.parametrize(
    ("asked", "behind", "told"),
    [
        (b"GET /a?b=1 HTTP/1.1", b' "-" "curl/8"', {"uri": "/a?b=1", "stem": "/a", "query": "b=1", "agent": "curl/8"}),
        (b'GET /a\\"b HTTP/1.1', b' "-" "curl/8"', {"uri": '/a\\"b', "stem": '/a\\"b', "query": None, "agent": "curl/8"}),
        (b'GET /a?b=\\"1 HTTP/1.1', b' "-" "c"', {"uri": '/a?b=\\"1', "query": 'b=\\"1', "agent": "c"}),
        (b'GET /a b\\" HTTP/1.1', b' "x\\"y" "c\\"d"', {"stem": "/a", "referer": 'x\\"y', "agent": 'c\\"d'}),
        (b"GET /a", b"", {"uri": "/a", "status": "200", "agent": None}),
        (b"GET /" + b"a" * 60_000, b"", {"status": "200", "size": "12"}),
    ],
)  # fmt: skip
def test_a_quote_that_somebody_sent_hides_nothing(
    asked: bytes, behind: bytes, told: dict[str, str | None]
) -> None:
    line = Line(b'10.0.0.1 - - [23/Nov/2026:09:00:00 +0000] "' + asked + b'" 200 12' + behind, "web")
    assert {name: line.field(name) for name in told} == told


class TestWithTheLibrary:
    @pytest.fixture(autouse=True)
    def _needs_it(self) -> None:
        pytest.importorskip("sigma", reason="make test installs it")

    @pytest.mark.parametrize(
        ("detection", "said", "is_match"),
        [
            ("  k: ['unexpected internal error', 'bad * value']\n  condition: k\n", b"a Bad old value", True),
            ("  k: ['unexpected internal error', 'bad * value']\n  condition: k\n", b"a bad thing", False),
            ("  k:\n    '|all': [one, two]\n  condition: k\n", b"two and one", True),
            ("  k:\n    '|all': [one, two]\n  condition: k\n", b"two", False),
            ("  s:\n    message|startswith: 'fatal'\n  n: [benign]\n  condition: s and not n\n", b"fatal: x", True),
            ("  s:\n    message|startswith: 'fatal'\n  n: [benign]\n  condition: s and not n\n", b"fatal: benign", False),
            ("  s:\n    message|re: 'x[0-9]+y'\n  condition: s\n", b"ax12yb", True),
            ("  s_1: [never]\n  s_2: [twice]\n  condition: 1 of s_*\n", b"twice", True),
        ],
    )  # fmt: skip
    def test_a_line_is_matched(self, detection: str, said: bytes, is_match: bool) -> None:
        found = compile_rule(rule(detection))
        line = SSHD + said
        assert found.matches(Line(line, "auth")) is is_match
        if is_match and found.needles is not None:
            assert any(needle in line.lower() for needle in found.needles)

    @pytest.mark.parametrize(
        ("detection", "is_match"),
        [
            ("  s:\n    cs-method: GET\n    sc-status: 200\n  condition: s\n", True),
            ("  s:\n    cs-uri-query|contains: '%20or'\n    c-ip|cidr: 10.0.0.0/8\n  condition: s\n", True),
            ("  s:\n    c-ip|cidr: 192.168.0.0/16\n  condition: s\n", False),
            ("  s:\n    cs-username: null\n  condition: s\n", False),
        ],
    )
    def test_a_web_line_is_matched_by_its_fields(self, detection: str, is_match: bool) -> None:
        found = compile_rule(SigmaText("w", "/c/sigma/w.yml", WEB_HEAD + detection))
        assert (found.kind, found.matches(Line(WEB, "web"))) == ("web", is_match)

    @pytest.mark.parametrize(
        ("text", "where", "what"),
        [
            ("title: a\nlevel: [x\n", "line 3", "is not YAML"),
            ("title: a\n---\ntitle: b\n", "", "holds 2 documents"),
            ("just words", "", "holds 1 documents"),
            ("title: a\nlogsource:\n  product: windows\ndetection:\n  k: [x]\n  condition: k\n", "logsource", "is about windows"),
            (HEAD.format(service="sshd") + "  k: [x]\n  condition: k and nope\n", "detection.condition", "nope"),
            (HEAD.format(service="sshd") + "  s:\n    EventID: 4\n  condition: s\n", "detection, field EventID", "told by no line"),
            (HEAD.format(service="sshd") + "  s:\n    message|re: '(x'\n  condition: s\n", "", "expression"),
            (HEAD.format(service="sshd") + "  k: [x]\n  timeframe: 5m\n  condition: k\n", "detection", "counts within a span"),
            ("title: a\nlogsource: {}\ndetection: {}\n", "", "is no Sigma rule"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_held_against_a_line_is_refused_with_its_place(
        self, text: str, where: str, what: str
    ) -> None:
        with pytest.raises(BadInput, match=what) as refused:
            compile_rule(SigmaText("bad", "/c/sigma/bad.yml", text))
        assert refused.value.where.startswith("/c/sigma/bad.yml")
        assert where in refused.value.where

    @pytest.mark.parametrize(
        "wanted", [r"|re: '^(\w+\s?)+$'", "|contains: 'a*a*a*a*a*a*a*b'", "|endswith: 'a*a*a*a*a*a*ab'"]
    )
    def test_no_rule_takes_long_whatever_the_line_is(self, wanted: str) -> None:
        found = compile_rule(rule(f"  s:\n    message{wanted}\n  condition: s\n"))
        begun = time.process_time()
        assert not found.matches(Line(SSHD + b"a " * 30_000 + b"!", "auth"))
        assert time.process_time() - begun < 2

    def test_a_look_around_is_refused_with_its_place(self) -> None:
        with pytest.raises(BadInput, match="invalid perl operator") as refused:
            compile_rule(rule("  s:\n    message|re: '(?<!a)b'\n  condition: s\n"))
        assert refused.value.where == "/c/sigma/a-rule.yml"

    def test_a_rule_of_sshd_is_about_the_lines_of_sshd(self) -> None:
        found = compile_rule(rule("  k: [strange]\n  condition: k\nlevel: critical\n"))
        judge = Judge(LogSource("auth", "auth", "auth", "/x"), sigma=[found])
        data = (SSHD + b"a STRANGE thing\n") * 2 + b"2026-11-23T09:00:00+00:00 shop-1 cron[7]: strange\n"
        (raised,) = judge.judge(data, NOW, is_live=False).raised
        assert (raised.rule, raised.severity, raised.times) == ("sigma-a-rule", "critical", 2)

    def test_the_catalog_holds_the_rules_below_it_and_refuses_a_bad_one(self, tmp_path: Path) -> None:
        (tmp_path / "sigma").mkdir()
        (tmp_path / "c.toml").write_text('[[service]]\nid = "shop"\n')
        good = tmp_path / "sigma" / "Good_one.yml"
        good.write_text(rule("  k: [x]\n  condition: k\n").text)
        loaded = read_catalog(tmp_path)
        assert loaded.catalog is not None
        assert list(loaded.catalog.sigma_rules) == ["good_one"]
        (tmp_path / "sigma" / "bad.yml").write_text("title: a\nlevel: }\n")
        (problem,) = read_catalog(tmp_path).problems
        assert (problem.file, problem.line) == (str(tmp_path / "sigma" / "bad.yml"), 2)
        assert "is not YAML" in problem.what
