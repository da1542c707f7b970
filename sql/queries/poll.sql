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
WITH held AS (
    SELECT feed_id FROM ops.schedule JOIN core.feed USING (feed_id) JOIN core.title USING (title_id)
    WHERE feed.active AND state <> 'gone' AND NOT paused AND (%(titles)s::text[] IS NULL OR title.title = ANY (%(titles)s))
    ORDER BY feed_id FOR UPDATE OF schedule  -- in the order in which lots hold them
)
UPDATE ops.schedule SET next_poll_at = least(next_poll_at, %(now)s) FROM held WHERE schedule.feed_id = held.feed_id;

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

-- name: held
SELECT EXISTS (SELECT FROM ops.schedule JOIN core.feed USING (feed_id)
    WHERE (%(hosts)s::text[] IS NULL OR host = ANY (%(hosts)s)) AND lease_until BETWEEN %(wall)s AND %(beyond)s);

-- name: renew
-- Never waits: a row that is locked is being written, and one that is done or let go is held no more.
UPDATE ops.schedule SET lease_until = %(lease_until)s
FROM (
    SELECT feed_id FROM ops.schedule JOIN unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (feed_id, fence) USING (feed_id, fence)
    WHERE lease_until > '2000-01-01Z' FOR UPDATE OF schedule SKIP LOCKED
) AS held
WHERE schedule.feed_id = held.feed_id;

-- name: hold
-- In the order of the feeds: two lots never wait for each other in a circle.
SELECT feed_id, pace, usual, skips, read_at, depth, came, watched, lately, awaited
FROM ops.schedule JOIN unnest(%(feeds)s::bigint[], %(fences)s::bigint[]) AS mine (feed_id, fence) USING (feed_id, fence)
ORDER BY feed_id FOR UPDATE OF schedule;

-- name: let_go
WITH held AS (
    SELECT feed_id FROM ops.schedule JOIN unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (feed_id, fence) USING (feed_id, fence)
    ORDER BY feed_id FOR UPDATE OF schedule
)
UPDATE ops.schedule SET lease_until = '2000-01-01Z' FROM held WHERE schedule.feed_id = held.feed_id;

-- name: put_off
UPDATE ops.schedule SET next_poll_at = %(again)s, lease_until = '2000-01-01Z' WHERE feed_id = %(feed_id)s AND fence = %(fence)s;

-- name: lock_addresses
SELECT pg_advisory_xact_lock_shared(7003, title_id) FROM (SELECT DISTINCT unnest(%(titles)s::integer[]) AS title_id ORDER BY title_id) AS titles;

-- name: articles
SELECT url_key, article_id FROM core.article WHERE url_key = ANY (%(keys)s)
UNION ALL
SELECT url_key, article_id FROM core.alias
WHERE url_key = ANY (%(keys)s) AND NOT EXISTS (SELECT FROM core.article WHERE article.url_key = alias.url_key);

-- name: add_articles
WITH added AS (
    INSERT INTO core.article (url_key, url, title_id, first_seen_at)
    SELECT url_key, url, title_id, at
    FROM unnest(%(url_key)s::bytea[], %(url)s::text[], %(title_id)s::bigint[], %(at)s::timestamptz[]) AS new (url_key, url, title_id, at)
    WHERE NOT EXISTS (SELECT FROM core.alias WHERE alias.url_key = new.url_key)
    ORDER BY url_key  -- so that two writers never wait for each other in a circle
    ON CONFLICT (url_key) DO NOTHING
    RETURNING url_key, article_id, url, first_seen_at
), queued AS (
    INSERT INTO ops.intake (article_id, host, next_try_at)
    SELECT article_id, split_part(split_part(url, '://', 2), '/', 1), first_seen_at FROM added
)
SELECT url_key, article_id FROM added;

-- name: add_sightings
-- Fresh are those that their feed lists for the first time.
WITH new AS (
    SELECT article_id, feed_id, at, min(rank) AS rank
    FROM unnest(%(article_id)s::bigint[], %(feed_id)s::bigint[], %(at)s::timestamptz[], %(rank)s::integer[]) AS new (article_id, feed_id, at, rank)
    GROUP BY article_id, feed_id, at
), seen AS (
    INSERT INTO core.sighting AS mine (article_id, feed_id, first_seen_at, last_seen_at, best_rank, last_rank)
    SELECT article_id, feed_id, at, at, rank, rank FROM new ORDER BY article_id, feed_id
    ON CONFLICT (article_id, feed_id) DO UPDATE SET
        last_seen_at = greatest(mine.last_seen_at, excluded.last_seen_at),
        best_rank = least(mine.best_rank, excluded.best_rank), last_rank = excluded.last_rank
    RETURNING article_id, feed_id, first_seen_at, last_seen_at
)
SELECT feed_id, count(*) AS fresh FROM seen JOIN new USING (article_id, feed_id) WHERE first_seen_at = at AND last_seen_at = at GROUP BY feed_id;

-- name: keep_entries
INSERT INTO raw.entry AS mine (article_id, feed_id, seen_at, guid, headline, summary, published_at, published_precision, updated_at,
    updated_precision, authors, language, section, markup)
SELECT article_id, feed_id, at, guid, headline, summary, published_at, published_precision, updated_at, updated_precision, authors, language,
    section, markup
FROM json_to_recordset(%(rows)s::json) AS said (article_id bigint, feed_id bigint, at timestamptz, guid text, headline text, summary text,
    published_at timestamptz, published_precision text, updated_at timestamptz, updated_precision text, authors text[], language text,
    section text, markup text)
ORDER BY article_id, feed_id
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
INSERT INTO ops.refusal AS mine (refusal_key, stage, reason, detail, url, feed_id, article_id, first_at, last_at, times)
SELECT DISTINCT ON (refusal_key) refusal_key, stage, reason, detail, url, feed_id, article_id,
    min(at) OVER same, max(at) OVER same, count(*) OVER same
FROM unnest(%(refusal_key)s::bytea[], %(stage)s::text[], %(reason)s::text[], %(detail)s::text[], %(url)s::text[], %(feed_id)s::bigint[],
        %(article_id)s::bigint[], %(at)s::timestamptz[])
    WITH ORDINALITY AS new (refusal_key, stage, reason, detail, url, feed_id, article_id, at, place)
WINDOW same AS (PARTITION BY refusal_key)
ORDER BY refusal_key, place DESC  -- the last word on each, and in an order in which two writers never wait for each other in a circle
ON CONFLICT (refusal_key) DO UPDATE SET
    times = mine.times + excluded.times, detail = excluded.detail, last_at = greatest(mine.last_at, excluded.last_at);

-- name: record
INSERT INTO ops.poll (feed_id, fence, at, status, robots, reason, detail, unchanged, form, bytes, seconds, seen, new, fresh, known, refused, next_poll_at)
SELECT * FROM unnest(%(feed_id)s::bigint[], %(fence)s::bigint[], %(at)s::timestamptz[], %(status)s::integer[], %(robots)s::text[],
    %(reason)s::text[], %(detail)s::text[], %(unchanged)s::boolean[], %(form)s::text[], %(bytes)s::integer[], %(seconds)s::float8[],
    %(seen)s::integer[], %(new)s::integer[], %(fresh)s::integer[], %(known)s::integer[], %(refused)s::integer[], %(next_poll_at)s::timestamptz[]);

-- name: note
INSERT INTO ops.feed_event (feed_id, at, what, was, now, detail)
SELECT * FROM unnest(%(feed_id)s::bigint[], %(at)s::timestamptz[], %(what)s::text[], %(was)s::text[], %(now)s::text[], %(detail)s::text[]);

-- name: reschedule
UPDATE ops.schedule SET
    state = new.state, interval = new.interval, failures = new.failures, pace = new.pace, usual = new.usual, skips = new.skips,
    read_at = new.read_at, depth = new.depth, came = new.came, watched = new.watched, lately = new.lately, awaited = new.awaited,
    next_poll_at = new.next_poll_at, polled_at = new.at, brought_at = CASE WHEN new.fresh > 0 THEN new.at ELSE brought_at END,
    etag = new.etag, last_modified = new.last_modified, bodies = new.bodies, moved_to = new.moved_to, lease_until = '2000-01-01Z'
FROM unnest(ARRAY(SELECT json_array_elements(%(rows)s::json))) AS each (said),  -- an array is held to be short, so schedules are looked up
    json_to_record(said) AS new (feed_id bigint, fence bigint, at timestamptz, next_poll_at timestamptz, fresh integer, state text,
    interval interval, failures integer, pace interval, usual interval, skips smallint[], read_at timestamptz, depth integer,
    came double precision[], watched double precision[], lately double precision, awaited double precision, etag text, last_modified text,
    bodies bytea[], moved_to text)
WHERE schedule.feed_id = new.feed_id AND schedule.fence = new.fence;
