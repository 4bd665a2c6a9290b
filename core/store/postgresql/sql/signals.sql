-- Nobody judges a signal about themselves, and what suppresses signals is about neither who makes it nor who answers for it
-- (core/security/signals/about.py, which also knows the other names of a person, and whom the lines name).
CREATE OR REPLACE FUNCTION guard_judged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF NEW.state IN ('acknowledged', 'suppressed') AND OLD.state <> NEW.state AND lower(NEW.whom) = lower(session_user) AND NOT is_trusted() THEN
        RAISE insufficient_privilege USING MESSAGE = format('signal SG-%s is about %s, who does not judge it', NEW.id, session_user);
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS guard_judged ON signal;
CREATE CONSTRAINT TRIGGER guard_judged AFTER UPDATE ON signal DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION guard_judged();

CREATE OR REPLACE FUNCTION guard_suppressed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF NEW.state <> 'in force' OR is_trusted() THEN
        RETURN NULL;
    ELSIF lower(NEW.whom) IN (lower(session_user), lower(NEW.made_by), lower(NEW.owner)) THEN
        RAISE insufficient_privilege USING MESSAGE = format('suppression SU-%s is about who makes it or answers for it', NEW.id);
    ELSIF NEW.owner = '' OR NEW.reason = '' OR NEW.ends_at > (extract(epoch FROM clock_timestamp()) + 367 * 86400) * 1000000 THEN
        RAISE insufficient_privilege USING MESSAGE = format('suppression SU-%s has an owner, a reason, and an end within a year', NEW.id);
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS guard_suppressed ON suppression;
CREATE CONSTRAINT TRIGGER guard_suppressed AFTER INSERT OR UPDATE ON suppression DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION guard_suppressed();
