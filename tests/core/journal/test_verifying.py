"""Whatever one does to a journal is found: one field, one line, its order, its end; and the whole of it made anew."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.journal.chain import link, record_link
from core.journal.sealing import JournalBroken, Seal, digest, message
from core.journal.signing import PrivateKey
from core.journal.verifying import KeptHead, parse_head
from tests.core.journal.sealed import NOON, Journal, records

KEY = PrivateKey.make()
OTHER = PrivateKey.make()
BODIES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=5, max_size=13)
SIGNED = st.sampled_from([KEY, None])
TEXTS = st.text(max_size=5)


def trusting(key: PrivateKey | None) -> tuple[str, ...]:
    return (key.key_id,) if key else ()


@given(BODIES, SIGNED)
def test_a_journal_that_nobody_touched_holds(bodies: list[str], key: PrivateKey | None) -> None:
    made = Journal(records(bodies)).seal(key)
    found = made.verify(*trusting(key), kept=made.head())
    assert (found.entries, found.sealed_to, found.seals) == (len(bodies), len(bodies), len(made.seals))
    assert found.signed_to == (len(bodies) if key else 0)


@given(BODIES, st.data())
def test_the_fast_link_is_the_link(bodies: list[str], data: st.DataObject) -> None:
    for record in records(bodies):
        seq, at, *texts, cause, key, _ = record
        before = data.draw(TEXTS)
        assert record_link(before, record) == link(before, seq, at, *texts, str(cause or ""), key or "")


@given(BODIES, SIGNED, st.data())
def test_one_changed_field_of_an_entry_is_found_there(
    bodies: list[str], key: PrivateKey | None, data: st.DataObject
) -> None:
    made = Journal(records(bodies)).seal(key)
    n = data.draw(st.integers(0, len(bodies) - 1))
    column = data.draw(st.integers(1, 10))
    values: st.SearchStrategy[Any] = (
        st.integers() | st.none() if column in {1, 8} else TEXTS | st.none() if column == 9 else TEXTS
    )
    was = made.entries[n][column]
    value = data.draw(values.filter(lambda v: v != was))
    changed = (*made.entries[n][:column], value, *made.entries[n][column + 1 :])
    made.entries[n] = changed
    with pytest.raises(JournalBroken) as broken:
        made.verify()
    assert broken.value.entry == n + 1


@pytest.mark.parametrize(("column", "value"), [(8, 0), (8, ""), (9, "")])
def test_what_the_chain_writes_like_nothing_is_found_too(column: int, value: object) -> None:
    bare = (1, NOON, "ada", "cli", "door.opened", "door", "1", '[{},""]', None, None, "")
    entry: Any = (*bare[:10], record_link("", bare))
    Journal([entry]).verify()
    with pytest.raises(JournalBroken):
        Journal([(*entry[:column], value, *entry[column + 1 :])]).verify()


@given(BODIES, SIGNED, st.data())
def test_one_changed_field_of_a_seal_is_found(
    bodies: list[str], key: PrivateKey | None, data: st.DataObject
) -> None:
    made = Journal(records(bodies)).seal(key)
    n = data.draw(st.integers(0, len(made.seals) - 1))
    name = data.draw(st.sampled_from(Seal._fields))
    was = getattr(made.seals[n], name)
    value = data.draw(
        (st.integers(-5, 2 * NOON) if isinstance(was, int) else TEXTS).filter(lambda v: v != was)
    )
    changed: dict[str, Any] = {name: value}
    made.seals[n] = made.seals[n]._replace(**changed)
    with pytest.raises(JournalBroken):
        made.verify()


@given(BODIES, SIGNED, st.data())
def test_what_is_removed_put_in_or_in_another_order_is_found(
    bodies: list[str], key: PrivateKey | None, data: st.DataObject
) -> None:
    made = Journal(records(bodies)).seal(key)
    kept = made.head()
    lines: list[Any] = data.draw(st.sampled_from([made.entries, made.seals]))
    n = data.draw(st.integers(0, len(lines) - 1))
    done = data.draw(st.sampled_from(["removed", "twice", "swapped", "cut"]))
    if done == "removed":
        del lines[n]
    elif done == "twice":
        lines.insert(data.draw(st.integers(0, len(lines))), lines[n])
    elif done == "swapped":
        other = data.draw(st.integers(0, len(lines) - 1).filter(lambda m: m != n or len(lines) == 1))
        lines[n], lines[other] = lines[other], lines[n]
        if n == other:
            return
    else:
        del lines[n:]
    with pytest.raises(JournalBroken):
        made.verify(*trusting(key), kept=kept)


@given(BODIES, st.data())
def test_an_end_that_was_cut_off_with_its_seals_is_found_by_a_head_kept_elsewhere(
    bodies: list[str], data: st.DataObject
) -> None:
    made = Journal(records(bodies)).seal(KEY)
    kept = made.head()
    to = data.draw(st.integers(1, len(bodies) - 1))
    del made.entries[to:]
    made.seals = [seal for seal in made.seals if seal.last <= to]
    if made.seals:
        assert made.verify(KEY.key_id).entries == to  # by itself nothing tells
    with pytest.raises(JournalBroken, match="cut off"):
        made.verify(kept=kept)
    made.entries += records(["something else"] * len(bodies), seq=to, before=made.entries[-1][10])
    with pytest.raises(JournalBroken, match="written anew") as broken:
        made.verify(kept=kept)
    assert broken.value.entry == kept.seq


@given(BODIES, st.data())
def test_a_journal_made_anew_passes_a_bare_chain_and_no_signature(
    bodies: list[str], data: st.DataObject
) -> None:
    made = Journal(records(bodies)).seal(KEY)
    changed = list(bodies)
    n = data.draw(st.integers(0, len(bodies) - 1))
    changed[n] += " and more"
    forged = Journal(records(changed))
    assert forged.verify().entries == len(bodies)
    with pytest.raises(JournalBroken) as broken:
        Journal(records(changed), made.seals).verify(KEY.key_id)
    assert broken.value.seal == n // 4 + 1
    for key, said in ((None, "no seal is signed"), (OTHER, "not by key")):
        with pytest.raises(JournalBroken, match=said):
            Journal(records(changed)).seal(key).verify(KEY.key_id)
    with pytest.raises(JournalBroken, match="no seal is signed"):
        forged.verify(KEY.key_id)


def test_a_seal_that_only_names_the_key_is_no_signature() -> None:
    made = Journal(records(["a"] * 8)).seal(KEY)
    bare = made.seals[1]._replace(sig="")
    for sig in ("", digest(bare), OTHER.sign(message(bare)), "g" * 128):
        made.seals[1] = bare._replace(sig=sig)
        with pytest.raises(JournalBroken, match="signature does not fit"):
            made.verify()


def test_a_signature_that_was_there_is_never_missing_again() -> None:
    made = Journal(records(["a"] * 4)).seal(None)
    made.entries += records(["b"] * 4, seq=4, before=made.entries[-1][10])
    assert made.seal(KEY).verify(KEY.key_id).signed_to == 8  # a key made later vouches for all there was
    made.entries += records(["c"] * 4, seq=8, before=made.entries[-1][10])
    with pytest.raises(JournalBroken, match="not signed, though"):
        made.seal(None).verify()


def test_another_key_may_follow_where_both_are_vouched_for() -> None:
    made = Journal(records(["a"] * 4)).seal(KEY)
    made.entries += records(["b"] * 4, seq=4, before=made.entries[-1][10])
    made.seal(OTHER)
    assert [signer.key for signer in made.verify(KEY.key_id, OTHER.key_id).signers] == [
        KEY.key_id,
        OTHER.key_id,
    ]
    with pytest.raises(JournalBroken, match="no entry says that this takes the place of"):
        made.verify()
    with pytest.raises(JournalBroken, match="not by key"):
        made.verify(KEY.key_id)


def test_a_head_is_read_as_it_is_printed() -> None:
    head = KeptHead(7, "a" * 64, 2)
    assert parse_head(f" {head} 2026-11-28T12:00:00Z sealed to entry 7") == head
    assert parse_head(f"7:{'A' * 64}") == KeptHead(7, "a" * 64)


@pytest.mark.parametrize("text", ["", "7", "7:", "0:" + "a" * 64, "7:" + "g" * 64, f"7:{'a' * 64}:", "-7:" + "a" * 64,
                                  "٣:" + "a" * 64, f"7:{'a' * 64}:x", "9" * 400 + ":" + "a" * 64])  # fmt: skip
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no head"):
        parse_head(text)


@pytest.mark.parametrize("at", [10**30, -(10**30)])
def test_an_instant_that_is_none_does_no_harm(at: int) -> None:
    made = Journal(records(["a"]))
    made.entries[0] = (1, at, *made.entries[0][2:])
    with pytest.raises(JournalBroken, match="entry 1"):
        made.verify()
