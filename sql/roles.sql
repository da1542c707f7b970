-- Who may do what. Run at the end of every migration, as often as one likes: rights are taken away and given anew.
-- The owner of the database owns all. Roles have no passwords here: embedded Postgres keeps generated ones below var/postgres/secrets;
-- elsewhere an administrator gives a role its password, or makes somebody a member of it. Where we may not make roles, nothing is done.
DO $$
DECLARE
    name text;
    owner text;
    mine text[] := '{}';
BEGIN
    FOREACH name IN ARRAY ARRAY['wiredesk_migrator', 'wiredesk_ingest', 'wiredesk_cluster', 'wiredesk_ui', 'wiredesk_analyst'] LOOP
        BEGIN
            IF to_regrole(name) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
                IF name = 'wiredesk_analyst' THEN
                    ALTER ROLE wiredesk_analyst CONNECTION LIMIT 20;
                    ALTER ROLE wiredesk_analyst SET default_transaction_read_only = on;
                    ALTER ROLE wiredesk_analyst SET statement_timeout = '30s';
                    ALTER ROLE wiredesk_analyst SET idle_in_transaction_session_timeout = '5min';
                    ALTER ROLE wiredesk_analyst SET lock_timeout = '5s';
                    ALTER ROLE wiredesk_analyst SET search_path = mart, public;
                    ALTER ROLE wiredesk_analyst SET temp_file_limit = '2GB';  -- superusers only
                END IF;
            END IF;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'role % cannot be made or limited: let an administrator run sql/roles.sql', name;
            WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was first
        END;
        IF to_regrole(name) IS NOT NULL THEN
            mine := mine || name;
            EXECUTE format('REVOKE ALL ON SCHEMA raw, core, mart, ops, parts FROM %I', name);
            EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA raw, core, mart, ops, parts FROM %I', name);
            EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA mart FROM %I', name);
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
        END IF;
    END LOOP;
    SELECT rolname INTO owner FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE datname = current_database() AND NOT rolsuper;
    IF 'wiredesk_migrator' = ANY (mine) AND owner IS NOT NULL AND NOT pg_has_role('wiredesk_migrator', owner, 'MEMBER') THEN
        BEGIN
            EXECUTE format('GRANT %I TO wiredesk_migrator', owner);  -- it may all that the owner may, and is somebody else; never an administrator
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'wiredesk_migrator cannot be made a member of %: let an administrator do so', owner;
        END;
    END IF;
    IF 'wiredesk_ingest' = ANY (mine) THEN
        GRANT USAGE ON SCHEMA raw, core, ops TO wiredesk_ingest;
        GRANT SELECT ON ALL TABLES IN SCHEMA raw, core, ops TO wiredesk_ingest;
        GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA raw TO wiredesk_ingest;
        GRANT INSERT, UPDATE, DELETE ON ops.schedule, ops.poll, ops.poll_day, ops.refusal, ops.intake, ops.host, ops.turn, ops.feed_event,
            ops.reread, ops.title_event, core.boilerplate, core.alias, core.credit, core.signature, core.sample TO wiredesk_ingest;
        GRANT INSERT, UPDATE ON core.agency, core.title, core.feed, core.article, core.article_version, core.sighting TO wiredesk_ingest;
        GRANT INSERT ON ops.touched, ops.touched_block, ops.tally, core.title_before TO wiredesk_ingest;
        GRANT INSERT, UPDATE, DELETE ON core.section TO wiredesk_ingest;
    END IF;
    IF 'wiredesk_cluster' = ANY (mine) THEN
        GRANT USAGE ON SCHEMA core, ops TO wiredesk_cluster;
        GRANT SELECT ON ALL TABLES IN SCHEMA core, ops TO wiredesk_cluster;
        GRANT INSERT, UPDATE, DELETE ON core.match, core.story, core.story_article, core.story_event, core.credit, core.signature, core.sample,
            core.coverage, core.reach, core.title_day, core.syndication, core.fulltext, core.stale_copy, ops.touched, ops.door,
            ops.block, ops.touched_block, ops.tally,
            core.sketch, core.event, core.event_story, core.event_reach, core.top_story, core.pick TO wiredesk_cluster;
        GRANT INSERT ON ops.edition TO wiredesk_cluster;
        GRANT INSERT, UPDATE ON ops.alarm TO wiredesk_cluster;
    END IF;
    IF 'wiredesk_ui' = ANY (mine) THEN
        GRANT USAGE ON SCHEMA mart, core, ops TO wiredesk_ui;
        GRANT SELECT ON ALL TABLES IN SCHEMA mart, core, ops TO wiredesk_ui;
        GRANT USAGE ON SCHEMA raw TO wiredesk_ui;
        GRANT SELECT (article_id, feed_id, headline, published_at) ON raw.entry TO wiredesk_ui;  -- what a feed said of an article without a text
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mart TO wiredesk_ui;
        GRANT INSERT, UPDATE ON core.decision TO wiredesk_ui;  -- a person's word is carried out when it is given:
        GRANT INSERT, UPDATE, DELETE ON core.story, core.story_article, core.story_event, core.credit TO wiredesk_ui;
        GRANT INSERT, UPDATE, DELETE ON core.sketch, core.event, core.event_story, core.event_reach, core.top_story, core.pick TO wiredesk_ui;
        GRANT INSERT ON ops.touched, ops.touched_block, ops.tally TO wiredesk_ui;
        GRANT INSERT, UPDATE ON ops.review TO wiredesk_ui;
        GRANT UPDATE (next_poll_at, state, failures, paused) ON ops.schedule TO wiredesk_ui;
        GRANT INSERT ON ops.feed_event, ops.silence TO wiredesk_ui;
    END IF;
    IF 'wiredesk_analyst' = ANY (mine) THEN
        GRANT USAGE ON SCHEMA mart TO wiredesk_analyst;
        GRANT SELECT ON ALL TABLES IN SCHEMA mart TO wiredesk_analyst;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mart TO wiredesk_analyst;
    END IF;
END $$;
