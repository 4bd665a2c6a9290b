-- Who is here: everybody speaks for themselves alone, at the server's own instant. A seat that was not heard of for
-- hours was left by a program that died; anybody may clear it away.
--
-- Others are woken only where what they show changes: for a beat, or for a look at another screen, nobody is.
CREATE OR REPLACE FUNCTION keep_presence() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    now_us bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
BEGIN
    IF NOT is_trusted() THEN
        IF TG_OP <> 'INSERT' AND OLD.actor <> session_user AND NOT (TG_OP = 'DELETE' AND OLD.beat < now_us - 3600000000) THEN
            RAISE insufficient_privilege USING MESSAGE = format('the seat %s is of %s, not of %s', OLD.seat, OLD.actor, session_user);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            IF NEW.actor <> session_user THEN
                RAISE insufficient_privilege USING MESSAGE = format('%s is not %s, who says this', NEW.actor, session_user);
            END IF;
            IF greatest(length(NEW.seat), length(NEW.host), length(NEW.view), length(NEW.subject), length(NEW.editing)) > 200 THEN
                RAISE insufficient_privilege USING MESSAGE = 'of who is here no more than 200 characters each are kept';
            END IF;
            IF TG_OP = 'INSERT' AND (SELECT count(*) >= 100 FROM presence p WHERE p.actor = session_user) THEN
                RAISE insufficient_privilege USING MESSAGE = format('%s is here a hundred times already', session_user);
            END IF;
            NEW.beat := now_us;
            IF TG_OP = 'INSERT' THEN
                NEW.since := now_us;
            ELSE
                NEW.seat := OLD.seat;
                NEW.since := OLD.since;
            END IF;
        END IF;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        PERFORM pg_notify('watchfloor', 'presence');
    ELSIF (OLD.subject, OLD.editing) IS DISTINCT FROM (NEW.subject, NEW.editing) THEN
        PERFORM pg_notify('watchfloor', 'presence');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER presence_is_ones_own BEFORE INSERT OR UPDATE OR DELETE ON presence
FOR EACH ROW EXECUTE FUNCTION keep_presence();
