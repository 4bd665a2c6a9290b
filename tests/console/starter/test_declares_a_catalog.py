from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.identity import actor
from console.starter import write_starter
from core.catalog.model import HttpTarget, ProcessTarget, TcpTarget
from core.catalog.reader import read_catalog
from tests.console.starter.written import Starter

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import Catalog, Target


def _catalog(directory: Path) -> Catalog:
    loaded = read_catalog(directory)
    assert not loaded.problems, "\n".join(str(problem) for problem in loaded.problems)
    return loaded.require()


def _target(catalog: Catalog, component: str, probe: str) -> Target:
    return next(one for one in catalog.components[component].probes if one.id == probe).target


@pytest.mark.parametrize("folder", ["catalog", 'a "quoted" ${DIR} ünder\\scored folder'])
def test_the_catalog_has_no_problems_and_looks_where_the_service_is(tmp_path: Path, folder: str) -> None:
    directory = tmp_path / folder
    write_starter(directory)
    settings = Starter(directory).settings

    catalog = _catalog(directory)

    front, store = _target(catalog, "orders-front", "health"), _target(catalog, "orders-store", "greeting")
    worker = _target(catalog, "orders-worker", "process")
    assert isinstance(front, HttpTarget)
    assert front.url == f"http://127.0.0.1:{settings.front_port}/health"
    assert isinstance(store, TcpTarget)
    assert store.port == settings.store_port
    assert isinstance(worker, ProcessTarget)
    assert worker.pid_file == str(settings.pid_file("worker"))


def test_a_state_directory_elsewhere_is_where_the_probes_look(tmp_path: Path) -> None:
    state = tmp_path / 'state "${DIR}"'
    write_starter(tmp_path / "catalog", state=state)

    target = _target(_catalog(tmp_path / "catalog"), "orders-front", "process")

    assert isinstance(target, ProcessTarget)
    assert target.pid_file == str(state / "orders-front.pid")
    assert Starter(tmp_path / "catalog").settings.state == state


def test_whoever_writes_it_may_do_everything(tmp_path: Path) -> None:
    write_starter(tmp_path)

    (person,) = _catalog(tmp_path).staff.values()

    assert (person.login, person.role) == (actor(), "admin")


def test_front_and_worker_need_the_store_and_every_service_is_promised(tmp_path: Path) -> None:
    write_starter(tmp_path)

    catalog = _catalog(tmp_path)

    for name in ("orders-front", "orders-worker"):
        assert catalog.components[name].needed_ids == ("orders-store",)
    promised = {service for agreement in catalog.agreements.values() for service in agreement.services}
    assert promised == set(catalog.services) == {"machine", "orders"}
