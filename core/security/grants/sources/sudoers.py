"""sudoers of a host (sudoers(5)): who may run which command as whom.

Aliases are resolved; whatever gives a right and cannot be read exactly is refused with its line, so that nothing is taken
as gone that may stand there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from core.security.foreign import Malformed
from core.security.grants.sources.model import Collector, Line, Listing, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALIAS: Final = re.compile(r"(User|Runas|Host|Cmnd|Cmd)_Alias\s+(.*)", re.DOTALL)
_ALIAS_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_INCLUDE: Final = re.compile(r"[@#]include(?:dir)?\s+\S")
_TAG: Final = re.compile(
    r"\s*(NOPASSWD|PASSWD|NOEXEC|EXEC|SETENV|NOSETENV|LOG_INPUT|NOLOG_INPUT|LOG_OUTPUT|NOLOG_OUTPUT|FOLLOW|NOFOLLOW|MAIL|NOMAIL"
    r"|INTERCEPT|NOINTERCEPT)\s*:"
)
_OPTION: Final = re.compile(
    r"\s*(?:ROLE|TYPE|PRIVS|LIMITPRIVS|TIMEOUT|NOTBEFORE|NOTAFTER|CWD|CHROOT|APPARMOR_PROFILE)=\S+"
)
_RUNAS: Final = re.compile(r"\s*\(([^)]*)\)")
_COMMAND: Final = re.compile(
    r"!*\s*(?:sha(?:224|256|384|512):\S+\s+)*(?:[/^]|(?:ALL|sudoedit|sudoversion|list)(?:\s|$))"
)
"""What a command may begin with: a path, a pattern of one, or one of the names that sudo itself knows."""
_UNSAFE: Final = frozenset({"NOPASSWD"})
_DEEPEST: Final = 10
_MOST: Final = 20_000
"""So many names, and so many rights, one line stands for at most: aliases of aliases multiply."""


_TOO_MUCH: Final = f"stands for more than {_MOST} names or rights"


class _Aliases(NamedTuple):
    """The aliases of a file, by kind and name."""

    of: dict[str, dict[str, list[str]]]

    def resolved(self, kind: str, names: list[str], depth: int = 0) -> list[str]:
        """Returns what names stand for. Raises ValueError for aliases that stand for one another without end, or for far too much."""
        if depth > _DEEPEST:
            raise ValueError("uses aliases that stand for one another")
        found: list[str] = []
        for name in names:
            sign, bare = ("!", name[1:].strip()) if name.startswith("!") else ("", name)
            if bare in self.of[kind]:
                found += [sign + each for each in self.resolved(kind, self.of[kind][bare], depth + 1)]
            elif bare != "ALL" and _ALIAS_NAME.fullmatch(bare) and kind != "Host":
                raise ValueError(f"uses the alias {bare}, which the file does not declare")
            else:
                found.append(name)
            if len(found) > _MOST:
                raise ValueError(_TOO_MUCH)
        return found


def read(content: str) -> Listing:
    """Returns who may run what as whom. Raises Malformed for a file that is no sudoers."""
    found = Collector()
    aliases = _Aliases({"User": {}, "Runas": {}, "Host": {}, "Cmnd": {}})
    specs: list[tuple[str, str]] = []
    lines = list(_lines(content))
    for place, line in lines:
        alias = _ALIAS.match(line)
        if alias:
            _declare(aliases, alias, found, place)
        elif _INCLUDE.match(line):
            found.skip("lines that include other files: name those as sources of their own")
        elif line.startswith("Defaults"):
            found.skip("lines of defaults")
        elif "=" in line:
            specs.append((place, line))
        else:
            found.refuse(place, "is neither a right, nor an alias, nor a default")
    for place, line in specs:
        _take(found, aliases, place, line)
    if lines and found.refusals and not found.lines and not found.passed:
        first = found.refusals[0]
        raise Malformed(
            f"is no sudoers file: {first.why}", where=first.place, next_step="Check it with visudo -c"
        )
    return found.listing("sudoers")


def _lines(content: str) -> Iterator[tuple[str, str]]:
    """Yields the lines without comments, continued ones joined. Raises Malformed where the last one goes on."""
    begin, held = 0, list[str]()
    for number, line in enumerate(content.splitlines(), 1):
        begin = begin or number
        if line.endswith("\\"):
            held.append(line[:-1])
            continue
        whole = _without_comment(" ".join([*held, line])).strip()
        place, begin, held = f"line {begin}", 0, []
        if whole:
            yield place, " ".join(whole.split())
    if held:
        raise Malformed(
            "ends in a line that goes on: it was cut off", where=f"line {begin}", next_step="Copy it again"
        )


def _without_comment(line: str) -> str:
    if _INCLUDE.match(line.strip()):
        return line
    return re.sub(r"(?<!\\)#(?!\d+\b).*", "", line)


def _declare(aliases: _Aliases, alias: re.Match[str], found: Collector, place: str) -> None:
    kind = "Cmnd" if alias.group(1).startswith("Cm") else alias.group(1)
    for one in re.split(r"(?<!\\):(?=\s*[A-Z][A-Z0-9_]*\s*=)", alias.group(2)):
        name, sign, values = one.partition("=")
        if not sign or not _ALIAS_NAME.fullmatch(name.strip()):
            found.refuse(place, "is no alias: write NAME = one, other")
        else:
            aliases.of[kind][name.strip()] = _parts(values)
            found.skip("lines of aliases")


def _take(found: Collector, aliases: _Aliases, place: str, line: str) -> None:
    """Takes in a line `users hosts = (as whom) tags: commands : hosts = ...`."""
    before, _, what = line.partition("=")
    users, hosts = _users_and_hosts(before)
    if not users or not hosts:
        found.refuse(place, "names not both users and hosts before its =")
        return
    try:
        people = aliases.resolved("User", _parts(users))
        rights = [right for part in _by_hosts(f"{hosts}={what}") for right in _rights(aliases, *part)]
    except ValueError as error:
        found.refuse(place, str(error))
        return
    if len(people) * len(rights) > _MOST:
        found.refuse(place, _TOO_MUCH)
        return
    for person in people:
        if person.startswith("!"):
            found.refuse(place, "takes users out with !, which is no right of anybody")
            continue
        for right in dict.fromkeys(rights):
            found.add(Line(place, name_of(person.replace("\\ ", " ")), name_of(right), is_privileged=True))


def _users_and_hosts(before: str) -> tuple[str, str]:
    """Returns the two lists before the first =, each with commas and blanks between its parts."""
    words = re.sub(r"\s*,\s*", ",", before.strip())
    found = re.search(r"(?<!\\) ", words)
    return (words[: found.start()], words[found.end() :].strip()) if found else (words, "")


def _by_hosts(text: str) -> list[tuple[str, str]]:
    """Returns (hosts, what they may) of each part of a line; parts stand between colons that begin another `hosts =`."""
    parts = re.split(r"(?<!\\)\s:\s*(?=[^:=()]+=)", text)
    return [(hosts.strip(), what.strip()) for hosts, _, what in (part.partition("=") for part in parts)]


def _rights(aliases: _Aliases, hosts: str, what: str) -> list[str]:
    """Returns each command with as whom it may be run, and where. Raises ValueError for what cannot be read."""
    where = aliases.resolved("Host", _parts(hosts))
    on = "" if "ALL" in where else f" on {','.join(where)}"
    runas, tags = "root", frozenset[str]()
    found: list[str] = []
    for item in _parts(what):
        given = _RUNAS.match(item)
        if given:
            runas = _as_whom(aliases, given.group(1))
        place = given.end() if given else 0
        while before := _TAG.match(item, place) or _OPTION.match(item, place):
            if before.re is _TAG:
                name = before.group(1)
                tags = (tags - {"NOPASSWD"}) if name == "PASSWD" else tags | ({name} & _UNSAFE)
            place = before.end()
        command = item[place:].strip()
        if not command:
            raise ValueError("names no command")
        if command.startswith("("):
            raise ValueError("says as whom in brackets that do not end: it was cut off")
        sign = "".join(f"{tag}: " for tag in sorted(tags))
        commands = aliases.resolved("Cmnd", [command])
        if strange := next((each for each in commands if not _COMMAND.match(each)), ""):
            raise ValueError(f'names "{name_of(strange)}", which is no command: those begin with /')
        found += [f"sudo {sign}{each} as {runas}{on}" for each in commands]
    if not found:
        raise ValueError("names no command")
    return found


def _as_whom(aliases: _Aliases, written: str) -> str:
    users, colon, groups = written.partition(":")
    named = ",".join(aliases.resolved("Runas", _parts(users))) if users.strip() else ""
    return (named or "oneself") + (f":{','.join(_parts(groups))}" if colon and groups.strip() else "")


def _parts(text: str) -> list[str]:
    """Returns what stands between the commas that are neither escaped nor within brackets or quotes."""
    found, depth, is_quoted, held = list[str](), 0, False, ""
    for place, sign in enumerate(text):
        is_escaped = place > 0 and text[place - 1] == "\\"
        if sign == '"' and not is_escaped:
            is_quoted = not is_quoted
        depth += 0 if is_quoted or is_escaped else (sign == "(") - (sign == ")")
        if sign == "," and not is_escaped and not is_quoted and depth <= 0:
            found.append(held.strip())
            held = ""
        else:
            held += sign
    return [each for each in [*found, held.strip()] if each]
