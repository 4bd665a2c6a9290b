-- A text is taken out of the journal and of the rows for good, and all else of them stays. Nothing but the marker is put
-- where the text stood: these functions are told the piece, and make what is left themselves. Only an admin may call them,
-- and only in a transaction whose entries say so of each subject: which entries, and what each comes to now.

-- Where texts stand, and which fields of entries hold none. Filled anew whenever the rules are laid, from the program's one table.
CREATE TABLE IF NOT EXISTS text_place (
    n integer PRIMARY KEY,
    tab text NOT NULL,
    about text NOT NULL,
    id_column text NOT NULL,
    plain text[] NOT NULL,
    json text[] NOT NULL
);

-- What a transaction took out of whose texts: of an entry with the hash it has now; of rows without. Empty between transactions.
CREATE TABLE IF NOT EXISTS redacting (
    tx xid8 NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    seq bigint,
    hash text
);

-- Raises for whoever may not take texts out, and for a piece that is none.
CREATE OR REPLACE FUNCTION check_redactor(of_kind text, piece text) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF (CASE WHEN is_trusted() THEN false ELSE NOT has_role('admin') END) THEN
        RAISE insufficient_privilege USING MESSAGE = format('taking a text out asks for the role admin, which %s has not', session_user);
    ELSIF NOT EXISTS (SELECT FROM kind_right r WHERE r.kind = of_kind || '.redacted') THEN
        RAISE insufficient_privilege USING MESSAGE = format('no text is taken out of what is said of a %s', of_kind);
    ELSIF piece IS NULL OR length(piece) < {shortest} OR strpos({marker}, piece) > 0 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a text that is taken out has {shortest} characters or more, and is no part of the marker';
    END IF;
END
$$;

-- A text that holds JSON without a piece in any of its strings; of one that holds none, as a plain text. With `deep` its
-- strings hold JSON in turn.
CREATE OR REPLACE FUNCTION out_of_json(said text, piece text, deep boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    part text;
    plain text;
    made text := '';
BEGIN
    PERFORM said::json;
    FOR part IN SELECT m[1] FROM regexp_matches(said, '("(?:[^"\\]|\\.)*"|[^"]+)', 'g') m LOOP
        IF part LIKE '"%' THEN
            plain := part::json #>> '{}';
            IF deep THEN
                plain := out_of_json(plain, piece, false);
            ELSE
                plain := replace(plain, piece, {marker});
            END IF;
            IF plain <> part::json #>> '{}' THEN
                part := to_json(plain)::text;
            END IF;
        END IF;
        made := made || part;
    END LOOP;
    RETURN made;
EXCEPTION WHEN data_exception THEN
    RETURN replace(said, piece, {marker});
END
$$;

-- An entry's body without a piece, as core/redaction/text.py makes it.
CREATE OR REPLACE FUNCTION out_of_body(body text, piece text) RETURNS text
LANGUAGE sql STABLE
RETURN (
    SELECT format('[{%s},%s]', coalesce(string_agg(
        format('%s:%s', to_json(c.key), CASE WHEN {structure} THEN c.value::text ELSE
            out_of_json(c.value::text, piece, c.key = ANY ({json_fields}))
        END), ',' ORDER BY c.n
    ), ''), out_of_json((body::json -> 1)::text, piece, false))
    FROM json_each(body::json -> 0) WITH ORDINALITY c(key, value, n)
);

-- The hash that an entry has by what stands in it, behind the entry before it.
CREATE OR REPLACE FUNCTION journal_hash(held journal) RETURNS text
LANGUAGE sql STABLE
RETURN entry_hash(
    coalesce((SELECT j.hash FROM journal j WHERE j.seq = held.seq - 1), ''), held.seq, held.at, held.actor, held.via,
    held.kind, held.subject_kind, held.subject_id, held.body, held.cause, held.key
);

-- Takes a piece of text out of an entry; returns the hash that it comes to now, which its subject's entry has to name.
CREATE OR REPLACE FUNCTION redact_entry(number bigint, piece text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    held journal;
    was text;
BEGIN
    SELECT * INTO held FROM journal j WHERE j.seq = number;
    PERFORM check_redactor(coalesce(held.subject_kind, ''), piece);
    was := held.body;
    held.body := out_of_body(was, piece);
    IF held.body = was THEN
        RAISE invalid_parameter_value USING MESSAGE = format('entry %s does not hold that text', number);
    END IF;
    DELETE FROM redacting r WHERE r.tx = pg_current_xact_id() AND r.seq = number;
    INSERT INTO redacting VALUES (pg_current_xact_id(), held.subject_kind, held.subject_id, number, journal_hash(held));
    UPDATE journal j SET body = held.body WHERE j.seq = number;
    RETURN journal_hash(held);
END
$$;

-- Which rows of a place are a subject's, as a condition.
CREATE OR REPLACE FUNCTION rows_of(place text_place, subject text, about text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN format('%I::text = %L', place.id_column, about)
    || CASE WHEN place.about LIKE ':%' THEN format(' AND %I = %L', substr(place.about, 2), subject) ELSE '' END;

-- Which rows of a place hold a piece, as a condition.
CREATE OR REPLACE FUNCTION holding(place text_place, piece text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN (
    SELECT string_agg(c.holds, ' OR ') FROM (
        SELECT format('strpos(%I, %L) > 0', p.col, piece) AS holds FROM unnest(place.plain) p(col)
        UNION ALL SELECT format('out_of_json(%1$I, %2$L, false) <> %1$I', j.col, piece) FROM unnest(place.json) j(col)
    ) c
);

-- Whether a place's rows are the subjects themselves and count their versions.
CREATE OR REPLACE FUNCTION counts_versions(place text_place) RETURNS boolean
LANGUAGE sql STABLE
RETURN place.id_column = 'id' AND EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = place.tab::regclass AND a.attname = 'version' AND NOT a.attisdropped
);

-- Takes a piece of text out of every row of a subject; returns how many rows were changed. The subject's own row counts one
-- version on wherever the piece stood, so that who saw it before cannot save it again unasked. The guards of their tables ask for an
-- entry that says what a text was and what it is, which is what no entry may say here: they look away from this one change.
CREATE OR REPLACE FUNCTION redact_rows(subject text, about text, piece text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    place text_place;
    guard text;
    own text;
    is_there boolean;
    is_held boolean := false;
    settings text[];
    count integer := 0;
    changed integer;
BEGIN
    PERFORM check_redactor(subject, piece);
    FOR place IN SELECT * FROM text_place p WHERE p.about IN (subject, ':about_kind') LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %I WHERE %s AND (%s))', place.tab, rows_of(place, subject, about), holding(place, piece)
        ) INTO is_there;
        is_held := is_held OR is_there;
    END LOOP;
    IF NOT is_held THEN
        RETURN 0;
    END IF;
    FOR place IN SELECT * FROM text_place p WHERE p.about IN (subject, ':about_kind') ORDER BY p.n LOOP
        own := rows_of(place, subject, about);
        settings := ARRAY(
            SELECT format('%1$I = replace(%1$I, %2$L, %3$L)', col, piece, {marker}) FROM unnest(place.plain) col
            UNION ALL SELECT format('%1$I = out_of_json(%1$I, %2$L, false)', col, piece) FROM unnest(place.json) col
        );
        IF counts_versions(place) THEN
            settings := settings || 'version = version + 1'::text;
        ELSE
            own := format('%s AND (%s)', own, holding(place, piece));
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %s)', place.tab, own) INTO is_there;
        CONTINUE WHEN NOT is_there;
        FOR guard IN SELECT t.tgname FROM pg_trigger t WHERE t.tgrelid = place.tab::regclass AND t.tgdeferrable LOOP
            EXECUTE format('ALTER TABLE %I DISABLE TRIGGER %I', place.tab, guard);
        END LOOP;
        EXECUTE format('UPDATE %I SET %s WHERE %s', place.tab, array_to_string(settings, ', '), own);
        GET DIAGNOSTICS changed = ROW_COUNT;
        count := count + changed;
        FOR guard IN SELECT t.tgname FROM pg_trigger t WHERE t.tgrelid = place.tab::regclass AND t.tgdeferrable LOOP
            EXECUTE format('ALTER TABLE %I ENABLE TRIGGER %I', place.tab, guard);
        END LOOP;
    END LOOP;
    INSERT INTO redacting VALUES (pg_current_xact_id(), subject, about, NULL, NULL);
    RETURN count;
END
$$;

-- Nothing of an entry changes but its body, and that only where `redact_entry` made what stands there now.
CREATE OR REPLACE FUNCTION refuse_change_but_redaction() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body' AND EXISTS (
        SELECT FROM redacting r WHERE r.tx = pg_current_xact_id() AND r.seq = OLD.seq AND r.hash = journal_hash(NEW)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = 'the journal and its seals are only ever added to';
END
$$;
CREATE OR REPLACE TRIGGER journal_stays BEFORE UPDATE OR DELETE ON journal
FOR EACH ROW EXECUTE FUNCTION refuse_change_but_redaction();

-- An entry says that a text was taken out only where it was, in this transaction, and of those entries alone.
CREATE OR REPLACE FUNCTION redaction_is_so() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    named jsonb := told(NEW.body) -> 'redacted_entries' -> 1;
    pair jsonb;
    is_fine boolean := NEW.kind = NEW.subject_kind || '.redacted' AND jsonb_typeof(named) = 'array' AND EXISTS (
        SELECT FROM redacting r
        WHERE r.tx = pg_current_xact_id() AND r.subject_kind = NEW.subject_kind AND r.subject_id = NEW.subject_id
    );
BEGIN
    IF is_moving() THEN
        RETURN NEW;
    END IF;
    IF is_fine THEN
        FOR pair IN SELECT * FROM jsonb_array_elements(named) LOOP
            is_fine := is_fine AND EXISTS (
                SELECT FROM redacting r
                WHERE r.tx = pg_current_xact_id() AND r.subject_kind = NEW.subject_kind AND r.subject_id = NEW.subject_id
                AND jsonb_build_array(r.seq, r.hash) = pair
            );
        END LOOP;
    END IF;
    IF is_fine IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            'an entry says of %s %s that a text was taken out, which is not so', NEW.subject_kind, NEW.subject_id
        );
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER redaction_is_so BEFORE INSERT ON journal
FOR EACH ROW WHEN (NEW.kind LIKE '%.redacted') EXECUTE FUNCTION redaction_is_so();

-- What was taken out is said by an entry of the same transaction, in which nothing else is done.
CREATE OR REPLACE FUNCTION redaction_is_said() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    is_said boolean;
BEGIN
    SELECT count(*) FILTER (WHERE
        j.kind = NEW.subject_kind || '.redacted' AND j.subject_kind = NEW.subject_kind AND j.subject_id = NEW.subject_id
        AND (NEW.seq IS NULL OR told(j.body) -> 'redacted_entries' -> 1 @> jsonb_build_array(jsonb_build_array(NEW.seq, NEW.hash)))
    ) > 0 AND count(*) FILTER (WHERE j.kind NOT LIKE '%.redacted') = 0 INTO is_said
    FROM journal_head h JOIN journal j ON j.seq BETWEEN h.first AND h.seq
    WHERE h.id = 1 AND h.tx = pg_current_xact_id();
    IF is_said IS NOT TRUE AND EXISTS (
        SELECT FROM redacting r WHERE r.tx = NEW.tx AND r.seq IS NOT DISTINCT FROM NEW.seq AND r.hash IS NOT DISTINCT FROM NEW.hash
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            'no entry of this transaction says that a text of %s %s was taken out, or it does more than that', NEW.subject_kind, NEW.subject_id
        );
    END IF;
    DELETE FROM redacting r
    WHERE r.tx = NEW.tx AND r.subject_kind = NEW.subject_kind AND r.subject_id = NEW.subject_id
    AND r.seq IS NOT DISTINCT FROM NEW.seq AND r.hash IS NOT DISTINCT FROM NEW.hash;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS is_said ON redacting;
CREATE CONSTRAINT TRIGGER is_said AFTER INSERT ON redacting DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION redaction_is_said();
