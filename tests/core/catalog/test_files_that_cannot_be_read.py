"""Whatever lies in the directory, reading ends, and says what is wrong with which file."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from core.catalog.problem import CatalogProblems
from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import HOUSE, RESTART, lines_of, only_problem, write_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Returns a directory with a consistent catalog."""
    write_files(tmp_path, {"house.toml": HOUSE})
    return tmp_path


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    problem = only_problem(read_catalog(tmp_path / "none"))
    assert str(problem) == (
        f"{tmp_path}/none: there is no such directory. "
        "Name the directory that holds the catalog, or make it with `watchfloor init`"
    )


def test_a_file_in_place_of_the_directory(directory: Path) -> None:
    assert only_problem(read_catalog(directory / "house.toml")).what == "is not a directory"


def test_a_directory_without_catalog_files(tmp_path: Path) -> None:
    write_files(tmp_path, {"readme.txt": "x", ".hidden.toml": "x", ".git/config.toml": "x"})
    assert only_problem(read_catalog(tmp_path)).what == "holds no catalog file"


def test_files_that_declare_nothing(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.toml": "# nothing yet\n"})
    assert only_problem(read_catalog(tmp_path)).what == "declares nothing"


def test_a_file_that_is_not_toml(directory: Path) -> None:
    write_files(directory, {"a.toml": "[[service]]\nid = 'a'\nx = = 1\n"})
    problem = only_problem(read_catalog(directory))
    assert problem.line == 3
    assert (
        str(problem) == f"{directory}/a.toml:3: is not TOML: invalid value, at character 5. Correct this line"
    )


def test_a_file_that_ends_in_the_middle(directory: Path) -> None:
    write_files(directory, {"a.toml": '[[service]]\nid = "a'})
    problem = only_problem(read_catalog(directory))
    assert (problem.line, problem.what.split(":")[0]) == (2, "is not TOML")
    assert problem.what.endswith("at the end of the file")


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 50_000, "a = " + "9" * 5000, "a = 2026-13-45", "a = 1\na = 2\n"]
)
def test_a_file_that_no_parser_likes(text: str, directory: Path) -> None:
    write_files(directory, {"a.toml": text})
    assert only_problem(read_catalog(directory)).file == str(directory / "a.toml")


def test_a_file_that_is_not_utf_8_is_told_with_the_byte(directory: Path) -> None:
    (directory / "a.toml").write_bytes(b'[[service]]\nid = "a"\ntitle = "caf\xe9"\n')
    problem = only_problem(read_catalog(directory))
    assert (problem.line, problem.what) == (3, "is not UTF-8 text: the byte 0xe9 at offset 33")


def test_a_byte_order_mark_is_passed_over(directory: Path) -> None:
    (directory / "a.toml").write_bytes(b'\xef\xbb\xbf[[service]]\nid = "a"\n')
    assert "a" in read_catalog(directory).require().services


def test_a_procedure_that_is_not_utf_8(directory: Path) -> None:
    (directory / "procedures").mkdir()
    (directory / "procedures" / "restart.md").write_bytes(b"\xff\xfe")
    text = '[[component]]\nid = "web"\nservice = "shop"\nprocedures = ["restart"]\n'
    write_files(directory, {"web.toml": text})
    problem = only_problem(read_catalog(directory))
    assert problem.file == f"{directory}/procedures/restart.md"


def test_a_file_of_fifty_megabytes_is_refused_unread(directory: Path) -> None:
    with (directory / "a.toml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    problem = only_problem(read_catalog(directory))
    assert problem.what == "is longer than 8 MB; no longer one is read"


def test_a_file_that_is_being_written_is_refused_in_the_same_words_at_every_length(directory: Path) -> None:
    told = []
    for megabytes in (9, 25, 50):
        with (directory / "a.toml").open("wb") as file:
            file.truncate(megabytes * 1024 * 1024 + 1)
        told.append(read_catalog(directory).problems)
    assert told[0] == told[1] == told[2]


def test_a_pipe_a_socket_and_a_device_are_not_waited_for(directory: Path) -> None:
    os.mkfifo(directory / "pipe.toml")
    (directory / "zero.toml").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(directory / "socket.toml"))
        loaded = read_catalog(directory)
    assert [problem.file for problem in loaded.problems] == [
        f"{directory}/{name}.toml" for name in ("pipe", "socket", "zero")
    ]


def test_links_that_lead_in_a_circle_or_nowhere(tmp_path: Path) -> None:
    directory = tmp_path / "place"
    write_files(directory, {"house.toml": HOUSE})
    (directory / "self.toml").symlink_to("self.toml")
    (directory / "gone.toml").symlink_to("/nowhere/at/all")
    (directory / "up").symlink_to("..")
    (directory / "here").symlink_to(".")
    told = lines_of(read_catalog(directory / "."), directory)
    assert (
        told[0]
        == "gone.toml: cannot be read: no such file or directory. Remove the link, or bring back what it leads to"
    )
    assert told[1] == f"here: the link leads to {directory}, which is read already. Remove the link"
    assert told[2].startswith("self.toml: cannot be read: too many levels of symbolic links")
    assert not any(line.startswith("house.toml") for line in told)


def test_a_linked_directory_is_read(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    write_files(other, {"a.toml": '[[service]]\nid = "a"\n'})
    (directory / "linked").symlink_to(other)
    assert "a" in read_catalog(directory).require().services


def test_one_file_under_two_names_is_one_problem_and_not_many(directory: Path) -> None:
    (directory / "other.toml").symlink_to("house.toml")
    problem = only_problem(read_catalog(directory))
    assert problem.what == f"is the same file as {directory}/house.toml"


def test_a_file_whose_reading_fails(directory: Path) -> None:
    (directory / "a.toml").symlink_to("/proc/self/mem")
    problem = only_problem(read_catalog(directory))
    assert problem.what.startswith("cannot be read: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_and_a_directory_that_may_not_be_read(directory: Path) -> None:
    write_files(directory, {"a.toml": "", "b/c.toml": ""})
    (directory / "a.toml").chmod(0)
    (directory / "b").chmod(0)
    steps = {problem.next_step for problem in read_catalog(directory).problems}
    (directory / "b").chmod(0o700)
    assert steps == {"Give the user who runs Watchfloor the right to read it"}


def test_a_file_name_cannot_write_to_the_terminal(directory: Path) -> None:
    (directory / "house.toml").rename(directory / os.fsdecode(b"\x1b[31m\xff.toml"))
    write_files(directory, {"b.toml": '[["\\u001b[2J"]]\n"\\u001b[2J" = 1\n'})
    for problem in read_catalog(directory).problems:
        assert str(problem).isprintable()


def test_a_procedure_whose_name_cannot_be_an_id(directory: Path) -> None:
    write_files(directory, {"procedures/Restart Web.md": RESTART})
    problem = only_problem(read_catalog(directory))
    assert problem.what == 'the name of the file: "Restart Web" cannot be an id'


def test_who_requires_a_catalog_gets_every_problem(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.toml": '[[servce]]\nid = "a"\n[[servce]]\nid = "b"\n[[x]]\n'})
    with pytest.raises(CatalogProblems) as caught:
        read_catalog(tmp_path).require()
    assert len(caught.value.problems) == 2
    assert caught.value.exit_code == 1
    assert str(caught.value).startswith("the catalog has 2 problems. ")


def test_a_directory_with_the_name_of_a_file_is_told_and_read_all_the_same(directory: Path) -> None:
    write_files(directory, {"more.toml/bad.toml": "[[service]]\nid = 7\n"})
    told = lines_of(read_catalog(directory), directory)
    assert told[0] == "more.toml: is a directory, though its name is that of a catalog file. Rename it"
    assert any(line.startswith("more.toml/bad.toml:2") for line in told)


def test_a_nul_byte_and_an_endless_number_are_named(directory: Path) -> None:
    write_files(directory, {"a.toml": "a = 1\nb = 2\0\n", "b.toml": f"a = {'9' * 5000}\n"})
    told = lines_of(read_catalog(directory), directory)
    assert told[0].startswith("a.toml:2: holds a NUL byte")
    assert told[1].startswith("b.toml:1: holds a number of thousands of digits")


def test_a_directory_with_the_name_of_a_procedure_is_told(directory: Path) -> None:
    (directory / "procedures" / "restart.md").mkdir(parents=True)
    problem = only_problem(read_catalog(directory))
    assert problem.file == f"{directory}/procedures/restart.md"
    assert problem.what == "is a directory, though its name is that of a procedure"


def test_a_file_in_place_of_the_directory_of_procedures_is_told(directory: Path) -> None:
    write_files(directory, {"procedures": "x"})
    problem = only_problem(read_catalog(directory))
    assert problem.file == f"{directory}/procedures"
    assert problem.what == "is no directory, though procedures are read from one of this name"


def test_a_procedure_in_a_directory_of_its_own_is_told(directory: Path) -> None:
    write_files(directory, {"procedures/deep/x.md": RESTART, "procedures/deep/x.txt": "", "notes/x.md": ""})
    problem = only_problem(read_catalog(directory))
    assert problem.file == f"{directory}/procedures/deep/x.md"
    assert problem.what == "is not read: a procedure stands in procedures/ itself"


@pytest.mark.parametrize("name", ["more", "more.d", "procedures", "procedures/x"])
@pytest.mark.parametrize("target", ["/nowhere/at/all", "{name}"])
def test_a_link_that_leads_nowhere_is_told_whatever_its_name(name: str, target: str, directory: Path) -> None:
    (directory / name).parent.mkdir(exist_ok=True)
    (directory / name).symlink_to(target.format(name=directory / name))
    told = read_catalog(directory).problems
    assert {problem.file for problem in told} == {f"{directory}/{name}"}
    assert any(problem.what.startswith("cannot be read: ") for problem in told)


def test_what_a_link_that_leads_nowhere_may_hold_is_not_missed(directory: Path) -> None:
    (directory / "more").symlink_to("/nowhere/at/all")
    write_files(directory, {"a.toml": '[[component]]\nid = "a"\nservice = "elsewhere"\n'})
    assert only_problem(read_catalog(directory)).file == f"{directory}/more"


def test_several_byte_order_marks_are_passed_over(directory: Path) -> None:
    (directory / "a.toml").write_bytes(b'\xef\xbb\xbf\xef\xbb\xbf[[service]]\nid = "a"\n')
    assert "a" in read_catalog(directory).require().services


def test_a_byte_order_mark_in_the_midst_is_named(directory: Path) -> None:
    (directory / "a.toml").write_bytes(b'[[service]]\nid = "a"\n\xef\xbb\xbf[[service]]\nid = "b"\n')
    problem = only_problem(read_catalog(directory))
    assert problem.line == 3
    assert problem.what.startswith("holds a byte order mark (U+FEFF) in its midst")


def test_line_ends_of_an_old_kind_are_named(directory: Path) -> None:
    (directory / "a.toml").write_bytes(b'[[service]]\r\nid = "a"\r\ntitle = "A"\rnote = "x"\r\n')
    problem = only_problem(read_catalog(directory))
    assert (problem.line, problem.next_step) == (3, "Save the file with line ends LF or CRLF")
    assert problem.what == "holds a carriage return without a line feed, which ends no line"


def test_a_name_of_nothing_is_told_as_such(directory: Path) -> None:
    text = '[[component]]\nid = "a"\nservice = "shop"\nneeds = [""]\n"" = 1\n[[component]]\nid = ""\nservice = "shop"\n'
    write_files(directory, {"a.toml": text + "probe = [{id = ''}]\n" + "[['']]\n"})
    told = lines_of(read_catalog(directory), directory)
    keys = "id, needs, note, owner, probe, procedures, scanned_as, service, severity, title, zone"
    assert told[:3] == [
        "a.toml:4: component[a].needs[#1]: names no component: the text is empty. Write a name, or take it out",
        f'a.toml:5: component[a]."": there is no key "" here. The keys are: {keys}',
        "a.toml:7: component[#2].id: is empty. Write an id",
    ]
    assert told[3].startswith('a.toml:9: component[#2].probe[#1].kind: the key "kind" is missing')
    assert told[-1].startswith('a.toml:10: "": there is no kind ""')


def test_what_cannot_be_printed_in_a_name_is_seen_to_be_there(directory: Path) -> None:
    text = '[[component]]\nid = "a"\nservice = "shop\\u202e"\nneeds = ["\\u001b[1mdb"]\n'
    write_files(directory, {"a.toml": text})
    told = [problem.what for problem in read_catalog(directory).problems]
    assert told == ['there is no service "shop\ufffd"', 'there is no component "\ufffd[1mdb"']


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[a.b]\n[a.b]\n", 'is not TOML: cannot declare "a.b" twice, at character 5'),
        ("a = {b = 1}\n[a]\n", 'is not TOML: cannot declare "a" twice, at character 3'),
        (
            'a = {"declare (x)" = 1, "declare (x)" = 2}\n',
            "is not TOML: duplicate inline table key 'declare (x)', at character 42",
        ),
        ("a = {b = 1, b = 2}\n", "is not TOML: duplicate inline table key 'b', at character 18"),
    ],
)
def test_a_key_that_the_parser_names_is_shown_as_it_is_written(text: str, what: str, directory: Path) -> None:
    write_files(directory, {"a.toml": text})
    assert only_problem(read_catalog(directory)).what == what
