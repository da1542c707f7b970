-- The registry's blocks into tables. What has left the registry becomes inactive.

-- name: upsert_agency
INSERT INTO core.agency (agency, name, languages, country, domains, active)
VALUES (%(agency)s, %(name)s, %(languages)s, %(country)s, %(domains)s, true)
ON CONFLICT (agency) DO UPDATE SET
    name = excluded.name, languages = excluded.languages, country = excluded.country, domains = excluded.domains, active = true
WHERE (agency.name, agency.languages, agency.country, agency.domains, agency.active)
    IS DISTINCT FROM (excluded.name, excluded.languages, excluded.country, excluded.domains, true);

-- name: upsert_title
INSERT INTO core.title (title, name, owner, country, language, kind, domains, agency, weight, active)
VALUES (%(title)s, %(name)s, %(owner)s, %(country)s, %(language)s, %(kind)s, %(domains)s, %(agency)s, %(weight)s, true)
ON CONFLICT (title) DO UPDATE SET
    name = excluded.name, owner = excluded.owner, country = excluded.country, language = excluded.language, kind = excluded.kind,
    domains = excluded.domains, agency = excluded.agency, weight = excluded.weight, active = true
WHERE (title.name, title.owner, title.country, title.language, title.kind, title.domains, title.agency, title.weight, title.active)
    IS DISTINCT FROM (excluded.name, excluded.owner, excluded.country, excluded.language, excluded.kind, excluded.domains,
                      excluded.agency, excluded.weight, true);

-- name: upsert_feed
INSERT INTO core.feed (title_id, url, host, kind, section, active)
SELECT title_id, %(url)s, %(host)s, %(kind)s, %(section)s, true FROM core.title WHERE title = %(title)s
ON CONFLICT (url) DO UPDATE SET
    title_id = excluded.title_id, host = excluded.host, kind = excluded.kind, section = excluded.section, active = true
WHERE (feed.title_id, feed.host, feed.kind, feed.section, feed.active)
    IS DISTINCT FROM (excluded.title_id, excluded.host, excluded.kind, excluded.section, true);

-- name: schedule_new_feeds
INSERT INTO ops.schedule (feed_id, interval, next_poll_at)
SELECT feed_id, %(interval)s, %(now)s FROM core.feed WHERE active
ON CONFLICT (feed_id) DO NOTHING;

-- name: retire_agencies
UPDATE core.agency SET active = false WHERE active AND agency <> ALL (%(keys)s);

-- name: retire_titles
UPDATE core.title SET active = false WHERE active AND title <> ALL (%(keys)s);

-- name: retire_feeds
WITH retired AS (UPDATE core.feed SET active = false WHERE active AND url <> ALL (%(urls)s) RETURNING feed_id)
INSERT INTO ops.feed_event (feed_id, at, what, was, now) SELECT feed_id, %(now)s, 'retired', 'listed', 'unlisted' FROM retired;

-- name: note_returned_feeds
INSERT INTO ops.feed_event (feed_id, at, what, was, now)
SELECT feed_id, %(now)s, 'returned', 'unlisted', 'listed' FROM core.feed WHERE NOT active AND url = ANY (%(urls)s);

-- name: hold_schedules
-- In the order in which polls hold theirs: neither waits for the other in a circle.
SELECT FROM ops.schedule ORDER BY feed_id FOR UPDATE;

-- name: revive_returned_feeds
-- A feed that was gone and is listed again is asked again: somebody has looked at it.
UPDATE ops.schedule SET state = 'active', failures = 0, next_poll_at = %(now)s, etag = '', last_modified = '', bodies = '{}',
    fence = fence + 1, lease_until = '2000-01-01Z'
FROM core.feed WHERE schedule.feed_id = feed.feed_id AND state = 'gone' AND NOT active AND url = ANY (%(urls)s);

-- name: read_title_anew
-- Domains decide which entries are a title's own. A poll that is under way judges by the old ones; its fence is out of date.
UPDATE ops.schedule SET etag = '', last_modified = '', bodies = '{}', fence = fence + 1, lease_until = '2000-01-01Z'
FROM core.feed JOIN core.title USING (title_id)
WHERE schedule.feed_id = feed.feed_id AND title.title = %(title)s AND title.domains IS DISTINCT FROM %(domains)s;

-- name: read_feed_anew
UPDATE ops.schedule SET etag = '', last_modified = '', bodies = '{}', fence = fence + 1, lease_until = '2000-01-01Z'
FROM core.feed JOIN core.title USING (title_id)
WHERE schedule.feed_id = feed.feed_id AND feed.url = %(url)s AND (feed.kind, title.title) IS DISTINCT FROM (%(kind)s, %(title)s);

-- name: put_sections
INSERT INTO core.section AS mine (name, section) SELECT * FROM unnest(%(names)s::text[], %(sections)s::text[])
ON CONFLICT (name) DO UPDATE SET section = excluded.section WHERE mine.section <> excluded.section;

-- name: drop_sections
DELETE FROM core.section WHERE name <> ALL (%(names)s::text[]);

-- name: lock
SELECT pg_advisory_xact_lock(7002);

-- name: agencies
SELECT agency FROM core.agency;

-- name: titles
SELECT title_id, title AS key, name, owner, country, language, kind, domains, agency, weight FROM core.title ORDER BY title_id;

-- name: unknown_titles
SELECT wanted FROM unnest(%(keys)s::text[]) AS wanted WHERE NOT EXISTS (SELECT FROM core.title WHERE title = wanted AND active) ORDER BY wanted;

-- name: seed
SELECT seed FROM ops.deployment;
