"""Opens the file, or the files, of a source and has them read; what one is, is told by who names it, by its name, or by what it holds."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput
from core.printable import printable
from core.security.foreign import MOST_BYTES, Malformed, Refusal, bytes_of, text_of
from core.security.grants.sources import authorized_keys, csv_table, ldif, sudoers, unix_files
from core.security.grants.sources.model import Listing
from core.security.grants.sources.patterns import MOST_FILES, Matched, is_pattern, matched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.security.grants.sources.patterns import Unseen

FILE_KINDS: Final = ("csv", "ldif", "passwd", "group", "sudoers", "authorized_keys")
MOST_LINES = 100_000
MOST_WRITTEN = 2_000_000
"""So many lines of text one file has at most: an entry of a directory takes up twenty."""
_NOTHING = "Nothing was changed. "
RIGHTS = "Check the rights on the directories it is in"
KEYS: Final = "authorized_keys"


class Opened(NamedTuple):
    """What was read of a source, the SHA-256 of what it holds, and where it lies."""

    listing: Listing
    digest: str
    file: str


def open_source(path: str, kind: str = "", account: str = "") -> Opened:
    """Returns what a file lists, or every file that a pattern (`/home/*/.ssh/authorized_keys`) matches.

    `account` is whose keys they are; else the path says so. Of several files one that cannot be read is refused with what is
    to be done about it, and the others are listed: of what such a file may list nothing is taken for gone then. Raises BadInput,
    one clear message for the whole source, where no file can be read.
    """
    if kind and kind not in FILE_KINDS:
        step = did_you_mean(kind, FILE_KINDS, f"Kinds: {listed(FILE_KINDS)}")
        raise BadInput(f"{kind!r} is no kind of source", next_step=step)
    files, unseen = _files(path)
    if len(files) == 1 and not unseen:
        raws = [bytes_of(files[0])]
        listing = _read(files[0], raws[0], kind, account, is_only=True)
    else:
        raws, listing = _read_all(files, unseen, path, kind, account)
    name = printable(path, 200)
    if listing.read > MOST_LINES:
        raise BadInput(
            f"has more than {MOST_LINES} lines", where=name, next_step="Nothing was changed. Split it"
        )
    return Opened(listing, sha256(b"\0".join(raws)).hexdigest(), name)


def _read_all(
    files: Sequence[Path], unseen: Sequence[Unseen], path: str, kind: str, account: str
) -> tuple[list[bytes], Listing]:
    """Returns what several files hold, and what they list together. One may be empty: it lists nobody. That all of them are says nothing.

    Raises BadInput where none can be read, where all are empty, and where together they are as large as no file may be.
    """
    raws: list[bytes] = [" ".join(each).encode() for each in unseen]
    found: list[tuple[Path, Listing]] = []
    unread: list[tuple[Path, BadInput]] = []
    total = 0
    for file in files:
        try:
            raw = bytes_of(file, may_be_empty=True)
            total += len(raw)
            if total <= MOST_BYTES and raw.strip():
                found.append((file, _read(file, raw, kind, account, is_only=False)))
        except BadInput as error:
            raw = str(error).encode()
            unread.append((file, error))
        raws.append(raw)
        if total > MOST_BYTES:
            what = f"matches files that are together larger than {MOST_BYTES // 1024**2} MiB"
            raise BadInput(what, where=printable(path, 200), next_step="Nothing was changed. Narrow it")
    if not found and unread:
        raise unread[0][1]
    if not found:
        raise BadInput(
            f"matches {len(files)} files, and all of them are empty", where=printable(path, 200),
            next_step="Nothing was changed: what was granted stays, and stays shown. Look whether what writes them failed",
        )  # fmt: skip
    listing = _joined(found, unread, len(files) - len(found) - len(unread))
    return raws, _with_doubts(listing, found, [file for file, _ in unread], unseen, account)


def _with_doubts(
    listing: Listing, found: Sequence[tuple[Path, Listing]], unread: Sequence[Path], unseen: Sequence[Unseen], account: str
) -> Listing:  # fmt: skip
    """Returns a listing that says whose keys may not all be listed: those of files that cannot be read, or not whole."""
    may_be = [(_account_of(Path(each.path), account), _refusal_of(each)) for each in unseen]
    whose = [_account_of(file, account) for file in unread]
    whose += [_account_of(file, account) for file, each in found if each.refusals]
    if any(each.kind != KEYS for _, each in found) or not all([*whose, *(name for name, _ in may_be)]):
        refusals = (*listing.refusals, *(refusal for _, refusal in may_be))
        return replace(listing, refusals=refusals)
    return replace(listing, unsure_of=frozenset(whose), unseen=tuple(may_be))


def _account_of(file: Path, account: str) -> str:
    """Returns whose keys a file holds; empty where that is not to be told from its place."""
    name = account or account_of(file)
    return "" if is_pattern(name) else name


def _refusal_of(unseen: Unseen) -> Refusal:
    return Refusal(printable(unseen.path, 200), f"cannot be looked for: {unseen.why}. {RIGHTS}")


def _files(path: str) -> Matched:
    if not is_pattern(path):
        return Matched([Path(path)], [])
    found, unseen = matched(path)
    if not found and unseen:
        where, why = _refusal_of(unseen[0])
        raise BadInput(why.removesuffix(f". {RIGHTS}"), where=where, next_step=_NOTHING + RIGHTS)
    if not found:
        raise BadInput(
            "matches no file",
            where=printable(path, 200),
            next_step="Nothing was changed. Check the pattern, and the rights on its directories",
        )
    if len(found) > MOST_FILES:
        raise BadInput(
            f"matches more than {MOST_FILES} files", where=printable(path, 200), next_step="Narrow it"
        )
    return Matched(found, unseen)


def _joined(
    found: Sequence[tuple[Path, Listing]], unread: Sequence[tuple[Path, BadInput]], empty: int
) -> Listing:
    """Returns what several files list together, with the file in each place; `empty` others list nobody, and others cannot be read."""
    lines, refusals, passed = [], [], dict[str, int]()
    for file, each in found:
        name = printable(str(file), 200)
        lines += [replace(line, place=f"{name} {line.place}") for line in each.lines]
        refusals += [refusal._replace(place=f"{name} {refusal.place}") for refusal in each.refusals]
        for why, count in each.passed:
            passed[why] = passed.get(why, 0) + count
    for _, error in unread:
        step = error.next_step.removeprefix(_NOTHING)
        refusals.append(Refusal(error.where, f"{error.what}. {step}".removesuffix(". ")))
    if empty:
        passed["files that are empty"] = empty
    return Listing(found[0][1].kind, tuple(lines), tuple(refusals), tuple(passed.items()))


def _read(file: Path, raw: bytes, kind: str, account: str, *, is_only: bool) -> Listing:
    name = printable(str(file) if not is_only else file.name, 200)
    try:
        content = text_of(raw)
        return _parsed(content, kind or _kind_of(file, content), account or account_of(file))
    except Malformed as error:
        where = f"{name}: {error.where}" if error.where else name
        step = f"{_NOTHING}{error.next_step}" if error.next_step else "Nothing was changed"
        raise BadInput(error.what, where=where, next_step=step) from error


def _parsed(content: str, kind: str, account: str) -> Listing:
    if content.count("\n") > MOST_WRITTEN:
        raise Malformed(f"has more than {MOST_WRITTEN} lines", next_step="Split it")
    if kind == "authorized_keys":
        if not account:
            step = "Say --account NAME, or declare account for the source"
            raise Malformed("does not say whose account the keys open", next_step=step)
        return authorized_keys.read(content, account)
    readers = {
        "csv": csv_table.read, "ldif": ldif.read, "passwd": unix_files.read_passwd, "group": unix_files.read_group,
        "sudoers": sudoers.read,
    }  # fmt: skip
    return readers[kind](content)


def account_of(file: Path) -> str:
    """Returns whose authorized keys a file holds, as sshd looks for them: HOME/.ssh/authorized_keys, or DIRECTORY/NAME."""
    if file.name in {"authorized_keys", "authorized_keys2"}:
        home = file.parent.parent if file.parent.name == ".ssh" else None
        return home.name if home is not None else ""
    return file.name if "authorized_keys" in file.parent.name else ""


_BY_NAME: Final = (
    ("csv", "*.csv"), ("ldif", "*.ldif"), ("passwd", "*passwd*"), ("group", "*group*"), ("sudoers", "*sudoers*"),
    ("authorized_keys", "*authorized_keys*"),
)  # fmt: skip


def _kind_of(file: Path, content: str) -> str:
    lines = [
        line
        for line in content.splitlines()[:200]
        if line.strip() and not line.lstrip().startswith(("#", "@"))
    ]
    first = lines[0] if lines else ""
    if first.lower().startswith(("dn:", "version:")):
        return "ldif"
    if any(
        part in line for line in lines[:5] for part in ("ssh-ed25519 AAAA", "ssh-rsa AAAA", "ecdsa-sha2-")
    ):
        return "authorized_keys"
    for count, kind in ((6, "passwd"), (3, "group")):
        if lines and all(line.count(":") == count for line in lines) and "," not in first.partition(":")[0]:
            return kind
    named = (
        kind
        for kind, pattern in _BY_NAME
        if fnmatchcase(file.name.lower(), pattern) or kind in file.parent.name
    )
    return next(named, "csv")
