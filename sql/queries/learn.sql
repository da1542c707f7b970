-- What each title's pages repeat, and whether its newest texts are like its own history.

-- name: titles
SELECT DISTINCT title_id, title FROM core.article_version JOIN core.article USING (article_id) JOIN core.title USING (title_id)
WHERE extracted_at > %(after)s AND (%(titles)s::text[] IS NULL OR title = ANY (%(titles)s)) ORDER BY title_id;

-- name: texts
SELECT coalesce(story_id, -article.article_id) AS story, text
FROM (SELECT article_id, version FROM core.article WHERE title_id = %(title_id)s AND version IS NOT NULL
      ORDER BY first_seen_at DESC, article_id DESC LIMIT %(limit)s) AS article
JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
LEFT JOIN core.story_article AS member ON member.article_id = article.article_id WHERE NOT flags && ARRAY['live_blog', 'roundup'];

-- name: elsewhere
SELECT DISTINCT theirs.text
FROM (SELECT article_id FROM core.article WHERE title_id = %(title_id)s AND version IS NOT NULL
      ORDER BY first_seen_at DESC, article_id DESC LIMIT %(limit)s) AS own
JOIN core.story_article AS mine USING (article_id)
JOIN core.story_article AS copy ON copy.story_id = mine.story_id AND copy.article_id <> mine.article_id
JOIN core.article AS other ON other.article_id = copy.article_id
JOIN core.title ON title.title_id = other.title_id
JOIN core.article_version AS theirs ON theirs.article_id = other.article_id AND theirs.number = other.version
WHERE title.owner <> (SELECT owner FROM core.title WHERE title_id = %(title_id)s);

-- name: edition
SELECT coalesce(max(since), 0) FROM core.boilerplate WHERE title_id = %(title_id)s;

-- name: lock
SELECT pg_advisory_xact_lock(7004, %(title_id)s::integer);

-- name: keep
INSERT INTO core.boilerplate AS known (title_id, block_key, block, articles, since, learnt_at)
VALUES (%(title_id)s, %(block_key)s, %(block)s, %(articles)s, %(since)s, %(at)s)
ON CONFLICT (title_id, block_key) DO UPDATE SET articles = excluded.articles, since = excluded.since
    WHERE known.articles < excluded.articles AND known.articles < %(enough)s;

-- name: known
SELECT title_id, block_key, articles, since FROM core.boilerplate WHERE title_id = ANY (%(titles)s)
    AND (%(edition)s::integer IS NULL OR since <= %(edition)s);

-- name: signatures
SELECT packed
FROM (SELECT article_id FROM core.article WHERE title_id = %(title_id)s AND version IS NOT NULL
      ORDER BY first_seen_at DESC, article_id DESC LIMIT %(limit)s) AS own
JOIN core.signature USING (article_id) WHERE packed IS NOT NULL AND signature.version = %(signed)s;

-- name: signatures_elsewhere
SELECT DISTINCT theirs.packed
FROM (SELECT article_id FROM core.article WHERE title_id = %(title_id)s AND version IS NOT NULL
      ORDER BY first_seen_at DESC, article_id DESC LIMIT %(limit)s) AS own
JOIN core.story_article AS mine USING (article_id)
JOIN core.story_article AS copy ON copy.story_id = mine.story_id AND copy.article_id <> mine.article_id
JOIN core.article AS other ON other.article_id = copy.article_id
JOIN core.title ON title.title_id = other.title_id
JOIN core.signature AS theirs ON theirs.article_id = other.article_id
WHERE title.owner <> (SELECT owner FROM core.title WHERE title_id = %(title_id)s)
    AND theirs.packed IS NOT NULL AND theirs.version = %(signed)s;

-- name: set_back
-- What was learnt by a clock that was ahead is older than what is learnt now.
UPDATE core.repetition SET learnt_at = %(at)s::timestamptz - interval '1 second' WHERE title_id = %(title_id)s AND learnt_at > %(at)s;

-- name: repeated
SELECT DISTINCT ON (title_id) title_id, shingles FROM core.repetition WHERE title_id = ANY (%(titles)s) AND signed = %(signed)s
ORDER BY title_id, learnt_at DESC, version;

-- name: keep_repetition
INSERT INTO core.repetition AS known (title_id, version, signed, shingles, learnt_at)
VALUES (%(title_id)s, %(version)s, %(signed)s, %(shingles)s, %(at)s)
ON CONFLICT (title_id, version) DO UPDATE SET learnt_at = greatest(known.learnt_at, excluded.learnt_at);

-- name: rates
SELECT place <= %(recent)s AS recent, count(*) AS articles, percentile_cont(0.5) WITHIN GROUP (ORDER BY words) AS words,
    avg((authors <> '{}')::integer)::float AS signed,
    avg((newest.published_from IS NOT NULL AND newest.published_from NOT IN ('feed', 'url'))::integer)::float AS dated
FROM (SELECT article_id, version, row_number() OVER (ORDER BY first_seen_at DESC, article_id DESC) AS place
      FROM core.article WHERE title_id = %(title_id)s AND version IS NOT NULL
      ORDER BY first_seen_at DESC, article_id DESC LIMIT %(limit)s) AS article
JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
GROUP BY 1;

-- name: last_event
SELECT what FROM ops.title_event WHERE title_id = %(title_id)s ORDER BY event_id DESC LIMIT 1;

-- name: add_event
INSERT INTO ops.title_event (title_id, at, what, detail) VALUES (%(title_id)s, %(at)s, %(what)s, %(detail)s);
