"""The file of connections: changed whole or not at all, what a person wrote in it stays, a broken one is told by line."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.connections.address import address_of
from console.connections.book import Book, parse_book, read_book
from console.connections.changing import forget_connection, keep_connection, make_default, rename_connection
from console.connections.model import Connection, SecretKind, SecretSource, secret_source, suggested_name
from core.errors import BadInput, NotFound, NotPossible, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = """\
# mine
default = "plant"   # the big one

# the plant's
[connection.plant]
secret = "keyring"
# why this host: the other is slow
url = "postgresql://ada@db.example/w"

# the laboratory's
[connection."lab"]  # old
url = 'postgresql:///lab?host=/tmp'
secret = "none"
"""


def one(name: str, url: str = "postgresql://ada@db.example/w", secret: str = "keyring") -> Connection:
    return Connection(name, address_of(url), secret_source(secret))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "connections.toml"


def written(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o600)
    return place


def test_where_there_is_no_file_there_is_no_connection(place: Path) -> None:
    assert read_book(place) == Book({})


def test_what_is_kept_is_read_back(place: Path) -> None:
    assert keep_connection(one("plant"), as_default=True, path=place) is None
    assert keep_connection(one("lab", secret="file:/run/key"), as_default=False, path=place) is None
    assert read_book(place) == Book(
        {"plant": one("plant"), "lab": one("lab", secret="file:/run/key")}, "plant"
    )
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert keep_connection(one("lab", secret="ask"), as_default=True, path=place) == one(
        "lab", secret="file:/run/key"
    )
    assert read_book(place) == Book({"plant": one("plant"), "lab": one("lab", secret="ask")}, "lab")


def test_what_a_person_wrote_beside_it_stays(place: Path) -> None:
    written(place, WRITTEN)
    keep_connection(one("plant", "postgresql://ada@db2.example/w"), as_default=False, path=place)
    rename_connection("lab", "bench", path=place)
    make_default("bench", path=place)
    keep_connection(one("third"), as_default=False, path=place)
    forget_connection("plant", path=place)
    assert place.read_text() == (
        '# mine\ndefault = "bench"\n\n# the plant\'s\n'
        "# the laboratory's\n[connection.bench]  # old\nurl = 'postgresql:///lab?host=/tmp'\nsecret = \"none\"\n\n"
        '[connection.third]\nurl = "postgresql://ada@db.example/w"\nsecret = "keyring"\n'
    )
    assert not place.with_name("connections.toml.before").exists()


def test_a_layout_it_does_not_understand_is_kept_beside(place: Path) -> None:
    text = 'default = "a"\nconnection = {a = {url = "postgresql://h/d", secret = "ask"}}\n'
    written(place, text)
    rename_connection("a", "b", path=place)
    assert read_book(place) == Book({"b": one("b", "postgresql://h/d", "ask")}, "b")
    assert place.with_name("connections.toml.before").read_text() == text


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["keep", "forget", "rename", "default"]),
            st.sampled_from("abc"),
            st.sampled_from("abc"),
        )
    )
)
def test_any_changes_do_what_they_say(changes: list[tuple[str, str, str]]) -> None:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.toml"
        expected: dict[str, Connection] = {}
        for verb, a, b in changes:
            try:
                if verb == "keep":
                    keep_connection(one(a, f"postgresql://{b}@h/d"), as_default=False, path=path)
                    expected[a] = one(a, f"postgresql://{b}@h/d")
                elif verb == "forget":
                    forget_connection(a, path=path)
                    del expected[a]
                elif verb == "rename":
                    rename_connection(a, b, path=path)
                    expected[b] = Connection(b, expected[a].address, expected.pop(a).secret)
                else:
                    make_default(a, path=path)
            except (NotFound, NotPossible):
                assert a not in expected or b in expected
            assert read_book(path).connections == expected


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("default = ", 1, "cannot be read"),
        ("a = 1\n", 1, "'a' is not known"),
        ('default = "x"\n', 1, "names no connection"),
        ('\n[connection.a]\nurl = "postgresql://h/d"\nsecret = "keyring"\npassword = "x"\n', 5, "'password' is not known"),
        ('[connection.a]\nsecret = "keyring"\n', 1, 'needs url = "…"'),
        ('[connection.a]\nurl = 5\nsecret = "keyring"\n', 1, 'needs url = "…"'),
        ('[connection.a]\nurl = "postgresql://h/d"\nsecret = "magic"\n', 1, "'magic' is no place"),
        ('[connection."a b"]\nurl = "postgresql://h/d"\nsecret = "ask"\n', 1, "no name for a connection"),
        ('[connection.b]\nurl = "postgresql://h/d"\nsecret = "ask"\n[connection.a]\n\nurl = "postgresql://u:pw@h/d"\nsecret = "ask"\n', 6, "a password in a URL"),
        ("connection = 5\n", 1, "must be tables"),
        ("[connection]\na = 5\n", 2, "must be a table"),
    ],
)  # fmt: skip
def test_a_file_broken_by_hand_is_told_and_left_alone(place: Path, text: str, line: int, said: str) -> None:
    written(place, text)
    for doing in (lambda: read_book(place), lambda: keep_connection(one("new"), as_default=True, path=place)):
        with pytest.raises(BadInput) as told:
            doing()
        assert said in str(told.value)
        assert f"line {line}" in str(told.value)
        assert str(place) in str(told.value)
        assert "u:pw" not in str(told.value)
    assert place.read_text() == text


def test_a_file_that_is_no_text_is_told_by_line(place: Path) -> None:
    written(place, "")
    place.write_bytes(b"# ok\n# \xff\n")
    with pytest.raises(BadInput, match=r"line 2.*not UTF-8"):
        read_book(place)


def test_a_file_that_others_may_write_is_not_believed(place: Path) -> None:
    written(place, WRITTEN).chmod(0o620)
    with pytest.raises(BadInput, match=r"others may write .*0620.*chmod 600"):
        read_book(place)


def test_a_link_stays_a_link(place: Path, tmp_path: Path) -> None:
    real = written(tmp_path / "dotfiles" / "c.toml", WRITTEN)
    place.parent.mkdir()
    place.symlink_to(real)
    make_default("lab", path=place)
    assert place.is_symlink()
    assert read_book(real).default == "lab"


def test_where_it_cannot_be_written_nothing_is_lost(place: Path) -> None:
    written(place, WRITTEN)
    place.with_name(f".{place.name}.{__import__('os').getpid()}").mkdir()
    with pytest.raises(Unavailable, match="cannot be written"):
        make_default("lab", path=place)
    assert place.read_text() == WRITTEN


def test_a_file_with_windows_lines_is_read(place: Path) -> None:
    assert parse_book(WRITTEN.replace("\n", "\r\n")).default == "plant"


@pytest.mark.parametrize(
    ("url", "name"),
    [("postgresql://h/watch%20floor", "watch-floor"), ("postgresql://h/taken", "taken-2"), ("postgresql://db.x/postgres", "db"),
     ("postgresql:///?service=plant", "plant"), ("postgresql://10.0.0.1/%2F", "10")],
)  # fmt: skip
def test_a_connection_nobody_named_gets_a_name(url: str, name: str) -> None:
    assert suggested_name(address_of(url), {"taken"}) == name


def test_the_sources_of_secrets_are_said_in_one_word() -> None:
    assert secret_source("file:/a:b") == SecretSource(SecretKind.FILE, "/a:b")
    assert [str(secret_source(word)) for word in ("none", "ask", "credential:x")] == [
        "none",
        "ask",
        "credential:x",
    ]
    for wrong in ("file", "file:x", "keyring:x", "credential:../x", "NONE"):
        with pytest.raises(BadInput):
            secret_source(wrong)
