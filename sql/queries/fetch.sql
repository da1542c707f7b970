-- Pages that are due, and what a fetch leaves behind. What was never claimed is due, whatever the clock said when it was seen; and
-- what was put off for longer than anything is (web/waits.py: a day), by a clock that was wrong.

-- name: due_hosts
SELECT host, count(*) AS pages FROM ops.intake
WHERE state = 'waiting' AND (next_try_at <= %(now)s OR fence = 0 OR next_try_at > %(now)s::timestamptz + interval '25 hours') AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s
    AND (%(titles)s::text[] IS NULL OR article_id IN (SELECT article_id FROM core.article JOIN core.title USING (title_id) WHERE title = ANY (%(titles)s)))
GROUP BY host ORDER BY pages DESC, host;

-- name: claim
WITH due AS (
    SELECT article_id FROM ops.intake
    WHERE state = 'waiting' AND (next_try_at <= %(now)s OR fence = 0 OR next_try_at > %(now)s::timestamptz + interval '25 hours') AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s
        AND (%(hosts)s::text[] IS NULL OR host = ANY (%(hosts)s))
        AND (%(titles)s::text[] IS NULL OR EXISTS (
            SELECT FROM core.article JOIN core.title USING (title_id) WHERE article.article_id = intake.article_id AND title = ANY (%(titles)s)))
    ORDER BY next_try_at, article_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), mine AS (
    SELECT article_id FROM (
        SELECT article_id, row_number() OVER (PARTITION BY host ORDER BY next_try_at, article_id) AS place
        FROM ops.intake WHERE article_id IN (SELECT article_id FROM due)
    ) AS placed WHERE place <= %(per_host)s
)
UPDATE ops.intake SET fence = fence + 1, claims = claims + 1, lease_until = %(lease_until)s
FROM mine JOIN core.article USING (article_id)
WHERE intake.article_id = mine.article_id
RETURNING article.article_id, article.url, intake.host, intake.fence, intake.attempts;

-- name: held
SELECT EXISTS (SELECT FROM ops.intake
    WHERE state = 'waiting' AND (%(hosts)s::text[] IS NULL OR host = ANY (%(hosts)s)) AND lease_until BETWEEN %(wall)s AND %(beyond)s);

-- name: let_go
UPDATE ops.intake SET lease_until = '2000-01-01Z', claims = greatest(claims - 1, 0)
FROM unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (article_id, fence)
WHERE intake.article_id = mine.article_id AND intake.fence = mine.fence AND lease_until > '2000-01-01Z';

-- name: renew
-- Never waits: a row that is locked is being written, and one that is done or let go is held no more.
UPDATE ops.intake SET lease_until = %(lease_until)s
FROM (
    SELECT article_id FROM ops.intake JOIN unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (article_id, fence) USING (article_id, fence)
    WHERE lease_until > '2000-01-01Z' FOR UPDATE OF intake SKIP LOCKED
) AS held
WHERE intake.article_id = held.article_id;

-- name: hold
SELECT fence FROM ops.intake WHERE article_id = %(article_id)s AND fence = %(fence)s FOR UPDATE;

-- name: keep_pages
WITH mine AS MATERIALIZED (  -- whose claim is still ours
    SELECT article_id, fence FROM ops.intake
        JOIN unnest(%(article_id)s::bigint[], %(fence)s::bigint[]) AS held (article_id, fence) USING (article_id, fence)
    ORDER BY article_id FOR UPDATE OF intake
), kept AS (
    INSERT INTO raw.page (article_id, fence, url, content_type, bytes, body, fetched_at, robots, etag, last_modified)
    SELECT page.* FROM unnest(%(article_id)s::bigint[], %(fence)s::bigint[], %(url)s::text[], %(content_type)s::text[], %(bytes)s::integer[],
        %(body)b::bytea[], %(at)s::timestamptz[], %(robots)s::text[], %(etag)s::text[], %(last_modified)s::text[])
        AS page (article_id, fence, url, content_type, bytes, body, fetched_at, robots, etag, last_modified)
        JOIN mine USING (article_id)
    ON CONFLICT (article_id, fence) DO NOTHING
)
UPDATE ops.intake SET state = 'fetched', attempts = attempts + 1, claims = 0, reason = NULL, lease_until = '2000-01-01Z'
FROM mine WHERE intake.article_id = mine.article_id;

-- name: put_off
UPDATE ops.intake SET attempts = attempts + %(tried)s, claims = 0, reason = %(reason)s, next_try_at = %(next_try_at)s, lease_until = '2000-01-01Z'
WHERE article_id = %(article_id)s AND fence = %(fence)s;

-- name: refused
UPDATE ops.intake SET state = 'refused', attempts = attempts + %(tried)s, claims = 0, reason = %(reason)s, same_as = %(same_as)s,
    lease_until = '2000-01-01Z'
WHERE article_id = %(article_id)s AND fence = %(fence)s;

-- name: take_back
UPDATE ops.intake SET state = CASE WHEN EXISTS (SELECT FROM raw.page WHERE page.article_id = intake.article_id) THEN 'fetched' ELSE 'waiting' END,
    reason = NULL, same_as = NULL
WHERE same_as = %(article_id)s AND state = 'refused';
