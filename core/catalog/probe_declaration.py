"""A probe as it is written in a catalog file, one class a kind, and how it becomes a Probe.

A probe is one table: what every probe has (`every`, `timeout`, …) beside what its kind has (`url`).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.catalog import model
from core.catalog.fields import (
    AbsolutePath,
    Attempts,
    Count,
    Duration,
    Given,
    GivenPath,
    Id,
    Pattern,
    Plain,
    RangeText,
    Span,
    told,
)
from core.catalog.metrics import metrics_of
from core.catalog.nearest import did_you_mean, listed
from core.catalog.quoting import short

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token of RFC 9110, section 5.6.2
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEFAULT_TIMEOUT_S = 5.0
_DEFAULT_RETRY_S = 5.0
_SHORTEST_EVERY_S = 0.1


class Declaration(BaseModel):
    """What is common to all tables of a catalog file: no key but the declared ones, no type but the written one.

    `nested` names the class of each key that holds tables of its own, so that messages can list its keys.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    nested: ClassVar[dict[str, Any]] = {}

    def value(self) -> Any:
        """Returns the frozen value that the rest of the house knows."""
        raise NotImplementedError


class ThresholdDeclaration(Declaration):
    """`[[component.probe.threshold]]`."""

    metric: Given
    warning: RangeText = ""
    critical: RangeText = ""
    warning_clear: RangeText = ""
    critical_clear: RangeText = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.warning and not self.critical:
            raise told(
                "gives neither a warning nor a critical range",
                'Add one, such as warning = "80"',
                concerns=(("warning",), ("critical",)),
            )
        for level in ("warning", "critical"):
            if getattr(self, f"{level}_clear") and not getattr(self, level):
                what = f"says when the {level} ends, but nothing says when it begins"
                raise told(what, f"Add {level}, or take it out", at=(f"{level}_clear",), concerns=((level,),))
        return self

    def value(self) -> model.Threshold:
        """Returns the threshold."""
        return model.Threshold(**self.model_dump())


def _distinct_metrics(thresholds: list[ThresholdDeclaration]) -> list[ThresholdDeclaration]:
    seen: dict[str, int] = {}
    for index, threshold in enumerate(thresholds):
        first = seen.setdefault(threshold.metric, index)
        if first != index:
            what = f'a second threshold for "{threshold.metric}"'
            raise told(what, "Keep one of the two", at=(index, "metric"), first=(first, "metric"))
    return thresholds


class ProbeDeclaration(Declaration):
    """What every `[[component.probe]]` has, whatever its kind."""

    nested: ClassVar[dict[str, Any]] = {"threshold": ThresholdDeclaration}

    id: Id
    kind: str
    every: Duration = 30.0
    timeout: Duration | None = None
    attempts: Attempts = 3
    good_attempts: Attempts = 1
    retry: Duration | None = None
    threshold: Annotated[list[ThresholdDeclaration], AfterValidator(_distinct_metrics)] = Field(default=[])

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.every < _SHORTEST_EVERY_S:
            raise told("is more often than ten times a second", "Look less often", at=("every",))
        if self.timeout is not None and self.timeout >= self.every:
            what = f"timeout ({self.timeout:g}s) is not shorter than every ({self.every:g}s)"
            step = "Make timeout shorter, or every longer"
            raise told(what, step, at=("timeout",), concerns=(("every",),))
        return self

    @model_validator(mode="after")
    def _known_metrics(self) -> Self:
        names = metrics_of(self.target())
        for index, threshold in enumerate(self.threshold if names is not None else ()):
            if threshold.metric not in (names or ()):
                what = f'a {self.kind} probe gives no metric "{short(threshold.metric)}" here'
                step = did_you_mean(threshold.metric, names or (), f"It gives {listed(names or ())}")
                at = ("threshold", index, "metric")
                raise told(what, step, at=at, concerns=(("url",), ("aspect",)))
        return self

    def target(self) -> model.Target:
        """Returns what is looked at."""
        raise NotImplementedError

    def value(self) -> model.Probe:
        """Returns the probe. A timeout or retry that is not given is 5 s, or less when `every` is short."""
        timeout_s = self.timeout if self.timeout is not None else min(_DEFAULT_TIMEOUT_S, self.every / 2)
        retry_s = self.retry if self.retry is not None else min(_DEFAULT_RETRY_S, self.every)
        return model.Probe(
            id=self.id,
            target=self.target(),
            every_s=self.every,
            timeout_s=timeout_s,
            attempts=self.attempts,
            good_attempts=self.good_attempts,
            retry_s=retry_s,
            thresholds=tuple(threshold.value() for threshold in self.threshold),
        )


def _checked_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise told(f"is not an address: {error}", "Write it as https://host:port/path") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise told(f"{short(text)!r} is not an http address", "Write it as https://host:port/path")
    if re.search(r"[\x00-\x20\x7f]", text):
        raise told("holds a blank or a control character", "Write a blank as %20")
    return text


def _checked_host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", text):
        raise told(
            f"{short(text)!r} is not the name or address of a host",
            "Write a name or an address, without a port",
        )
    return text


def _checked_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, text in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise told(
                f"{short(name)!r} cannot be the name of a header", "Use letters, digits and -", at=(name,)
            )
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text):
            raise told("holds a line end or a control character", "Write the header on one line", at=(name,))
    return headers


def _checked_environment(variables: dict[str, str]) -> dict[str, str]:
    for name, text in variables.items():
        if not _ENV_NAME.fullmatch(name):
            raise told(
                f"{short(name)!r} cannot be the name of an environment variable",
                "Use letters, digits and _",
                at=(name,),
            )
        if "\0" in text:
            raise told("holds a zero byte", "Take it out", at=(name,))
    return variables


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


def _not_a_shell_line(value: Any) -> Any:
    if isinstance(value, str):
        words = ", ".join(f'"{word}"' for word in value.split()[:6])
        raise told("must be a list of arguments: no shell takes a line apart", f"Write run = [{words}]")
    return value


def _names_a_program(argv: list[str]) -> list[str]:
    if not argv or not argv[0].strip():
        raise told("names no program", 'Write run = ["program", "argument"]')
    return argv


class HttpProbe(ProbeDeclaration):
    """`kind = "http"`."""

    kind: Literal["http"]
    url: Annotated[str, AfterValidator(_checked_url)]
    status: Annotated[
        list[Annotated[int, Field(ge=100, le=599)]], Field(min_length=1), BeforeValidator(_one_or_more)
    ] = Field(default=[200])
    body: Pattern = ""
    headers: Annotated[dict[str, str], AfterValidator(_checked_headers)] = Field(default={})
    verify_certificate: bool = True

    def target(self) -> model.HttpTarget:
        """Returns the address and what is expected of it."""
        headers = tuple(self.headers.items())
        return model.HttpTarget(self.url, tuple(self.status), self.body, headers, self.verify_certificate)


class TcpProbe(ProbeDeclaration):
    """`kind = "tcp"`."""

    kind: Literal["tcp"]
    host: Annotated[str, AfterValidator(_checked_host)]
    port: Annotated[int, Field(ge=1, le=65535)]
    expect: Pattern = ""

    def target(self) -> model.TcpTarget:
        """Returns the host, the port and what it must say."""
        return model.TcpTarget(self.host, self.port, self.expect)


class ProcessProbe(ProbeDeclaration):
    """`kind = "process"`."""

    kind: Literal["process"]
    pid_file: AbsolutePath = ""
    pattern: Pattern = ""
    at_least: Count = 1
    at_most: Count = 0

    @model_validator(mode="after")
    def _found_in_one_way(self) -> Self:
        if bool(self.pid_file) == bool(self.pattern):
            what = "gives both pid_file and pattern" if self.pattern else "gives neither pid_file nor pattern"
            step = "Give one of them: the process is found by that"
            raise told(what, step, concerns=(("pid_file",), ("pattern",)))
        if 0 < self.at_most < self.at_least:
            what = f"at_most ({self.at_most}) is less than at_least ({self.at_least})"
            raise told(
                what, "Raise at_most, or write 0 for no limit", at=("at_most",), concerns=(("at_least",),)
            )
        return self

    def target(self) -> model.ProcessTarget:
        """Returns how the processes are found and how many there must be."""
        return model.ProcessTarget(self.pid_file, self.pattern, self.at_least, self.at_most)


class HostProbe(ProbeDeclaration):
    """`kind = "host"`."""

    kind: Literal["host"]
    aspect: Literal["load", "memory", "disk", "clock", "swap"]
    path: AbsolutePath = ""

    @model_validator(mode="after")
    def _path_is_of_a_disk(self) -> Self:
        if self.path and self.aspect != "disk":
            raise told(
                f"means nothing for {self.aspect}", "Take it out", at=("path",), concerns=(("aspect",),)
            )
        return self

    def target(self) -> model.HostTarget:
        """Returns the aspect of this machine."""
        return model.HostTarget(self.aspect, self.path or "/")


class FileProbe(ProbeDeclaration):
    """`kind = "file"`."""

    kind: Literal["file"]
    path: GivenPath
    pattern: Pattern = ""
    within: Duration = 300.0
    missing: Literal["ok", "warning", "critical", "unknown"] = "critical"

    def target(self) -> model.FileTarget:
        """Returns the file and what is looked for in it."""
        return model.FileTarget(self.path, self.pattern, self.within, self.missing)


class CommandProbe(ProbeDeclaration):
    """`kind = "command"`."""

    kind: Literal["command"]
    run: Annotated[list[Plain], AfterValidator(_names_a_program), BeforeValidator(_not_a_shell_line)]
    env: Annotated[dict[str, str], AfterValidator(_checked_environment)] = Field(default={})
    directory: AbsolutePath = ""

    def target(self) -> model.CommandTarget:
        """Returns the program, its arguments, its environment and where it runs."""
        return model.CommandTarget(tuple(self.run), tuple(self.env.items()), self.directory)


class HeartbeatProbe(ProbeDeclaration):
    """`kind = "heartbeat"`."""

    kind: Literal["heartbeat"]
    name: Id
    within: Duration
    grace: Span = 0.0

    def target(self) -> model.HeartbeatTarget:
        """Returns the name under which somebody else reports, and how long it may be silent."""
        return model.HeartbeatTarget(self.name, self.within, self.grace)


PROBES: dict[str, type[ProbeDeclaration]] = {
    "http": HttpProbe,
    "tcp": TcpProbe,
    "process": ProcessProbe,
    "host": HostProbe,
    "file": FileProbe,
    "command": CommandProbe,
    "heartbeat": HeartbeatProbe,
}

AnyProbe = Annotated[
    HttpProbe | TcpProbe | ProcessProbe | HostProbe | FileProbe | CommandProbe | HeartbeatProbe,
    Field(discriminator="kind"),
]
