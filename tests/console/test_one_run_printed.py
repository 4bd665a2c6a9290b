"""One run on the command line: each step and all it wrote, also as data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from console.__main__ import main
from core.catalog.commands import load_catalog
from core.catalog.model import (
    Agreement,
    Catalog,
    Component,
    Customer,
    ProcedureText,
    RequestType,
    Service,
)
from core.demonstration import begin_demonstration
from core.desk.requests.commands import record_request
from core.desk.requests.model import Asked
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.operations import queries
from core.operations.commands import begin_run
from core.operations.reports import Written, keep_output
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEXT = """+++
title = "Look at it"
component = "web"
effect = "none"
+++
```run
echo well
sh -c 'echo bad >&2; exit 7'
```

```run
true
```
"""


def test_a_run_as_data_has_its_steps_and_their_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "watchfloor.db"
    store = Store.at(database)
    web = Component("web", "Web", "s", procedures=("look",))
    catalog = Catalog(
        services={"s": Service("s", "S")},
        components={"web": web},
        procedures={"look": ProcedureText("look", "look.md", TEXT)},
    )
    store.write(
        Author("ada", Via.CONSOLE, "seat-1"), load_catalog, catalog, directory="/", digest="1", changes=[]
    )
    store.close()

    db = ("--db", str(database), "--json")
    assert main(["run", "look", *db, "--operate", "--reason", "to see", "--yes"]) == 1
    begun = json.loads(capsys.readouterr().out)
    assert main(["run", begun["id"], *db]) == 0
    (asked,) = json.loads(capsys.readouterr().out)

    assert asked == begun
    first, second = asked["steps"]
    assert (first["n"], first["state"], first["exit_code"]) == (1, "failed", 7)
    assert first["started_at"] <= first["ended_at"]
    assert (second["state"], second["exit_code"]) == ("not begun", None)
    assert [(line["n"], line["text"]) for line in asked["output"]] == [(1, "well"), (1, "bad")]


def test_of_a_run_that_wrote_more_than_one_page_every_line_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = queries.output_of
    monkeypatch.setattr(queries, "output_of", lambda *a, **named: page(*a, **named, limit=100))
    database = tmp_path / "watchfloor.db"
    store = Store.at(database)
    ada = Author("ada", Via.CONSOLE, "seat-1")
    web = Component("web", "Web", "s", procedures=("look",))
    look = ProcedureText("look", "look.md", TEXT)
    catalog = Catalog(services={"s": Service("s", "S")}, components={"web": web}, procedures={"look": look})
    store.write(ada, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(ada, unlock_operate, "to see")
    run = store.write(ada, begin_run, "look", Consent(Level.BOX), reason="to see")
    lines = [Written(1, utc_now(), "out", f"line {n}") for n in range(250)]
    store.write(ada, keep_output, run.id, lines)
    store.close()

    assert main(["run", "PR-1", "--db", str(database)]) == 0
    assert capsys.readouterr().out.count("line ") == 250
    assert main(["run", "PR-1", "--db", str(database), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)[0]["output"]) == 250


def test_a_demonstration_says_so_once_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "watchfloor.db"
    store = Store.at(database)
    ada = Author("ada", Via.CONSOLE, "seat-1")
    store.write(ada, begin_demonstration)
    look = ProcedureText("look", "look.md", TEXT)
    web = Component("web", "Web", "s", procedures=("look",))
    catalog = Catalog(services={"s": Service("s", "S")}, components={"web": web}, procedures={"look": look})
    store.write(ada, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(ada, unlock_operate, "to see")
    store.write(ada, begin_run, "look", Consent(Level.BOX), reason="to see")
    store.close()
    meant = ("--operate", "--reason", "to see", "--yes")
    for words in (("PR-1", "hold"), ("PR-1", "cancel", "--yes"), ("look", *meant, "--json")):
        main(["run", *words, "--db", str(database)])
        assert capsys.readouterr().err.count("DEMO") == 1, words


def test_a_run_for_a_request_is_begun_here_and_both_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "watchfloor.db"
    store = Store.at(database)
    ada = Author("ada", Via.CONSOLE, "seat-1")
    look = RequestType("look", "Look", "s", procedure="look")
    catalog = Catalog(
        customers={"c": Customer("c", "C")},
        services={"s": Service("s", "S")},
        agreements={
            "a": Agreement(
                "a", "A", "c", ("s",), may_ask=("*",), request_types=(look,), only_for_requests=("look",)
            )
        },
        components={"web": Component("web", "Web", "s", procedures=("look",))},
        procedures={"look": ProcedureText("look", "look.md", TEXT.replace("exit 7", "exit 0"))},
    )
    store.write(ada, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(ada, record_request, Asked("Please look", "s", "eve@c.example", type="look"))
    store.close()

    db, means = ("--db", str(database)), ("--operate", "--reason", "to see", "--yes")
    assert main(["run", "look", *db, *means, "--for", "R-9"]) == 1
    assert "there is no request R-9" in capsys.readouterr().err
    assert main(["run", "look", *db, *means, "--for", "R-1"]) == 0
    capsys.readouterr()
    assert main(["run", "PR-1", *db]) == 0
    assert "  for       R-1\n" in capsys.readouterr().out
    assert main(["run", "PR-1", *db, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["request"], found["despite"]) == ("R-1", "")
    assert main(["request", "R-1", *db]) == 0
    assert "run           PR-1 done: Look at it" in capsys.readouterr().out
    assert main(["request", "R-1", *db, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == [
        {"id": "PR-1", "state": "done", "procedure": "look"}
    ]
