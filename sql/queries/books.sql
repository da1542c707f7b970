-- The books: what was noted since the last edition (sql/migrations/0022_books.sql), and the sums that it moves.

-- name: touched
DELETE FROM ops.touched_block RETURNING block;

-- name: count_blocks
INSERT INTO ops.block (block, articles, kept, refused, pending, texts, placed, waiting)
SELECT each.block, counts.* FROM unnest(%(blocks)s::bigint[]) AS each (block) CROSS JOIN LATERAL (
    SELECT count(*),
        count(*) FILTER (WHERE state = 'kept' AND article.version IS NOT NULL),
        count(*) FILTER (WHERE state = 'refused' AND EXISTS (
            SELECT FROM ops.refusal WHERE refusal.article_id = article.article_id AND stage IN ('page', 'article'))),
        count(*) FILTER (WHERE state IN ('waiting', 'fetched')),
        count(article.version),
        count(member.article_id) FILTER (WHERE article.version IS NOT NULL),
        count(*) FILTER (WHERE article.version IS NOT NULL AND member.article_id IS NULL AND signature.article_id IS NOT NULL AND clustered_at IS NULL)
    FROM core.article  -- each is told its range, or Postgres might read it to its end
        LEFT JOIN ops.intake ON intake.article_id = article.article_id
            AND intake.article_id >= each.block * 1000 AND intake.article_id < (each.block + 1) * 1000
        LEFT JOIN core.signature ON signature.article_id = article.article_id
            AND signature.article_id >= each.block * 1000 AND signature.article_id < (each.block + 1) * 1000
        LEFT JOIN core.story_article AS member ON member.article_id = article.article_id
            AND member.article_id >= each.block * 1000 AND member.article_id < (each.block + 1) * 1000
    WHERE article.article_id >= each.block * 1000 AND article.article_id < (each.block + 1) * 1000
) AS counts
ON CONFLICT (block) DO UPDATE SET articles = excluded.articles, kept = excluded.kept, refused = excluded.refused, pending = excluded.pending,
    texts = excluded.texts, placed = excluded.placed, waiting = excluded.waiting;

-- name: gather
-- One row for all rows of a door.
WITH parts AS (DELETE FROM ops.tally RETURNING stage, door, items)
INSERT INTO ops.tally (stage, door, items) SELECT stage, door, sum(items) FROM parts GROUP BY stage, door HAVING sum(items) <> 0;

-- name: lines
-- The ledger from what is kept.
SELECT line.* FROM (
    SELECT coalesce(sum(articles), 0)::bigint AS articles, coalesce(sum(block.kept), 0)::bigint AS kept, coalesce(sum(block.refused), 0)::bigint AS refused,
        coalesce(sum(block.pending), 0)::bigint AS pending, coalesce(sum(texts), 0)::bigint AS texts, coalesce(sum(placed), 0)::bigint AS placed,
        coalesce(sum(waiting), 0)::bigint AS waiting
    FROM ops.block
) AS sums CROSS JOIN (
    SELECT coalesce(sum(items) FILTER (WHERE door = 'seen'), 0)::bigint AS seen, coalesce(sum(items) FILTER (WHERE door = 'new'), 0)::bigint AS new,
        coalesce(sum(items) FILTER (WHERE door = 'known'), 0)::bigint AS known, coalesce(sum(items) FILTER (WHERE door = 'refused'), 0)::bigint AS unfit
    FROM ops.tally WHERE stage = 'poll'
) AS polls CROSS JOIN LATERAL (VALUES
    ('article', articles, sums.kept, sums.refused, sums.pending, articles - sums.kept - sums.refused - sums.pending),
    ('entry', seen, new + known, unfit, 0, seen - new - known - unfit + abs(new - articles)),
    ('story', texts, placed, 0, waiting, texts - placed - waiting)
) AS line (stage, came, kept, refused, pending, lost) ORDER BY stage;

-- name: tally
SELECT stage, door, sum(items)::bigint AS items FROM ops.tally GROUP BY stage, door ORDER BY stage, door;

-- name: whole_lines
-- The ledger from everything that there is: seconds for each million articles.
SELECT stage, came, kept, refused, pending, lost FROM ops.ledger ORDER BY stage;

-- name: whole_tally
-- The sums from everything that there is.
SELECT 'poll' AS stage, door, items::bigint FROM (
    SELECT sum(seen) AS seen, sum(new) AS new, sum(known) AS known, sum(refused) AS refused
    FROM (SELECT seen, new, known, refused FROM ops.poll UNION ALL SELECT seen, new, known, refused FROM ops.poll_day) AS poll
) AS sums CROSS JOIN LATERAL (VALUES ('seen', seen), ('new', new), ('known', known), ('refused', refused)) AS line (door, items) WHERE items <> 0
UNION ALL
SELECT stage, reason, count(*) FROM ops.refusal GROUP BY stage, reason
UNION ALL
SELECT 'story', 'live', count(*) FROM core.story WHERE merged_into IS NULL HAVING count(*) > 0
ORDER BY stage, door;

-- name: forget
WITH blocks AS (DELETE FROM ops.block) DELETE FROM ops.tally;

-- name: every_block
SELECT generate_series(min(article_id) / 1000, max(article_id) / 1000) AS block FROM core.article;

-- name: set_tally
INSERT INTO ops.tally (stage, door, items) SELECT * FROM unnest(%(stage)s::text[], %(door)s::text[], %(items)s::bigint[]);
