-- What `demo` shows, and what it compares with the newsstand's truth.

-- name: reached
SELECT greatest((SELECT max(at) FROM ops.poll), (SELECT max(fetched_at) FROM raw.page), (SELECT max(at) FROM ops.edition),
    (SELECT max(last_at) FROM ops.reread));

-- name: unread
SELECT (SELECT count(*) FROM ops.schedule JOIN core.feed USING (feed_id) WHERE active AND state = 'active' AND failures = 0
            AND (polled_at IS NULL OR polled_at < %(at)s))
    + (SELECT count(*) FROM ops.intake JOIN core.article USING (article_id) WHERE intake.state IN ('waiting', 'fetched') AND first_seen_at <= %(at)s);

-- name: stories
SELECT story_id, headline, language, agency, agency_seen, articles, titles, owners FROM mart.story
WHERE agency IS NOT NULL ORDER BY owners DESC, titles DESC, articles DESC, first_at, canonical_article_id LIMIT %(limit)s;

-- name: members
SELECT story_id, title_name, relation, kept, own, lag, agency FROM mart.article
WHERE story_id = ANY (%(stories)s) ORDER BY story_id, relation <> 'origin', happened_at, article_id;

-- name: refusals
SELECT stage, reason, count(*) AS items FROM ops.refusal GROUP BY stage, reason ORDER BY items DESC, stage, reason;

-- name: agencies
SELECT agency, count(*) AS articles, count(DISTINCT story_id) AS stories, avg(kept) AS kept, avg(own) AS own,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY lag) AS lag
FROM mart.syndication GROUP BY agency ORDER BY articles DESC, agency;

-- name: found
SELECT url, article.story_id, coalesce(article.agency, story.agency) AS agency
FROM mart.article JOIN mart.story USING (story_id);

-- name: looks
SELECT article.url, article.version AS versions, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS+00:00') AS first,
    to_char(last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS+00:00') AS last
FROM ops.reread JOIN core.article USING (article_id) WHERE last_at IS NOT NULL;

-- name: refused
SELECT coalesce(refusal.url, article.url, feed.url) AS url, article.url AS article_url, feed.url AS feed_url, reason
FROM ops.refusal LEFT JOIN core.article USING (article_id) LEFT JOIN core.feed USING (feed_id);
