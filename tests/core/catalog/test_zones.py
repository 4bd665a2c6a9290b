"""Zones are declared, components name theirs, and what was declared before there were zones stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.codec import decode, encode
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Need, Zone
from core.catalog.queries import declared_catalog, declared_zone
from core.catalog.reader import read_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store
    from core.store.work import Author

TEXT = """
[[service]]
id = "shop"
[[zone]]
id = "plant-2"
title = "The second plant"
[[component]]
id = "press"
service = "shop"
zone = "plant-2"
[[component]]
id = "web"
service = "shop"
"""


def test_a_component_is_in_the_zone_it_names_and_else_at_home(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT)
    catalog = read_catalog(tmp_path).require()
    assert catalog.zones == {"plant-2": Zone("plant-2", "The second plant")}
    assert {c.id: c.zone for c in catalog.components.values()} == {"press": "plant-2", "web": ""}


def test_a_zone_that_is_not_declared_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT.replace('zone = "plant-2"', 'zone = "plan-2"'))
    (problem,) = read_catalog(tmp_path).problems
    assert str(problem).endswith(
        'a.toml:10: component[press].zone: there is no zone "plan-2". Did you mean "plant-2"?'
    )


def test_the_home_zone_is_not_kept_so_that_older_definitions_are_not_others() -> None:
    at_home = Component("web", "Web", "shop")
    assert "zone" not in encode(at_home)
    assert decode(Component, encode(at_home)) == at_home
    assert encode(Component("web", "Web", "shop", zone="plant-2"))["zone"] == "plant-2"


def test_zones_are_kept_in_the_database_with_everything_else(store: Store, ada: Author) -> None:
    catalog = Catalog(
        components={"press": Component("press", "Press", "shop", zone="plant-2")},
        zones={"plant-2": Zone("plant-2", "The second plant")},
    )
    store.write(ada, load_catalog, catalog, directory="x", digest="1", changes=[])
    assert store.read(declared_catalog) == catalog


def test_of_a_zone_only_what_it_needs_is_read(store: Store, ada: Author) -> None:
    parts = (
        Component("press", "Press", "shop", needs=(Need(("power",), 1),), zone="plant-2"),
        Component("power", "Power", "shop", needs=(Need(("mains",), 1),)),
        Component("mains", "Mains", "shop"),
        Component("web", "Web", "shop"),
    )
    zones = {"plant-2": Zone("plant-2", "The second plant")}
    catalog = Catalog(components={each.id: each for each in parts}, zones=zones)
    store.write(ada, load_catalog, catalog, directory="x", digest="1", changes=[])
    found = store.read(declared_zone, "plant-2")
    assert found.zones == zones
    assert found.components == {"press": parts[0], "power": parts[1]}
    assert set(store.read(declared_zone, "").components) == {"power", "mains", "web"}
