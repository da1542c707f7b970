-- A stage of the pipeline: what came in and the doors by which it left; a row whose lost is not 0 is an error.
SELECT
    'entry' AS stage,                                                       -- entry, article or story
    coalesce(sum(seen), 0)::bigint AS came,                                 -- items that came in
    coalesce(sum(new + known), 0)::bigint AS kept,                          -- of them, kept
    coalesce(sum(refused), 0)::bigint AS refused,                           -- of them, refused by a named reason
    0::bigint AS pending,                                                   -- of them, still on their way
    (coalesce(sum(seen - new - known - refused), 0)
        + abs(coalesce(sum(new), 0) - (SELECT count(*) FROM core.article)))::bigint AS lost  -- of them, unaccounted for
FROM (
    SELECT seen, new, known, refused FROM ops.poll
    UNION ALL
    SELECT seen, new, known, refused FROM ops.poll_day
) AS poll
UNION ALL
SELECT
    'article',
    count(*),
    count(*) FILTER (WHERE state = 'kept' AND version IS NOT NULL),
    count(*) FILTER (WHERE state = 'refused' AND EXISTS (
        SELECT FROM ops.refusal WHERE refusal.article_id = article.article_id AND stage IN ('page', 'article'))),
    count(*) FILTER (WHERE state IN ('waiting', 'fetched')),
    count(*) FILTER (WHERE state IS NULL OR (state = 'kept' AND version IS NULL) OR (state = 'refused' AND NOT EXISTS (
        SELECT FROM ops.refusal WHERE refusal.article_id = article.article_id AND stage IN ('page', 'article'))))
FROM core.article LEFT JOIN ops.intake USING (article_id)
UNION ALL
SELECT
    'story',
    count(*),
    count(member.article_id),
    0,
    count(*) FILTER (WHERE member.article_id IS NULL AND signature.article_id IS NOT NULL AND clustered_at IS NULL),
    count(*) FILTER (WHERE member.article_id IS NULL AND (signature.article_id IS NULL OR clustered_at IS NOT NULL))
FROM core.article LEFT JOIN core.signature USING (article_id) LEFT JOIN core.story_article AS member USING (article_id)
WHERE article.version IS NOT NULL;
