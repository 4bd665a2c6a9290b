-- What widens a threshold for long, or one of a component whose failure is gravest, is a lead's (core/monitoring/revisions/model.py):
-- its row comes with the entry of a lead. Whether it widens is found here as the program finds it, by holding values of every stretch
-- between the edges of both against each: nobody's word is taken for it.

-- The beginning, the end, and whether it alerts inside (1) or outside (0), of a range as core/monitoring/ranges.py reads it.
CREATE OR REPLACE FUNCTION range_of(said text) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    part text[] := regexp_match(trim(said), '^(@?)(?:(~|[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)?(:))?([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)?%*$');
BEGIN
    IF part IS NULL OR coalesce(part[2], part[4]) IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('%s is not a range', said);
    END IF;
    RETURN ARRAY[
        CASE WHEN part[3] IS NULL THEN 0 WHEN part[2] = '~' THEN '-Infinity' ELSE coalesce(part[2]::float8, 0) END,
        coalesce(part[4]::float8, 'Infinity'),
        CASE WHEN part[1] = '@' THEN 1 ELSE 0 END
    ];
END
$$;

-- Whether a value raises what a range stands for; without a range nothing does.
CREATE OR REPLACE FUNCTION alerts(said text, val float8) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    edges float8[];
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN false;
    END IF;
    edges := range_of(said);
    RETURN (val BETWEEN edges[1] AND edges[2]) = (edges[3] = 1);
END
$$;

-- The level (0 ok, 1 warning, 2 critical) of a value by ranges, {warning, critical, warning_clear, critical_clear}, where it was at another before.
CREATE OR REPLACE FUNCTION level_of(ranges text[], val float8, before integer) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN ranges[2] <> '' AND (alerts(ranges[2], val) OR before = 2 AND alerts(ranges[4], val)) THEN 2
    WHEN ranges[1] <> '' AND (alerts(ranges[1], val) OR before >= 1 AND alerts(ranges[3], val)) THEN 1
    ELSE 0
END;

-- Whether any value is judged less bad by `after` than by `before`.
CREATE OR REPLACE FUNCTION weakens(before text[], after text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    WITH edge AS (
        SELECT DISTINCT e.at FROM unnest(before || after) said, LATERAL unnest((range_of(said))[1:2]) e(at)
        WHERE said <> '' AND e.at NOT IN ('Infinity', '-Infinity')
    ), near AS (
        SELECT at, lag(at) OVER (ORDER BY at) AS former FROM edge
    ), val AS (
        SELECT at FROM near
        UNION SELECT former / 2 + at / 2 FROM near WHERE former IS NOT NULL
        UNION SELECT unnest(ARRAY['-Infinity', 'Infinity', 0]::float8[])
    )
    SELECT EXISTS (
        SELECT FROM val, generate_series(0, 2) was(level)
        WHERE level_of(after, val.at, was.level) < level_of(before, val.at, was.level)
    )
$$;

CREATE OR REPLACE FUNCTION guard_threshold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    after text[] := ARRAY[NEW.warning, NEW.critical, NEW.warning_clear, NEW.critical_clear];
    now_at bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    definition jsonb;
    declared text[];
    is_weak boolean;
BEGIN
    IF NEW.state <> 'in force' OR is_trusted() THEN
        RETURN NULL;
    END IF;
    SELECT i.definition::jsonb INTO definition FROM catalog_item i
    WHERE i.kind = 'component' AND i.id = split_part(NEW.id, '/', 1) AND i.until IS NULL;
    SELECT ARRAY[t ->> 'warning', t ->> 'critical', t ->> 'warning_clear', t ->> 'critical_clear'] INTO declared
    FROM jsonb_array_elements(definition -> 'probes') p, jsonb_array_elements(p -> 'thresholds') t
    WHERE p ->> 'id' = split_part(NEW.id, '/', 2)
        AND t ->> 'metric' = substr(NEW.id, length(split_part(NEW.id, '/', 1)) + length(split_part(NEW.id, '/', 2)) + 3);
    is_weak := declared IS NOT NULL AND weakens(declared, after);
    IF is_weak AND NEW.ends_at IS NULL OR is_weak AND NOT NEW.weakens THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            'threshold %s widens what counts as ok: its row says so, and when it ends', NEW.id
        );
    ELSIF NOT is_weak OR coalesce((definition ->> 'severity')::integer, 2) > 1 AND NEW.ends_at <= now_at + 43260000000 THEN
        RETURN NULL; -- twelve hours, and a minute: a console's clock is another one
    ELSIF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'in force' AND NEW.ends_at <= OLD.ends_at
            AND NOT weakens(ARRAY[OLD.warning, OLD.critical, OLD.warning_clear, OLD.critical_clear], after)
        THEN
            RETURN NULL;
        END IF;
    END IF;
    IF NOT EXISTS (
        SELECT FROM journal_head h
        JOIN journal j ON j.subject_kind = 'threshold' AND j.subject_id = NEW.id AND j.seq BETWEEN h.first AND h.seq
        WHERE h.id = 1 AND h.tx = pg_current_xact_id()
        AND (j.kind = 'threshold.widened' OR j.kind = 'threshold.taken_back' AND is_as_before(NEW.id, h.first, to_jsonb(NEW), now_at))
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            'threshold %s is a lead''s to widen so: for more than 12 hours, or of a component whose failure is gravest', NEW.id
        );
    END IF;
    RETURN NULL;
END
$$;

-- Whether a threshold stands as it did before the newest entry about it in front of entry `first`, which this session's person wrote a moment ago.
CREATE OR REPLACE FUNCTION is_as_before(about text, first bigint, held jsonb, now_at bigint) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT coalesce(bool_and(c.value -> 0 = held -> c.key), false)
    FROM (
        SELECT j.body, j.actor, j.at FROM journal j
        WHERE j.subject_kind = 'threshold' AND j.subject_id = about AND j.seq < first ORDER BY j.seq DESC LIMIT 1
    ) last, jsonb_each(told(last.body)) c
    WHERE last.actor = session_user AND last.at >= now_at - 90000000
        AND c.key IN ('state', 'warning', 'critical', 'warning_clear', 'critical_clear', 'ends_at')
$$;
DROP TRIGGER IF EXISTS guard_threshold ON threshold_revision;
CREATE CONSTRAINT TRIGGER guard_threshold AFTER INSERT OR UPDATE ON threshold_revision DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION guard_threshold();
