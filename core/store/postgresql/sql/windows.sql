-- A maintenance window that lasts long or comes again and again is a lead's (core/operations/windows/model.py): its row comes
-- with an entry of a kind that only a lead writes. So does one that covers something else, or that is to hold after it was over.
-- Whoever may end one may have it hold for a part only of when it would.
--
-- A day, and a second: what is to begin within that begins at once. The time of one that runs counts from where it began.
CREATE OR REPLACE FUNCTION guard_window() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    is_long boolean := NEW.ends_at::numeric - NEW.begins_at > 86401000000;
BEGIN
    IF NEW.state NOT IN ('coming', 'running') OR is_trusted() THEN
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        is_long := is_long OR NEW.every <> '';
    ELSIF OLD.state NOT IN ('coming', 'running')
        OR (OLD.scope, OLD.every, OLD.at, OLD.zone, OLD.length_s, OLD.last_on)
            <> (NEW.scope, NEW.every, NEW.at, NEW.zone, NEW.length_s, NEW.last_on)
    THEN
        is_long := true;
    ELSIF OLD.state = 'running' AND NEW.state = 'running' AND NEW.begins_at > OLD.begins_at THEN
        is_long := NEW.ends_at::numeric - OLD.begins_at > 86401000000;
    ELSE
        is_long := is_long AND (NEW.begins_at < OLD.begins_at OR NEW.ends_at > OLD.ends_at);
    END IF;
    IF is_long AND NOT EXISTS (
        SELECT FROM journal_head h
        JOIN journal j ON j.subject_kind = 'window' AND j.subject_id = NEW.id::text AND j.seq BETWEEN h.first AND h.seq
        WHERE h.id = 1 AND h.tx = pg_current_xact_id() AND j.kind IN ('window.planned_long', 'window.changed_long')
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            'window %s is a lead''s to plan: it is long, recurs, covers something else or is to hold anew', NEW.id
        );
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS guard_window ON maintenance_window;
CREATE CONSTRAINT TRIGGER guard_window AFTER INSERT OR UPDATE ON maintenance_window DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION guard_window();

-- A component is marked as in maintenance by a window that holds, covers it, and lasts so long. Where the window was changed
-- meanwhile, who marks does it again by what it is now.
CREATE OR REPLACE FUNCTION guard_mark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    held maintenance_window%ROWTYPE;
    scope jsonb;
BEGIN
    IF is_trusted() THEN
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        IF (OLD.window_id, OLD.window_until) IS NOT DISTINCT FROM (NEW.window_id, NEW.window_until) THEN
            RETURN NULL;
        END IF;
    END IF;
    SELECT * INTO held FROM maintenance_window w WHERE w.id = NEW.window_id;
    scope := held.scope::jsonb;
    IF held.state = 'running' AND held.ends_at = NEW.window_until AND EXISTS (
        SELECT FROM component c WHERE c.id = NEW.id AND (
            scope -> 'components' ? c.id OR scope -> 'services' ? c.service
            OR scope -> 'zones' ? CASE WHEN c.zone = '' THEN 'home' ELSE c.zone END
        )
    ) THEN
        RETURN NULL;
    END IF;
    RAISE serialization_failure USING MESSAGE = format(
        'component %s is in no window %s that holds, covers it and lasts so long', NEW.id, NEW.window_id
    );
END
$$;
DROP TRIGGER IF EXISTS guard_mark ON component_state;
CREATE CONSTRAINT TRIGGER guard_mark AFTER INSERT OR UPDATE ON component_state DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.window_id IS NOT NULL) EXECUTE FUNCTION guard_mark();
