"""What is declared and in force, version by version."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class CatalogItemColumns(TypedColumns):
    """Columns of `catalog_item`: one row for each version of each declared thing.

    `definition` is JSON; `until` is empty on the version in force. Instants in microseconds UTC.
    """

    kind: Named[str] = Column(Text, primary_key=True)
    id: Named[str] = Column(Text, primary_key=True)
    version: Named[int] = Column(Integer, primary_key=True)
    definition: Named[str] = Column(Text)
    since: Named[int] = Column(BigInteger)
    until: Named[int | None] = Column(BigInteger)


class ComponentColumns(TypedColumns):
    """Columns of `component`: what a board shows of each declared component, without parsing definitions.

    `needs` names the components it needs, divided by blanks; empty for none. `procedures` is how many it has;
    `zone` is empty for the home zone.
    """

    id: Named[str] = Column(Text, primary_key=True)
    title: Named[str] = Column(Text)
    service: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    needs: Named[str] = Column(Text)
    procedures: Named[int] = Column(Integer, server_default="1")
    zone: Named[str] = Column(Text, server_default="")


class CatalogStateColumns(TypedColumns):
    """Columns of `catalog_state`: a single row with id 1; `problems` is a JSON list of texts, empty when all is well."""

    id: Named[int] = Column(Integer, primary_key=True)
    directory: Named[str] = Column(Text)
    digest: Named[str] = Column(Text)
    loaded_at: Named[int] = Column(BigInteger)
    problems: Named[str] = Column(Text)


catalog_item = Table("catalog_item", metadata, CatalogItemColumns)
Index("catalog_item_in_force", catalog_item.c.kind, catalog_item.c.id, catalog_item.c.until)
component = Table("component", metadata, ComponentColumns)
catalog_state = Table("catalog_state", metadata, CatalogStateColumns)
