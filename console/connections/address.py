"""The address of a shared database: a URL in libpq's own words, without any secret."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode

from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMES = ("postgresql://", "postgres://")
SECRETS = ("password", "sslpassword")
"""What of libpq's words is a secret."""
FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir", "passfile", "servicefile")
"""What of libpq's words names a file: taken from where it is said, for a process elsewhere must find it too."""
IN_THE_PATH = ("user", "host", "port", "dbname")
CHECKED_MODES = ("verify-ca", "verify-full")
ENCRYPTED_MODES = ("require", *CHECKED_MODES)


@dataclass(frozen=True)
class Address:
    """Where a database is, and how it is to be spoken to; `words` are libpq's, none of them a secret."""

    words: dict[str, str] = field(hash=False)

    @property
    def url(self) -> str:
        """The address as one URL; `address_of` reads it back as it was."""
        return _url(self.words)

    @property
    def title(self) -> str:
        """The address in one short line for people: `ada@db.example/watchfloor`."""
        words = self.words
        at = f"{words['user']}@" if words.get("user") else ""
        where = words.get("host") or words.get("hostaddr") or ("" if words.get("service") else "this machine")
        port = f":{words['port']}" if words.get("port") and "/" not in where else ""
        service = f"service {words['service']}" if words.get("service") else ""
        named = f"{at}{where}{port}/{words['dbname']}" if words.get("dbname") else f"{at}{where}{port}"
        return printable(" ".join(filter(None, (service, named))), 200)

    @property
    def key(self) -> str:
        """What its secret is filed under in a keyring: who, where and which, whatever the connection is called."""
        words = self.words
        where = words.get("host") or words.get("hostaddr", "")
        service = f"service={words['service']} " if words.get("service") else ""
        return f"{service}{words.get('user', '')}@{where}:{words.get('port', '')}/{words.get('dbname', '')}"

    @property
    def file_name(self) -> str:
        """A name for files of this database on this machine, whoever opens it: `db.example-watchfloor`."""
        words = self.words
        where = (
            words.get("service"),
            words.get("host") or words.get("hostaddr"),
            words.get("port"),
            words.get("dbname"),
        )
        plain = "-".join(re.sub(r"[^A-Za-z0-9._]+", "-", word).strip("-.") for word in where if word)
        return plain[:80] or "local"

    def is_local(self) -> bool:
        """Tells whether every host it names is a socket or a loopback address: what is sent stays on this machine."""
        if self.words.get("service"):
            return False
        said = self.words.get("hostaddr") or self.words.get("host", "")
        return all(is_local_host(host) for host in said.split(","))

    def complete_url(self, password: str | None = None) -> str:
        """Returns the URL to open, with the password where one is given: for the driver, never to be shown.

        Where the line may leave this machine unencrypted, a server that asks for the password in the clear is
        refused: one that is in the middle could ask, too. What a service of libpq's own file says is left alone.
        """
        words = dict(self.words)
        if not self.is_local() and not words.get("service") and words.get("sslmode") not in ENCRYPTED_MODES:
            words.setdefault("require_auth", "!password")
        if password is not None:
            words["password"] = password
        return _url(words)

    def with_words(self, **words: str) -> Address:
        """Returns the address with these of libpq's words as well."""
        return Address(self.words | words)


def is_url(text: str) -> bool:
    """Tells whether a text is meant as the URL of a shared database."""
    return text.lower().startswith(SCHEMES)


def address_of(url: str) -> Address:
    """Returns the address a URL says. Raises BadInput for what libpq does not take, or what holds a secret."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    if not is_url(url):
        raise BadInput(
            f"{shown_url(url)!r} is no URL of a PostgreSQL database",
            next_step="Write it as postgresql://USER@HOST/DATABASE, or through a socket as postgresql:///DATABASE?host=/DIR",
        )
    if _holds_a_secret(url):
        raise _told_a_secret(url)
    try:
        words = {k: str(v) for k, v in conninfo_to_dict(url).items() if v not in {None, ""}}
    except (ProgrammingError, UnicodeError) as error:
        raise BadInput(
            printable(str(error).strip(), 300),
            where=shown_url(url),
            next_step="Write it as postgresql://USER@HOST/DATABASE",
        ) from None
    if any(words.get(secret) for secret in SECRETS):
        raise _told_a_secret(url)
    if not all(port.isdigit() or not port for port in words.get("port", "").split(",")):
        raise BadInput("the port is no number", where=shown_url(url))
    if not words.get("port", "").strip(","):
        words.pop("port", None)
    return Address({key: _from_here(key, value) for key, value in words.items()})


def shown_url(url: str) -> str:
    """Returns a URL that may not be one, fit to be shown: without what could be a secret in it."""
    head, scheme, rest = url.rpartition("://")
    user, at, where = rest.rpartition("@")
    user = f"{user.partition(':')[0]}:…" if at and ":" in user else user
    base, mark, query = where.partition("?")
    said = "&".join(f"{_key(one)}=…" if _key(one) in SECRETS else one for one in query.split("&"))
    return printable(f"{head}{scheme}{user}{at}{base}{mark}{said}", 200)


def is_local_host(host: str) -> bool:
    """Tells whether a host is a socket's folder, a loopback address or the name of one; nothing said is a socket."""
    if not host or host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _url(words: Mapping[str, str]) -> str:
    host, user = words.get("host", ""), words.get("user", "")
    in_query = {k: v for k, v in words.items() if k not in IN_THE_PATH}
    hosts, ports = host.split(","), words.get("port", "").split(",")
    if host and not any("/" in one or one.startswith("@") for one in hosts) and len(ports) in {1, len(hosts)}:
        ports = ports * len(hosts) if len(ports) == 1 else ports
        named = ",".join(_host_port(h, p) for h, p in zip(hosts, ports, strict=True))
    else:
        named = ""
        in_query = {k: words[k] for k in ("host", "port") if words.get(k)} | in_query
    at = f"{quote(user, safe='')}@" if user else ""
    query = f"?{urlencode(in_query, quote_via=quote, safe='/,:!')}" if in_query else ""
    return f"postgresql://{at}{named}/{quote(words.get('dbname', ''), safe='')}{query}"


def _host_port(host: str, port: str) -> str:
    named = f"[{host}]" if ":" in host else quote(host, safe="")
    return f"{named}:{port}" if port else named


def _holds_a_secret(url: str) -> bool:
    """Tells it before libpq reads the URL: what libpq says of a wrong one could repeat the secret."""
    base, _, query = url.partition("://")[2].partition("?")
    user, _, _ = base.rpartition("@")
    return bool(user.partition(":")[2]) or any(
        _key(one) in SECRETS and one.partition("=")[2] for one in query.split("&")
    )


def _key(of: str) -> str:
    return unquote(of.partition("=")[0]).lower()


def _told_a_secret(url: str) -> BadInput:
    return BadInput(
        "a password in a URL is read by everyone who sees the list of processes or the shell's history",
        where=shown_url(url),
        next_step="Nothing was done. Leave it out: you are asked for it, or a script gives it with --password-stdin. "
        "Change this one, it has been seen",
    )


def _from_here(key: str, value: str) -> str:
    if key not in FILES or (key == "sslrootcert" and value == "system"):
        return value
    return str(Path(value).expanduser().absolute())
