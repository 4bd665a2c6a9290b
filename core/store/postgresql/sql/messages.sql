-- A message stays what it was written as, and an entry about the item it speaks of says its beginning and every change of
-- where it stands: the fields of a message are called message_… there. Who has it in hand (token, until) is the agent's to
-- write down beside that. Looked at when a transaction commits, whatever program changed the row.
CREATE OR REPLACE FUNCTION guard_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
    new_row jsonb;
    in_hand text[] := ARRAY['token', 'until'];
    unsaid text[] := ARRAY['id', 'version', 'about_kind', 'about_id', 'token', 'until'];
    stays text[] := ARRAY['id', 'about_kind', 'about_id', 'purpose', 'channel', 'recipient', 'title', 'body', 'key', 'created_at'];
    col text;
    val jsonb;
BEGIN
    IF is_moving() THEN
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        RAISE insufficient_privilege USING MESSAGE = 'no message is ever removed';
    END IF;
    new_row := to_jsonb(NEW);
    IF TG_OP = 'UPDATE' THEN
        FOREACH col IN ARRAY stays LOOP
            IF new_row -> col IS DISTINCT FROM old_row -> col THEN
                RAISE insufficient_privilege USING MESSAGE = format('message %s keeps its %s', NEW.id, col);
            END IF;
        END LOOP;
        IF new_row - in_hand = old_row - in_hand THEN
            IF (CASE WHEN is_trusted() THEN false ELSE NOT has_role('agent') END) THEN
                RAISE insufficient_privilege USING MESSAGE = format('only the agent has message %s in hand', NEW.id);
            END IF;
            RETURN NULL;
        ELSIF NEW.version <> OLD.version + 1 THEN
            RAISE serialization_failure USING MESSAGE = format(
                'message %s has moved on meanwhile, or its version does not count on by one', NEW.id
            );
        END IF;
    END IF;
    FOR col, val IN
        SELECT c.key, c.value FROM jsonb_each(new_row) c
        WHERE NOT c.key = ANY (unsaid) AND c.value IS DISTINCT FROM coalesce(old_row -> c.key, 'null'::jsonb)
    LOOP
        IF NOT EXISTS (
            SELECT FROM journal_head h
            JOIN journal j ON j.subject_kind = NEW.about_kind AND j.subject_id = NEW.about_id AND j.seq BETWEEN h.first AND h.seq
            WHERE h.id = 1 AND h.tx = pg_current_xact_id()
            AND told(j.body) -> 'message' -> 1 = to_jsonb(NEW.id)
            AND told(j.body) -> ('message_' || col) -> 1 = val
        ) THEN
            RAISE insufficient_privilege USING MESSAGE = format(
                'no entry of this transaction says that message %s was changed in %s', NEW.id, col
            );
        END IF;
    END LOOP;
    IF NOT is_trusted() THEN
        IF NEW.state IN ('sent', 'unknown', 'undelivered') AND NEW.state IS DISTINCT FROM old_row ->> 'state' AND NOT has_role('agent') THEN
            RAISE insufficient_privilege USING MESSAGE = format('that message %s is %s is the agent''s to say', NEW.id, NEW.state);
        ELSIF old_row ->> 'state' IN ('unknown', 'undelivered', 'cancelled', 'sent') AND NOT has_role('operator') AND NOT (
            old_row ->> 'state' IN ('unknown', 'sent') AND NEW.state = 'undelivered' -- it came back
        ) THEN
            RAISE insufficient_privilege USING MESSAGE = format('about message %s a person decides', NEW.id);
        ELSIF old_row ->> 'state' IN ('sent', 'cancelled') AND NEW.state <> 'undelivered' THEN
            RAISE insufficient_privilege USING MESSAGE = format('message %s is %s for good', NEW.id, old_row ->> 'state');
        END IF;
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS guard ON message;
CREATE CONSTRAINT TRIGGER guard AFTER INSERT OR UPDATE OR DELETE ON message DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION guard_message();
