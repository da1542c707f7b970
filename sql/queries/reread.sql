-- Pages that are read again, and what becomes of them.

-- name: hasten
UPDATE ops.reread SET due_at = %(now)s
WHERE due_at > %(now)s AND coalesce(last_at, since) < %(rested)s AND article_id IN (
    SELECT mine.article_id FROM core.article_version AS version
    JOIN core.story_article AS theirs ON theirs.article_id = version.article_id
    JOIN core.story_article AS mine ON mine.story_id = theirs.story_id AND mine.article_id <> theirs.article_id
    JOIN ops.reread AS own ON own.article_id = mine.article_id
    WHERE version.number > 1 AND version.extracted_at > %(lately)s AND version.extracted_at > coalesce(own.last_at, own.since));

-- name: hasten_others
UPDATE ops.reread SET due_at = soon
FROM (SELECT reread.article_id, greatest(%(now)s, coalesce(last_at, since) + %(rest)s) AS soon
    FROM core.story_article AS mine JOIN core.story_article AS theirs ON theirs.story_id = mine.story_id AND theirs.article_id <> mine.article_id
    JOIN ops.reread ON reread.article_id = theirs.article_id
    WHERE mine.article_id = %(article_id)s AND coalesce(last_at, since) < %(now)s AND due_at > greatest(%(now)s, coalesce(last_at, since) + %(rest)s)
    ORDER BY reread.article_id FOR UPDATE OF reread SKIP LOCKED) AS others  -- one that is locked is being read now
WHERE reread.article_id = others.article_id;

-- name: claim
WITH due AS (
    SELECT article_id FROM ops.reread JOIN core.article USING (article_id) JOIN core.title USING (title_id)
    WHERE (due_at <= %(now)s OR due_at > %(now)s::timestamptz + interval '8 days')  -- by a clock that was wrong: a week is the longest
        AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s AND title.active
        AND (%(hosts)s::text[] IS NULL OR host = ANY (%(hosts)s))
        AND (%(titles)s::text[] IS NULL OR title.title = ANY (%(titles)s))
    ORDER BY due_at, article_id LIMIT %(limit)s
    FOR UPDATE OF reread SKIP LOCKED
), mine AS (
    SELECT article_id FROM (
        SELECT article_id, row_number() OVER (PARTITION BY host ORDER BY due_at, article_id) AS place
        FROM ops.reread WHERE article_id IN (SELECT article_id FROM due)
    ) AS placed WHERE place <= %(per_host)s
)
UPDATE ops.reread SET fence = reread.fence + 1, lease_until = %(lease_until)s
FROM mine JOIN core.article USING (article_id)
LEFT JOIN LATERAL (SELECT etag, last_modified FROM raw.page WHERE page.article_id = article.article_id ORDER BY fence DESC LIMIT 1) AS page ON true
WHERE reread.article_id = mine.article_id
RETURNING reread.article_id, article.url, article.url_key, article.title_id, article.first_seen_at, article.gone_at, reread.host,
    reread.fence, reread.since, coalesce(reread.etag, page.etag, '') AS etag,
    coalesce(reread.last_modified, page.last_modified, '') AS modified;

-- name: let_go
UPDATE ops.reread SET lease_until = '2000-01-01Z'
FROM unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (article_id, fence)
WHERE reread.article_id = mine.article_id AND reread.fence = mine.fence AND lease_until > '2000-01-01Z';

-- name: renew
-- Never waits: a row that is locked is being written, and one that is done or let go is held no more.
UPDATE ops.reread SET lease_until = %(lease_until)s
FROM (
    SELECT article_id FROM ops.reread JOIN unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine (article_id, fence) USING (article_id, fence)
    WHERE lease_until > '2000-01-01Z' FOR UPDATE OF reread SKIP LOCKED
) AS held
WHERE reread.article_id = held.article_id;

-- name: hold
SELECT fence FROM ops.reread WHERE article_id = %(article_id)s AND fence = %(fence)s FOR UPDATE;

-- name: page_fence
UPDATE ops.intake SET fence = fence + 1 WHERE article_id = %(article_id)s RETURNING fence;

-- name: keep_page
INSERT INTO raw.page (article_id, fence, url, content_type, bytes, body, fetched_at, robots, etag, last_modified)
VALUES (%(article_id)s, %(fence)s, %(url)s, %(content_type)s, %(bytes)s, %(body)s, %(at)s, %(robots)s, %(etag)s, %(last_modified)s);

-- name: done
UPDATE ops.reread SET reads = reads + 1, last_at = %(at)s::timestamptz, since = least(since, %(at)s::timestamptz), due_at = %(due_at)s,
    outcome = %(outcome)s, lease_until = '2000-01-01Z',
    etag = coalesce(%(etag)s, etag), last_modified = coalesce(%(last_modified)s, last_modified)
WHERE article_id = %(article_id)s AND fence = %(fence)s;

-- name: put_off
UPDATE ops.reread SET due_at = %(due_at)s, outcome = %(outcome)s, lease_until = '2000-01-01Z'
WHERE article_id = %(article_id)s AND fence = %(fence)s;

-- name: withdrawn
UPDATE core.article SET gone_at = %(at)s WHERE article_id = %(article_id)s;

-- name: begin
INSERT INTO ops.reread (article_id, host, since, due_at)
SELECT article_id, host, since, due_at FROM ops.intake
    JOIN unnest(%(article_id)s::bigint[], %(since)s::timestamptz[], %(due_at)s::timestamptz[]) AS new (article_id, since, due_at) USING (article_id)
ON CONFLICT (article_id) DO NOTHING;

-- name: versions
SELECT number, headline, text, words, change, method, extracted_at, gone_at, article.url
FROM core.article JOIN core.article_version USING (article_id)
WHERE article.article_id = coalesce((SELECT article_id FROM core.article WHERE url_key = %(url_key)s),
                                    (SELECT article_id FROM core.alias WHERE url_key = %(url_key)s))
ORDER BY number;
