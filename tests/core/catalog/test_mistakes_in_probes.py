"""Each mistake in a probe gives one problem, when the file is read and not when the probe runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.catalog.catalogs import lines_of, read_beside_house

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.problem import Loaded

_HTTP = 'kind = "http"\nurl = "https://127.0.0.1/"\n'
_TCP = 'kind = "tcp"\nhost = "127.0.0.1"\nport = 80\n'
_RANGE = "[[component.probe.threshold]]\n"
_SPAN_STEP = "Write it as 10s, 1m30s, 500ms, 2h or 1d, or as a number of seconds"

_MISTAKES = {
    "no kind": (
        "every = 1",
        '4: kind: the key "kind" is missing',
        "Add kind, one of command, file, heartbeat, ",
    ),
    "a kind there is none of": ('kind = "ftp"', '6: kind: there is no kind of probe "ftp"', ""),
    "a misspelt kind": (
        'kind = "comand"\nrun = ["x"]',
        '6: kind: there is no kind of probe "comand"',
        'Did you mean "command"?',
    ),
    "no address": ('kind = "http"', '4: url: the key "url" is missing', "Add url"),
    "a key of another kind": (
        _TCP + 'url = "x"',
        '9: url: there is no key "url" here',
        "The keys are: attempts, ",
    ),
    "a time-out as long as the period": (
        _TCP + 'every = "10s"\ntimeout = 10',
        "10: timeout: timeout (10s) is not shorter than every (10s)",
        "Make timeout shorter, or every longer",
    ),
    "no attempts": (_TCP + "attempts = 0", "9: attempts: is 0; it must be at least 1", "Write 1 or more"),
    "no good attempts": (
        _TCP + "good_attempts = 0",
        "9: good_attempts: is 0; it must be at least 1",
        "Write 1",
    ),
    "a span of no unit": (_TCP + 'every = "10"', "9: every: '10' is not a span of time", _SPAN_STEP),
    "a span that is a list": (_TCP + "every = [10]", "9: every: must be a span of time", _SPAN_STEP),
    "a span that is true": (_TCP + "every = true", "9: every: must be a span of time", _SPAN_STEP),
    "a span of nothing": (_TCP + "every = 0", "9: every: must be longer than nothing", _SPAN_STEP),
    "a span that is no number": (
        _TCP + "every = nan",
        "9: every: is not between nothing and ten years",
        _SPAN_STEP,
    ),
    "a span without end": (
        _TCP + "retry = inf",
        "9: retry: is not between nothing and ten years",
        _SPAN_STEP,
    ),
    "a hundred times a second": (
        _TCP + 'every = "10ms"',
        "9: every: is more often than ten times",
        "Look less",
    ),
    "an address of another scheme": (
        'kind = "http"\nurl = "ftp://127.0.0.1/"',
        "7: url: 'ftp://127.0.0.1/' is not an http address",
        "Write it as https://host:port/path",
    ),
    "an address with a wild port": (
        'kind = "http"\nurl = "http://h:99999/"',
        "7: url: is not an address: ",
        "",
    ),
    "an address with a blank": (
        'kind = "http"\nurl = "http://h/a b"',
        "7: url: holds a blank",
        "Write a blank as",
    ),
    "a status there is none of": (
        _HTTP + "status = [200, 99]",
        "8: status[#2]: is 99; it must be",
        "Write 100 or",
    ),
    "a single wrong status": (_HTTP + "status = 600", "8: status: is 600; it must be at most 599", ""),
    "a line end in a header": (_HTTP + 'headers = {a = "b\\r\\nc"}', "8: headers.a: holds a line end", ""),
    "a header of a bad name": (_HTTP + 'headers = {"a b" = "c"}', "8: headers.a b: 'a b' cannot be", ""),
    "a pattern that is none": (
        _HTTP + 'body = "a(b"',
        "8: body: is not a regular expression: missing ), unterminated subpattern at character 2",
        "Escape what is meant literally with \\",
    ),
    "a port beyond all": (
        'kind = "tcp"\nhost = "h"\nport = 65536',
        "8: port: is 65536; it must be at most",
        "",
    ),
    "a host with a port": (
        'kind = "tcp"\nhost = "h/x"\nport = 1',
        "7: host: 'h/x' is not the name",
        "Write a name",
    ),
    "a shell line": (
        'kind = "command"\nrun = "check_disk -w 10%"',
        "7: run: must be a list of arguments: no shell takes a line apart",
        'Write run = ["check_disk", "-w", "10%"]',
    ),
    "an empty command": ('kind = "command"\nrun = []', "7: run: names no program", ""),
    "a zero byte in an argument": (
        'kind = "command"\nrun = ["a", "\\u0000"]',
        "7: run[#2]: holds a zero byte",
        "",
    ),
    "a variable of a bad name": (
        'kind = "command"\nrun = ["a"]\nenv = {"A=B" = "c"}',
        "8: env.A=B: 'A=B' cannot",
        "",
    ),
    "a relative file": (
        'kind = "file"\npath = "log/a.log"',
        "7: path: 'log/a.log' is not a path from the root",
        "",
    ),
    "an empty file": ('kind = "file"\npath = ""', "7: path: is empty", ""),
    "a word for a missing file": (
        'kind = "file"\npath = "/a"\nmissing = "critcal"',
        '8: missing: "critcal" is not one of critical, ok, unknown, warning',
        'Did you mean "critical"?',
    ),
    "a process found in no way": (
        'kind = "process"',
        "4: gives neither pid_file nor pattern",
        "Give one of them",
    ),
    "a process found in two ways": (
        'kind = "process"\npid_file = "/run/a.pid"\npattern = "a"',
        "4: gives both pid_file and pattern",
        "Give one of them",
    ),
    "fewer processes than there must be": (
        'kind = "process"\npattern = "a"\nat_least = 3\nat_most = 2',
        "9: at_most: at_most (2) is less than at_least (3)",
        "Raise at_most, or write 0 for no limit",
    ),
    "an unknown aspect": (
        'kind = "host"\naspect = "lod"',
        '7: aspect: "lod" is not one of',
        'Did you mean "load"?',
    ),
    "a path of no disk": (
        'kind = "host"\naspect = "load"\npath = "/"',
        "8: path: means nothing for load",
        "",
    ),
    "a heartbeat nobody can name": (
        'kind = "heartbeat"\nname = "A b"\nwithin = 5',
        '7: name: "A b" cannot be',
        "",
    ),
    "a range that starts after it ends": (
        _TCP + _RANGE + 'metric = "latency_ms"\nwarning = "20:10"',
        "11: threshold[latency_ms].warning: ",
        "",
    ),
    "a range that is a truth value": (
        _TCP + _RANGE + 'metric = "latency_ms"\ncritical = true',
        "11: threshold[latency_ms].critical: must be a range",
        "Write a range as 80, 10:, ~:5, 10:20 or @10:20",
    ),
    "a threshold that says nothing": (
        _TCP + _RANGE + 'metric = "latency_ms"',
        "9: threshold[latency_ms]: gives neither a warning nor a critical range",
        'Add one, such as warning = "80"',
    ),
    "an end without a beginning": (
        _TCP + _RANGE + 'metric = "latency_ms"\nwarning = "5"\ncritical_clear = "3"',
        "12: threshold[latency_ms].critical_clear: says when the critical ends",
        "Add critical, or take it out",
    ),
    "a metric the probe does not give": (
        _TCP + _RANGE + 'metric = "latency"\nwarning = "5"',
        '10: threshold[latency].metric: a tcp probe gives no metric "latency" here',
        'Did you mean "latency_ms"?',
    ),
    "two thresholds for a metric": (
        (_TCP + (_RANGE + 'metric = "latency_ms"\nwarning = "5"\n') * 2),
        '13: threshold[latency_ms].metric: a second threshold for "latency_ms"; the first is on line 10',
        "Keep one of the two",
    ),
}


@pytest.mark.parametrize("mistake", _MISTAKES)
def test_a_mistake_in_a_probe_is_named(mistake: str, tmp_path: Path) -> None:
    text, what, step = _MISTAKES[mistake]
    lines = lines_of(_read(tmp_path, text), tmp_path)
    line, _, rest = what.partition(": ")
    key = f"component[web].probe[p].{rest}" if rest.split(": ")[0].islower() and ": " in rest else rest
    assert len(lines) == 1, "\n".join(lines)
    assert lines[0].startswith(f"it.toml:{line}: ")
    assert key in lines[0]
    assert step in lines[0]


def test_two_probes_of_one_id_are_told_with_both_lines(tmp_path: Path) -> None:
    text = f'{_TCP}[[component.probe]]\nid = "p"\n{_TCP}'
    assert lines_of(_read(tmp_path, text), tmp_path) == [
        (
            'it.toml:10: component[web].probe[p].id: a second probe "p" of this component; the first is on line 5. '
            "Give one of the two another id"
        )
    ]


def _read(directory: Path, probe: str) -> Loaded:
    return read_beside_house(
        directory, f'[[component]]\nid = "web"\nservice = "shop"\n[[component.probe]]\nid = "p"\n{probe}\n'
    )
