"""A console is told by the server itself which roles its session has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.gate.people import roles_here
from core.gate.rights import Role, includes, own_role
from core.store.store import Store

if TYPE_CHECKING:
    from tests.core.store.postgresql.conftest import House


@pytest.mark.parametrize("role", list(Role))
def test_the_session_has_its_role_and_those_it_includes_whoever_is_named(house: House, role: Role) -> None:
    store = Store.at(house.person("ada", role))
    found = store.read(roles_here, "somebody else")
    store.close()
    assert found == {each for each in Role if includes(role, each)}
    assert own_role(found) == role
