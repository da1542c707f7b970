-- A day's pages, read anew, and what of their versions is another one now.

-- name: papers
SELECT version.article_id, version.number, version.boilerplate, page.fence AS page_fence, page.url,
    page.content_type, page.body, page.fetched_at, article.title_id, article.url AS own_url, article.url_key, article.first_seen_at
FROM raw.page JOIN core.article_version AS version USING (article_id, fence) JOIN core.article USING (article_id)
WHERE page.fetched_at >= %(since)s AND page.fetched_at < %(until)s AND (page.article_id, version.number) > (%(article_id)s, %(number)s)
ORDER BY version.article_id, version.number LIMIT %(limit)s;

-- name: entries
-- What was known when a version was read; of a feed whose word of then is not kept, what it says now, after all others.
WITH said AS (
    SELECT article_id, feed_id, seen_at, 'infinity'::timestamptz AS until, headline, summary, guid, published_at, published_precision,
        updated_at, updated_precision, authors, language, section, markup
    FROM raw.entry WHERE article_id = ANY (%(articles)s)
    UNION ALL
    SELECT article_id, feed_id, seen_at, until, headline, summary, guid, published_at, published_precision,
        updated_at, updated_precision, authors, language, section, markup
    FROM raw.past_entry WHERE article_id = ANY (%(articles)s)
)
SELECT DISTINCT ON (article_id, number) article_id, number, url, url_key, best_rank AS rank, said.headline, summary, guid, said.published_at,
    said.published_precision, updated_at, updated_precision, said.authors, said.language, said.section, markup
FROM unnest(%(articles)s::bigint[], %(numbers)s::integer[]) AS mine (article_id, number)
JOIN core.article_version AS version USING (article_id, number) JOIN core.article USING (article_id)
JOIN core.sighting USING (article_id) JOIN said USING (article_id, feed_id)
WHERE extracted_at < until AND (seen_at <= extracted_at OR until = 'infinity')
ORDER BY article_id, number, seen_at > extracted_at, markup IS NULL, said.headline = '', sighting.first_seen_at, feed_id;

-- name: count
SELECT count(*) FROM raw.page JOIN core.article_version USING (article_id, fence)
WHERE page.fetched_at >= %(since)s AND page.fetched_at < %(until)s;

-- name: version
SELECT * FROM core.article_version WHERE article_id = %(article_id)s AND number = %(number)s FOR UPDATE;

-- name: credits
SELECT agency, extent, method, evidence, confidence FROM core.credit
WHERE article_id = %(article_id)s AND number = %(number)s AND method <> 'story'  -- what a story gave was not read from the page
ORDER BY rank;

-- name: put
UPDATE core.article_version SET headline = %(headline)s, standfirst = %(standfirst)s, text = %(text)s, words = %(words)s,
    language = %(language)s, method = %(method)s, access = %(access)s, authors = %(authors)s, published_at = %(published_at)s,
    published_precision = %(published_precision)s, published_from = %(published_from)s, modified_at = %(modified_at)s,
    modified_precision = %(modified_precision)s, modified_from = %(modified_from)s, section = %(section)s, tags = %(tags)s,
    canonical_url = %(canonical_url)s, images = %(images)s::jsonb, flags = %(flags)s,
    copyright_holder = %(copyright_holder)s, licence = %(licence)s, text_sha = %(text_sha)s
WHERE article_id = %(article_id)s AND number = %(number)s;

-- name: put_article
UPDATE core.article SET published_at = %(published_at)s, published_precision = %(published_precision)s, published_from = %(published_from)s
WHERE article_id = %(article_id)s AND %(number)s = 1;

-- name: newest
SELECT version = %(number)s FROM core.article WHERE article_id = %(article_id)s FOR NO KEY UPDATE;  -- a reread's version comes before or after

-- name: regroup
UPDATE core.signature SET clustered_at = NULL WHERE article_id = %(article_id)s;

-- name: drop_credits
DELETE FROM core.credit WHERE article_id = %(article_id)s AND number = %(number)s AND (method <> 'story' OR %(credited)s);
