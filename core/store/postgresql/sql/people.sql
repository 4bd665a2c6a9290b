-- People are roles of the server, each in the group of their role here. These functions run as the database's owner,
-- who may make roles; they ask first whether the session has the role admin, and touch nobody but the people listed
-- in `staff`. The row they write needs its entry, like every row.

CREATE OR REPLACE FUNCTION check_admin() RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF NOT has_role('admin') AND NOT is_trusted() THEN
        RAISE insufficient_privilege USING MESSAGE = format('keeping staff asks for the role admin, which %s has not', session_user);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION check_role_name(role text) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF role NOT IN ('viewer', 'operator', 'lead', 'reviewer', 'admin', 'agent') THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s is no role', role);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION staff_add(who text, person text, role text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM check_admin();
    PERFORM check_role_name(role);
    IF verifier IS NOT NULL AND verifier NOT LIKE 'SCRAM-SHA-256$%' THEN
        RAISE insufficient_privilege USING MESSAGE = 'a password comes here only as its verifier';
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = who) THEN
        IF verifier IS NOT NULL THEN
            RAISE duplicate_object USING MESSAGE = format('%s is a role of this server already: add it without a password', who);
        END IF;
    ELSE
        EXECUTE format('CREATE ROLE %I LOGIN', who);
        IF verifier IS NOT NULL THEN
            EXECUTE format('ALTER ROLE %I PASSWORD %L', who, verifier);
        END IF;
    END IF;
    EXECUTE format('GRANT %I TO %I', group_of(role), who);
    INSERT INTO staff (login, name, role, state, since)
    VALUES (who, person, role, 'active', (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
END
$$;

CREATE OR REPLACE FUNCTION staff_role(who text, wanted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    before text;
BEGIN
    PERFORM check_admin();
    PERFORM check_role_name(wanted);
    SELECT s.role INTO STRICT before FROM staff s WHERE s.login = who FOR UPDATE;
    EXECUTE format('REVOKE %I FROM %I', group_of(before), who);
    EXECUTE format('GRANT %I TO %I', group_of(wanted), who);
    UPDATE staff SET role = wanted WHERE login = who;
END
$$;

-- Suspended, a person is in no group of this database: they may come to others of the server, but see nothing here.
CREATE OR REPLACE FUNCTION staff_suspend(who text, kept_out boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    held text;
BEGIN
    PERFORM check_admin();
    SELECT s.role INTO STRICT held FROM staff s WHERE s.login = who FOR UPDATE;
    IF kept_out THEN
        EXECUTE format('REVOKE %I FROM %I', group_of(held), who);
    ELSE
        PERFORM check_role_name(held);
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = who) THEN -- listed by a database that was moved here
            EXECUTE format('CREATE ROLE %I LOGIN', who);
        END IF;
        EXECUTE format('GRANT %I TO %I', group_of(held), who);
    END IF;
    UPDATE staff SET state = CASE WHEN kept_out THEN 'suspended' ELSE 'active' END WHERE login = who;
END
$$;

CREATE OR REPLACE FUNCTION staff_remove(who text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    held text;
BEGIN
    PERFORM check_admin();
    SELECT s.role INTO STRICT held FROM staff s WHERE s.login = who FOR UPDATE;
    EXECUTE format('REVOKE %I FROM %I', group_of(held), who);
    DELETE FROM staff WHERE login = who;
END
$$;

-- Whether a role of the server is more than a person of this house: it may do something elsewhere, or make roles or databases.
CREATE OR REPLACE FUNCTION is_more_elsewhere(who text) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (
    SELECT FROM pg_roles r JOIN pg_database here ON here.datname = current_database()
    WHERE r.rolname = who AND (
        r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
        OR EXISTS (
            SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
            WHERE m.member = r.oid
            AND g.rolname NOT IN (SELECT group_of(one) FROM unnest('{viewer,operator,lead,reviewer,admin,agent}'::text[]) one)
        )
        OR EXISTS (
            SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND (
                d.deptype = 'o' OR d.dbid NOT IN (0, here.oid)
                OR d.dbid = 0 AND (d.classid, d.objid) <> ('pg_database'::regclass, here.oid)
            )
        )
    )
);

-- A password of one's own anybody changes themselves; another's only an admin, and only of those kept here who are nothing
-- else: up to version 15 the server lets whoever makes roles change the password of any, also of another house's people.
CREATE OR REPLACE FUNCTION staff_password(who text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF who <> session_user THEN
        PERFORM check_admin();
    END IF;
    IF verifier NOT LIKE 'SCRAM-SHA-256$%' THEN
        RAISE insufficient_privilege USING MESSAGE = 'a password comes here only as its verifier';
    END IF;
    PERFORM FROM staff s WHERE s.login = who;
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s is not kept here', who);
    END IF;
    IF who <> session_user AND is_more_elsewhere(who) THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            '%s may do more on this server than in this house: they change their password themselves, or the server''s administrator does', who
        );
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', who, verifier);
END
$$;
