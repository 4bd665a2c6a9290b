from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from console.starter import starter_files, write_starter
from core.errors import BadInput, Unavailable
from tests.console.starter.written import Starter, free_port


def test_every_file_is_written_and_named(tmp_path: Path) -> None:
    written = write_starter(tmp_path / "catalog")

    assert written == starter_files(tmp_path / "catalog")
    assert {"orders.toml", "machine.toml", "people.toml", "orders", "check_queue", "README.md"} <= {
        path.name for path in written
    }
    assert sorted(path for path in (tmp_path / "catalog").rglob("*") if path.is_file()) == sorted(written)


def test_what_is_there_is_kept_and_the_missing_is_brought_back(tmp_path: Path) -> None:
    write_starter(tmp_path)
    (tmp_path / "people.toml").write_text("# my own\n")
    (tmp_path / "orders.toml").unlink()

    assert write_starter(tmp_path) == [tmp_path / "orders.toml"]
    assert (tmp_path / "people.toml").read_text() == "# my own\n"
    assert write_starter(tmp_path) == []


def test_a_link_that_leads_nowhere_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "machine.toml").symlink_to(tmp_path / "elsewhere" / "machine.toml")

    written = write_starter(tmp_path)

    assert tmp_path / "machine.toml" not in written
    assert (tmp_path / "machine.toml").is_symlink()


def test_the_scripts_can_be_run_and_the_rest_cannot(tmp_path: Path) -> None:
    programs = {path.name for path in write_starter(tmp_path) if os.access(path, os.X_OK)}

    assert programs == {"orders", "check_queue"}


def test_a_file_brought_back_agrees_with_the_settings_that_were_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_starter(tmp_path, state=tmp_path / "first")
    before = (tmp_path / "orders.toml").read_text()
    (tmp_path / "orders.toml").unlink()
    monkeypatch.setenv("ORDERS_FRONT_PORT", str(free_port()))

    write_starter(tmp_path, state=tmp_path / "second")

    assert (tmp_path / "orders.toml").read_text() == before


def test_a_taken_port_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORDERS_FRONT_PORT")
    monkeypatch.delenv("ORDERS_STORE_PORT")
    write_starter(tmp_path / "one")
    first = Starter(tmp_path / "one").settings
    with socket.create_server(("127.0.0.1", first.front_port)):
        write_starter(tmp_path / "two")
    second = Starter(tmp_path / "two").settings

    assert first.front_port not in {second.front_port, second.store_port}
    assert second.front_port != second.store_port
    assert f":{second.front_port}/health" in (tmp_path / "two" / "orders.toml").read_text()
    assert f"port = {second.store_port}\n" in (tmp_path / "two" / "orders.toml").read_text()


@pytest.mark.parametrize("text", ["0", "65536", "eighty", "-1", "²", "9" * 5000])
def test_a_port_that_is_none_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("ORDERS_STORE_PORT", text)

    with pytest.raises(BadInput, match="ORDERS_STORE_PORT"):
        write_starter(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_one_port_for_two_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_STORE_PORT", os.environ["ORDERS_FRONT_PORT"])

    with pytest.raises(BadInput, match="cannot both use port"):
        write_starter(tmp_path)


def test_a_file_in_the_directorys_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalog").write_text("mine")

    with pytest.raises(BadInput, match="is not a directory"):
        write_starter(tmp_path / "catalog")

    assert (tmp_path / "catalog").read_text() == "mine"


def test_a_directory_that_cannot_be_filled_names_the_file_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "procedures").write_text("a file where a folder has to be")

    with pytest.raises(Unavailable, match=r"procedures/orders-front-restart\.md: cannot be written"):
        write_starter(tmp_path)

    assert (tmp_path / "procedures").read_text() == "a file where a folder has to be"
    (tmp_path / "procedures").unlink()
    write_starter(tmp_path)
    assert all(path.is_file() for path in starter_files(tmp_path))
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]


def test_broken_settings_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "orders.ini").write_text("[orders]\nfront_port = often\n")

    with pytest.raises(BadInput, match="front_port: 'often' is not a port"):
        write_starter(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["orders.ini"]


def test_a_state_directory_that_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written down"):
        write_starter(tmp_path / "catalog", state=Path("/tmp/two\nlines"))


def test_a_file_system_without_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    (tmp_path / "people.toml").write_text("# my own\n")

    written = write_starter(tmp_path)

    assert set(starter_files(tmp_path)) - set(written) == {tmp_path / "people.toml"}
    assert (tmp_path / "people.toml").read_text() == "# my own\n"
    assert not list(tmp_path.glob(".*"))
