-- What the alarms are judged by, and their rows.

-- name: heard
-- In how many of the weeks before its last article each hour of the week brought a title something: its silence does not lower what is usual.
SELECT title_id, (extract(isodow FROM hour)::integer - 1) * 24 + extract(hour FROM hour)::integer AS slot, count(*) AS weeks
FROM (
    SELECT DISTINCT title_id, date_trunc('hour', first_seen_at) AS hour FROM core.article JOIN (
        SELECT title_id, (SELECT max(first_seen_at) FROM core.article WHERE article.title_id = title.title_id) AS last_at FROM core.title WHERE active
    ) AS span USING (title_id)
    WHERE first_seen_at >= %(since)s AND first_seen_at < %(until)s AND first_seen_at > last_at - %(weeks)s * interval '7 days'
) AS heard GROUP BY title_id, slot;

-- name: titles
-- Titles with a feed that is read: when they last brought something, since when we know them.
SELECT title_id, title.title, title.name, span.first_at, span.last_at,
    (SELECT url FROM core.feed WHERE feed.title_id = title.title_id AND feed.active ORDER BY feed_id LIMIT 1) AS url,
    (SELECT count(DISTINCT date_trunc('hour', first_seen_at)) FROM core.article
     WHERE article.title_id = title.title_id AND first_seen_at > span.last_at - %(before)s * interval '1 hour' AND first_seen_at <= span.last_at) AS heard_before
FROM core.title CROSS JOIN LATERAL (
    SELECT (SELECT first_seen_at FROM core.article WHERE article.title_id = title.title_id ORDER BY first_seen_at LIMIT 1) AS first_at,
        (SELECT first_seen_at FROM core.article WHERE article.title_id = title.title_id ORDER BY first_seen_at DESC LIMIT 1) AS last_at
) AS span
WHERE title.active AND span.last_at IS NOT NULL AND EXISTS (
    SELECT FROM core.feed JOIN ops.schedule USING (feed_id)
    WHERE feed.title_id = title.title_id AND feed.active AND state = 'active' AND failures = 0 AND NOT paused
)
ORDER BY title_id;

-- name: read_hours
SELECT DISTINCT date_trunc('hour', at) AS hour FROM ops.poll WHERE at >= %(since)s AND reason IS NULL;

-- name: layouts
SELECT title_id, title.title, layout.since, layout.detail FROM ops.layout JOIN core.title USING (title);

-- name: refused
-- A title's articles of the last day and of the fortnight before, and how many of them were refused.
SELECT title_id, title.title, count(*) FILTER (WHERE first_seen_at >= %(day)s) AS lately,
    count(*) FILTER (WHERE first_seen_at >= %(day)s AND intake.state = 'refused') AS refused, count(*) FILTER (WHERE first_seen_at < %(day)s) AS before,
    count(*) FILTER (WHERE first_seen_at < %(day)s AND intake.state = 'refused') AS refused_before,
    mode() WITHIN GROUP (ORDER BY intake.reason) FILTER (WHERE first_seen_at >= %(day)s AND intake.state = 'refused') AS reason
FROM core.article JOIN ops.intake USING (article_id) JOIN core.title USING (title_id)
WHERE first_seen_at >= %(day)s::timestamptz - interval '14 days' AND intake.state IN ('kept', 'refused')
GROUP BY title_id, title.title HAVING count(*) FILTER (WHERE first_seen_at >= %(day)s AND intake.state = 'refused') > 0 ORDER BY title_id;

-- name: lock
SELECT pg_advisory_xact_lock(7004);

-- name: hold
INSERT INTO ops.alarm AS mine (kind, subject, title_id, cause, step, anchor, since, seen_at)
VALUES (%(kind)s, %(subject)s, %(title_id)s, %(cause)s, %(step)s, %(anchor)s, %(at)s, %(at)s)
ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO UPDATE SET
    cause = excluded.cause, step = excluded.step, anchor = excluded.anchor, seen_at = greatest(mine.seen_at, excluded.seen_at)
RETURNING xmax = 0 AS new;

-- name: open
SELECT alarm_id, kind, subject, seen_at FROM ops.alarm WHERE ended_at IS NULL;

-- name: end
UPDATE ops.alarm SET ended_at = greatest(since, %(at)s::timestamptz) WHERE alarm_id = ANY (%(alarms)s);

-- name: silenced
SELECT DISTINCT kind, subject FROM ops.silence WHERE until > %(at)s;

-- name: telling
-- Postgres ends a session that hears nothing for too long, and so lets go.
SELECT CASE WHEN pg_try_advisory_lock(7008) THEN set_config('idle_session_timeout', %(hung)s, false) END;

-- name: told_all
SELECT pg_advisory_unlock(7008), set_config('idle_session_timeout', (SELECT reset_val FROM pg_settings WHERE name = 'idle_session_timeout'), false);

-- name: untold
-- What holds, and nobody has silenced or been told of.
SELECT alarm_id, kind, subject, cause, step, anchor FROM ops.alarm
WHERE ended_at IS NULL AND told_at IS NULL AND NOT EXISTS (
    SELECT FROM ops.silence WHERE silence.kind = alarm.kind AND silence.subject = alarm.subject AND until > %(at)s
) ORDER BY kind, subject;

-- name: told
UPDATE ops.alarm SET told_at = greatest(since, %(at)s::timestamptz) WHERE alarm_id = %(alarm_id)s AND told_at IS NULL;

-- name: missed
-- A poll that finds nothing that was known, in a feed as full as it was, has seen the feed turn over since the last poll that saw any. What it
-- holds covers the time since its oldest entry was published; at the same pace, the rest of the time between the two polls brought what nobody
-- saw: at most a hundred times as much. A feed that was emptied and fills again has room for all that comes; one that lists under new addresses
-- what is older than the poll before has turned over nothing.
WITH turned AS (
    SELECT poll.feed_id, new, poll.at - before.at AS gap, listed.covers
    FROM ops.poll CROSS JOIN LATERAL (
        SELECT at FROM ops.poll AS before
        WHERE before.feed_id = poll.feed_id AND before.fence < poll.fence AND before.reason IS NULL AND (before.seen > 0 OR before.unchanged)
        ORDER BY fence DESC LIMIT 1
    ) AS before CROSS JOIN LATERAL (
        SELECT seen FROM ops.poll AS held
        WHERE held.feed_id = poll.feed_id AND held.fence < poll.fence AND held.reason IS NULL AND held.seen > 0 ORDER BY fence DESC LIMIT 1
    ) AS held CROSS JOIN LATERAL (
        SELECT poll.at - min(published_at) FILTER (WHERE published_at > before.at) AS covers,
            count(*) FILTER (WHERE published_at <= before.at) AS older, count(*) AS entries
        FROM core.sighting JOIN raw.entry USING (article_id, feed_id)
        WHERE sighting.feed_id = poll.feed_id AND sighting.last_seen_at >= poll.at AND first_seen_at = poll.at AND entry.published_at < poll.at
    ) AS listed
    WHERE poll.at > %(since)s AND reason IS NULL AND known = 0 AND new > 1 AND (%(feed_id)s::bigint IS NULL OR poll.feed_id = %(feed_id)s)
        AND poll.seen >= 0.8 * held.seen AND 2 * listed.older < listed.entries
), lost AS (
    SELECT feed_id, count(*) AS turned, sum(new * least(extract(epoch FROM gap - covers) / greatest(extract(epoch FROM covers), 1), 100))::integer AS missed
    FROM turned WHERE covers IS NOT NULL GROUP BY feed_id
)
SELECT feed.feed_id, feed.url, title_id, depth, polls, polled.came, turned, missed
FROM lost JOIN core.feed USING (feed_id) JOIN ops.schedule USING (feed_id) CROSS JOIN LATERAL (
    SELECT count(*) AS polls, sum(new) AS came FROM ops.poll WHERE poll.feed_id = lost.feed_id AND at > %(since)s AND poll.reason IS NULL
) AS polled
WHERE missed > 0 AND feed.active ORDER BY feed_id;

-- name: copied
-- Day by day, of what the last fifteen days added to editions, the articles and the copies; the last row is the last day.
WITH edges AS (
    SELECT day, edition.articles, edition.copies FROM generate_series(0, 15) AS day CROSS JOIN LATERAL (
        SELECT articles, copies FROM ops.edition WHERE at <= %(now)s::timestamptz - day * interval '1 day' ORDER BY at DESC LIMIT 1
    ) AS edition
)
SELECT today.articles - before.articles AS articles, today.copies - before.copies AS copies
FROM edges AS today JOIN edges AS before ON before.day = today.day + 1 ORDER BY today.day DESC;
