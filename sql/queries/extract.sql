-- Pages that wait to be read, and what becomes of them.

-- name: waiting
SELECT count(*) FROM ops.intake
WHERE state = 'fetched' AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s
    AND (%(titles)s::text[] IS NULL OR article_id IN (SELECT article_id FROM core.article JOIN core.title USING (title_id) WHERE title = ANY (%(titles)s)));

-- name: coming
SELECT CASE
    WHEN EXISTS (SELECT FROM ops.intake WHERE state = 'waiting' AND lease_until BETWEEN %(wall)s AND %(beyond)s) THEN 'held'
    WHEN EXISTS (SELECT FROM ops.intake WHERE state = 'waiting' AND next_try_at <= %(begun)s) THEN 'due'
END;

-- name: claim
-- However many wait, as many are looked at as are wanted: article by article, and of what names them only if titles are asked for.
WITH fresh AS (
    SELECT article_id FROM ops.intake
    WHERE state = 'fetched' AND claims = 0 AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s
        AND (%(titles)s::text[] IS NULL OR EXISTS (
            SELECT FROM core.article JOIN core.title USING (title_id) WHERE article.article_id = intake.article_id AND title = ANY (%(titles)s)))
    ORDER BY article_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), again AS (  -- a page whose last reader came to nothing may be why: it is claimed alone, and after all others
    SELECT article_id FROM ops.intake
    WHERE state = 'fetched' AND claims > 0 AND lease_until NOT BETWEEN %(wall)s AND %(beyond)s AND NOT EXISTS (SELECT FROM fresh)
        AND (%(titles)s::text[] IS NULL OR EXISTS (
            SELECT FROM core.article JOIN core.title USING (title_id) WHERE article.article_id = intake.article_id AND title = ANY (%(titles)s)))
    ORDER BY claims, article_id LIMIT least(%(limit)s, 1)
    FOR UPDATE SKIP LOCKED
), mine AS (
    SELECT article_id FROM fresh UNION ALL SELECT article_id FROM again
)
UPDATE ops.intake SET fence = fence + 1, claims = intake.claims + 1, lease_until = %(lease_until)s
FROM mine WHERE intake.article_id = mine.article_id
RETURNING intake.article_id, intake.fence, intake.claims;

-- name: held
SELECT EXISTS (SELECT FROM ops.intake
    WHERE state = 'fetched' AND (%(hosts)s::text[] IS NULL OR host = ANY (%(hosts)s)) AND lease_until BETWEEN %(wall)s AND %(beyond)s);

-- name: fetch_again
UPDATE ops.intake SET state = 'waiting', claims = 0, lease_until = '2000-01-01Z'
WHERE article_id = ANY (%(articles)s) AND NOT EXISTS (SELECT FROM raw.page WHERE page.article_id = intake.article_id);

-- name: read_again
UPDATE ops.intake SET reason = %(reason)s, lease_until = '2000-01-01Z' WHERE article_id = %(article_id)s AND fence = %(fence)s;

-- name: pages
SELECT DISTINCT ON (page.article_id) page.article_id, page.fence AS page_fence, page.url, page.content_type, page.body, page.fetched_at,
    article.title_id, article.url AS own_url, article.url_key, article.first_seen_at
FROM raw.page JOIN core.article USING (article_id)
WHERE page.article_id = ANY (%(articles)s)
ORDER BY page.article_id, page.fence DESC;

-- name: entries
SELECT DISTINCT ON (article_id) article_id, url, url_key, best_rank AS rank, headline, summary, guid, entry.published_at,
    entry.published_precision, updated_at, updated_precision, authors, language, section, markup
FROM raw.entry JOIN core.article USING (article_id) JOIN core.sighting USING (article_id, feed_id)
WHERE article_id = ANY (%(articles)s)
ORDER BY article_id, markup IS NULL, headline = '', sighting.first_seen_at, feed_id;

-- name: hold
SELECT article_id FROM ops.intake JOIN unnest(%(articles)s::bigint[], %(fences)s::bigint[]) AS mine (article_id, fence) USING (article_id, fence)
ORDER BY article_id FOR UPDATE OF intake;

-- name: lock_addresses
SELECT pg_advisory_xact_lock(7003, %(title_id)s::integer);

-- name: same_page
SELECT article_id FROM core.article JOIN ops.intake USING (article_id)
WHERE state <> 'refused' AND article_id <> %(article_id)s AND title_id = %(title_id)s
    AND article_id = coalesce((SELECT article_id FROM core.article WHERE url_key = %(url_key)s),
                              (SELECT article_id FROM core.alias WHERE url_key = %(url_key)s))
FOR SHARE OF intake;

-- name: lead_on
UPDATE ops.intake SET same_as = %(same_as)s WHERE same_as = %(article_id)s;

-- name: hand_over_sightings
INSERT INTO core.sighting AS mine (article_id, feed_id, first_seen_at, last_seen_at, best_rank, last_rank)
SELECT %(same_as)s, feed_id, first_seen_at, last_seen_at, best_rank, last_rank FROM core.sighting WHERE article_id = %(article_id)s
ON CONFLICT (article_id, feed_id) DO UPDATE SET
    first_seen_at = least(mine.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(mine.last_seen_at, excluded.last_seen_at),
    best_rank = least(mine.best_rank, excluded.best_rank);

-- name: add_alias
INSERT INTO core.alias (url_key, url, article_id)
SELECT %(url_key)s::bytea, %(url)s, %(article_id)s WHERE NOT EXISTS (SELECT FROM core.article WHERE url_key = %(url_key)s::bytea)
ON CONFLICT (url_key) DO NOTHING;

-- name: newest
SELECT DISTINCT ON (article_id) article_id, number, text_sha, headline, text FROM core.article_version
WHERE article_id = ANY (%(articles)s) ORDER BY article_id, number DESC;

-- name: add_versions
COPY core.article_version (article_id, number, headline, standfirst, text, words, language, method, access, authors, published_at,
    published_precision, published_from, modified_at, modified_precision, modified_from, section, tags, canonical_url, images, flags,
    copyright_holder, licence, text_sha, fence, extracted_at, change, boilerplate) FROM STDIN;

-- name: set_versions
UPDATE core.article SET
    version = new.number,
    published_at = CASE WHEN version IS NULL THEN new.published_at ELSE article.published_at END,
    published_precision = CASE WHEN version IS NULL THEN new.published_precision ELSE article.published_precision END,
    published_from = CASE WHEN version IS NULL THEN new.published_from ELSE article.published_from END
FROM unnest(%(article_id)s::bigint[], %(number)s::integer[], %(published_at)s::timestamptz[], %(published_precision)s::text[],
    %(published_from)s::text[]) AS new (article_id, number, published_at, published_precision, published_from)
WHERE article.article_id = new.article_id;

-- name: add_credits
COPY core.credit (article_id, number, rank, agency, extent, method, evidence, confidence) FROM STDIN;

-- name: sign
INSERT INTO core.signature (article_id, number, version, boilerplate, packed, at)
SELECT article_id, number, new.version, boilerplate, packed, first_seen_at
FROM unnest(%(article_id)s::bigint[], %(number)s::integer[], %(version)s::integer[], %(boilerplate)s::bigint[], %(packed)s::bytea[])
    AS new (article_id, number, version, boilerplate, packed) JOIN core.article USING (article_id)
ON CONFLICT (article_id) DO UPDATE SET number = excluded.number, version = excluded.version, boilerplate = excluded.boilerplate,
    packed = excluded.packed, clustered_at = NULL;

-- name: drop_samples
DELETE FROM core.sample USING core.article
WHERE shingle = ANY (%(sample)s::bigint[]) AND at = first_seen_at AND sample.article_id = article.article_id
    AND article.article_id = %(article_id)s;

-- name: packed
SELECT article_id, packed FROM core.signature
WHERE article_id = ANY (%(articles)s) AND packed IS NOT NULL AND version = %(version)s;

-- name: add_samples
INSERT INTO core.sample (shingle, at, article_id)
SELECT DISTINCT shingle, first_seen_at, article_id
FROM unnest(%(articles)s::bigint[], %(shingles)s::bigint[]) AS new (article_id, shingle) JOIN core.article USING (article_id)
ON CONFLICT DO NOTHING;

-- name: kept
UPDATE ops.intake SET state = 'kept', claims = 0, reason = NULL, lease_until = '2000-01-01Z'
FROM unnest(%(articles)s::bigint[], %(fences)s::bigint[]) AS mine (article_id, fence)
WHERE intake.article_id = mine.article_id AND intake.fence = mine.fence;
