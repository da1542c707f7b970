-- What the alarms are judged by, and their rows.

-- name: heard
-- In how many of the weeks each hour of the week brought a title something; from the title's first whole week on.
SELECT title_id, (extract(isodow FROM hour)::integer - 1) * 24 + extract(hour FROM hour)::integer AS slot, count(*) AS weeks
FROM (
    SELECT DISTINCT title_id, date_trunc('hour', first_seen_at) AS hour FROM core.article
    WHERE first_seen_at >= %(since)s AND first_seen_at < %(until)s
) AS heard GROUP BY title_id, slot;

-- name: titles
-- Titles with a feed that is read: when they last brought something, since when we know them.
SELECT title_id, title.title, title.name, span.first_at, span.last_at,
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
SELECT alarm_id, kind, subject FROM ops.alarm WHERE ended_at IS NULL;

-- name: end
UPDATE ops.alarm SET ended_at = greatest(since, %(at)s::timestamptz) WHERE alarm_id = ANY (%(alarms)s);

-- name: silenced
SELECT DISTINCT kind, subject FROM ops.silence WHERE until > %(at)s;

-- name: begun
-- What begins now, and nobody has silenced.
SELECT kind, subject, cause, step, anchor FROM ops.alarm
WHERE ended_at IS NULL AND since = %(at)s AND NOT EXISTS (
    SELECT FROM ops.silence WHERE silence.kind = alarm.kind AND silence.subject = alarm.subject AND until > %(at)s
) ORDER BY kind, subject;
