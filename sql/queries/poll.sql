-- Feeds that are due, and what a poll leaves behind.
-- Who failed last time comes last: those who behave are not to wait for those who let us wait.
-- A poll from the future, and a lease that ends beyond any, are from a clock that was wrong for a while: they bind nobody.

-- name: due_hosts
SELECT host, count(*) AS feeds
FROM ops.schedule JOIN core.feed USING (feed_id) JOIN core.title USING (title_id)
WHERE feed.active AND state <> 'gone' AND NOT paused AND (next_poll_at <= %(now)s OR polled_at > %(now)s::timestamptz + interval '1 hour')
        AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s
    AND (%(titles)s::text[] IS NULL OR title.title = ANY (%(titles)s))
GROUP BY host ORDER BY feeds DESC, host;

-- name: make_due
UPDATE ops.schedule SET next_poll_at = least(next_poll_at, %(now)s) FROM core.feed JOIN core.title USING (title_id)
WHERE feed.feed_id = schedule.feed_id AND feed.active AND state <> 'gone' AND NOT paused
    AND (%(titles)s::text[] IS NULL OR title.title = ANY (%(titles)s));

-- name: claim
WITH due AS (
    SELECT feed_id FROM ops.schedule JOIN core.feed USING (feed_id) JOIN core.title USING (title_id)
    WHERE feed.active AND state <> 'gone' AND NOT paused AND (next_poll_at <= %(begun)s OR polled_at > %(now)s::timestamptz + interval '1 hour')
        AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s
        AND (%(hosts)s::text[] IS NULL OR feed.host = ANY (%(hosts)s))
        AND (%(titles)s::text[] IS NULL OR title.title = ANY (%(titles)s))
    ORDER BY failures > 0, next_poll_at, feed_id LIMIT %(limit)s
    FOR UPDATE OF schedule SKIP LOCKED
)
UPDATE ops.schedule SET fence = fence + 1, lease_until = %(lease_until)s
FROM due JOIN core.feed USING (feed_id)
WHERE schedule.feed_id = due.feed_id
RETURNING feed.feed_id, feed.title_id, feed.host, feed.url, feed.kind, feed.section, schedule.fence, schedule.interval, schedule.failures,
    schedule.next_poll_at, schedule.state, schedule.etag, schedule.last_modified, schedule.bodies, schedule.moved_to;

-- name: renew
-- Never waits: a row that is locked is being written, and one that is done or let go is held no more.
UPDATE ops.schedule SET lease_until = %(lease_until)s
FROM (
    SELECT feed_id FROM ops.schedule JOIN unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (feed_id, fence) USING (feed_id, fence)
    WHERE lease_until > '2000-01-01Z' FOR UPDATE OF schedule SKIP LOCKED
) AS held
WHERE schedule.feed_id = held.feed_id;

-- name: hold
SELECT fence FROM ops.schedule WHERE feed_id = %(feed_id)s AND fence = %(fence)s FOR UPDATE;

-- name: let_go
UPDATE ops.schedule SET lease_until = '2000-01-01Z'
FROM unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (feed_id, fence)
WHERE schedule.feed_id = mine.feed_id AND schedule.fence = mine.fence;

-- name: put_off
UPDATE ops.schedule SET next_poll_at = %(again)s, lease_until = '2000-01-01Z' WHERE feed_id = %(feed_id)s AND fence = %(fence)s;

-- name: lock_addresses
SELECT pg_advisory_xact_lock_shared(7003, %(title_id)s::integer);

-- name: add_articles
INSERT INTO core.article (url_key, url, title_id, first_seen_at)
SELECT url_key, url, %(title_id)s, %(at)s FROM unnest(%(url_key)s::bytea[], %(url)s::text[]) AS new (url_key, url)
WHERE NOT EXISTS (SELECT FROM core.alias WHERE alias.url_key = new.url_key)
ORDER BY url_key  -- so that two writers never wait for each other in a circle
ON CONFLICT (url_key) DO NOTHING;

-- name: articles
SELECT url_key, article_id FROM core.article WHERE url_key = ANY (%(keys)s)
UNION ALL
SELECT url_key, article_id FROM core.alias
WHERE url_key = ANY (%(keys)s) AND NOT EXISTS (SELECT FROM core.article WHERE article.url_key = alias.url_key);

-- name: queue_new
INSERT INTO ops.intake (article_id, host, next_try_at)
SELECT article_id, split_part(split_part(url, '://', 2), '/', 1), first_seen_at FROM core.article WHERE article_id = ANY (%(articles)s)
ON CONFLICT (article_id) DO NOTHING;

-- name: add_sightings
INSERT INTO core.sighting AS mine (article_id, feed_id, first_seen_at, last_seen_at, best_rank, last_rank)
SELECT article_id, %(feed_id)s, %(at)s::timestamptz, %(at)s::timestamptz, min(rank), min(rank)
FROM unnest(%(article_id)s::bigint[], %(rank)s::integer[]) AS new (article_id, rank) GROUP BY article_id ORDER BY article_id
ON CONFLICT (article_id, feed_id) DO UPDATE SET
    last_seen_at = greatest(mine.last_seen_at, excluded.last_seen_at),
    best_rank = least(mine.best_rank, excluded.best_rank), last_rank = excluded.last_rank;

-- name: keep_entries
INSERT INTO raw.entry AS mine (article_id, feed_id, seen_at, guid, headline, summary, published_at, published_precision, updated_at,
    updated_precision, authors, language, section, markup)
SELECT article_id, %(feed_id)s, %(at)s::timestamptz, guid, headline, summary, published_at, published_precision, updated_at, updated_precision,
    authors, language, section, markup
FROM json_to_recordset(%(rows)s::json) AS said (article_id bigint, guid text, headline text, summary text, published_at timestamptz,
    published_precision text, updated_at timestamptz, updated_precision text, authors text[], language text, section text, markup text)
ORDER BY article_id
ON CONFLICT (article_id, feed_id) DO UPDATE SET
    seen_at = excluded.seen_at, guid = excluded.guid, headline = excluded.headline, summary = excluded.summary,
    published_at = excluded.published_at, published_precision = excluded.published_precision, updated_at = excluded.updated_at,
    updated_precision = excluded.updated_precision, authors = excluded.authors, language = excluded.language,
    section = excluded.section, markup = excluded.markup
WHERE (mine.guid, mine.headline, mine.summary, mine.published_at, mine.updated_at, mine.authors, mine.section, mine.markup)
    IS DISTINCT FROM (excluded.guid, excluded.headline, excluded.summary, excluded.published_at, excluded.updated_at, excluded.authors,
                      excluded.section, excluded.markup)
    AND NOT coalesce(excluded.updated_at < mine.updated_at, false);  -- an old edition from a cache does not undo a newer one

-- name: refuse
INSERT INTO ops.refusal AS mine (refusal_key, stage, reason, detail, url, feed_id, article_id, first_at, last_at)
VALUES (%(refusal_key)s, %(stage)s, %(reason)s, %(detail)s, %(url)s, %(feed_id)s, %(article_id)s, %(at)s, %(at)s)
ON CONFLICT (refusal_key) DO UPDATE SET
    times = mine.times + 1, detail = excluded.detail, last_at = greatest(mine.last_at, excluded.last_at);

-- name: fresh
SELECT count(*) FROM core.sighting WHERE feed_id = %(feed_id)s AND last_seen_at = %(at)s AND first_seen_at = %(at)s;

-- name: remembered
SELECT pace, usual, skips, read_at, depth, came, watched, lately, awaited FROM ops.schedule WHERE feed_id = %(feed_id)s;

-- name: note
INSERT INTO ops.feed_event (feed_id, at, what, was, now, detail)
VALUES (%(feed_id)s, %(at)s, %(what)s, %(was)s, %(now)s, %(detail)s);

-- name: record
INSERT INTO ops.poll (feed_id, fence, at, status, robots, reason, detail, unchanged, form, bytes, seconds, seen, new, fresh, known, refused, next_poll_at)
VALUES (%(feed_id)s, %(fence)s, %(at)s, %(status)s, %(robots)s, %(reason)s, %(detail)s, %(unchanged)s, %(form)s, %(bytes)s, %(seconds)s, %(seen)s,
    %(new)s, %(fresh)s, %(known)s, %(refused)s, %(next_poll_at)s);

-- name: reschedule
UPDATE ops.schedule SET
    state = %(state)s, interval = %(interval)s, failures = %(failures)s, pace = %(pace)s, usual = %(usual)s, skips = %(skips)s,
    read_at = %(read_at)s, depth = %(depth)s, came = %(came)s, watched = %(watched)s, lately = %(lately)s, awaited = %(awaited)s,
    next_poll_at = %(next_poll_at)s, polled_at = %(at)s::timestamptz,
    brought_at = CASE WHEN EXISTS (
        SELECT FROM core.sighting WHERE sighting.feed_id = schedule.feed_id AND last_seen_at = %(at)s::timestamptz AND first_seen_at = %(at)s::timestamptz
    ) THEN %(at)s::timestamptz ELSE brought_at END,
    etag = %(etag)s, last_modified = %(last_modified)s, bodies = %(bodies)s, moved_to = %(moved_to)s, lease_until = '2000-01-01Z'
WHERE feed_id = %(feed_id)s AND fence = %(fence)s;
