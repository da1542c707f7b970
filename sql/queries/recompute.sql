-- A window of time, from its texts anew.

-- name: begin
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- name: count
SELECT count(*) FROM core.article JOIN core.signature USING (article_id)
WHERE first_seen_at >= %(since)s AND first_seen_at < %(until)s AND clustered_at IS NOT NULL;

-- name: texts
SELECT article_id, url, first_seen_at, happened_at, signature.xmin::text::bigint AS written, signature.version, packed,
    signed.text, signed.language, shingles
FROM core.article JOIN core.signature USING (article_id) JOIN core.article_version AS signed USING (article_id, number)
    LEFT JOIN core.repetition ON repetition.title_id = article.title_id AND repetition.version = signature.boilerplate
        AND repetition.signed = %(version)s
WHERE (first_seen_at, article_id) > (%(after)s, %(last)s) AND first_seen_at < %(until)s AND clustered_at IS NOT NULL
ORDER BY first_seen_at, article_id LIMIT %(limit)s;

-- name: around
SELECT article_id, first_seen_at, signature.version, packed,
    CASE WHEN signature.version <> %(version)s THEN signed.text END AS text, signed.language
FROM core.article JOIN core.signature USING (article_id) JOIN core.article_version AS signed USING (article_id, number)
WHERE (first_seen_at, article_id) > (%(after)s, %(last)s) AND first_seen_at < %(until)s AND clustered_at IS NOT NULL
ORDER BY first_seen_at, article_id LIMIT %(limit)s;

-- name: some
SELECT article_id, happened_at, signature.xmin::text::bigint AS written, signature.version, packed,
    CASE WHEN signature.version <> %(version)s THEN signed.text END AS text, signed.language
FROM core.article JOIN core.signature USING (article_id) JOIN core.article_version AS signed USING (article_id, number)
WHERE article_id = ANY (%(articles)s);

-- name: matches
SELECT left_id AS left, right_id AS right, left_in_right, right_in_left, left_words, right_words, shared, longest, lead, told, differing,
    passages, level
FROM core.match WHERE left_id = ANY (%(articles)s) OR right_id = ANY (%(articles)s);

-- name: urls
SELECT article_id, url FROM core.article WHERE article_id = ANY (%(articles)s);

-- name: sign
UPDATE core.signature SET version = %(version)s, packed = %(packed)s
WHERE article_id = %(article_id)s AND signature.xmin::text::bigint = %(written)s;

-- name: moved
-- Articles that were signed anew since they were read.
SELECT article_id FROM core.signature
    JOIN unnest(%(articles)s::bigint[], %(written)s::bigint[]) AS read (article_id, written) USING (article_id)
WHERE signature.xmin::text::bigint <> read.written;
