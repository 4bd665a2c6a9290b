"""Links between items: one row for each two that hang together."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import KEY_ORDERED, metadata


class ItemLinkColumns(TypedColumns):
    """Columns of `item_link`: what the first item is to the second; `linked_at` in microseconds UTC."""

    from_kind: Named[str] = Column(Text, primary_key=True)
    from_id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    to_kind: Named[str] = Column(Text, primary_key=True)
    to_id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    relation: Named[str] = Column(Text)
    linked_at: Named[int] = Column(BigInteger)
    linked_by: Named[str] = Column(Text)


item_link = Table("item_link", metadata, ItemLinkColumns, **KEY_ORDERED)
Index("item_link_to", item_link.c.to_kind, item_link.c.to_id)
