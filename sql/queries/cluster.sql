-- One writer puts articles into stories, a batch in a transaction.

-- name: lock
SELECT pg_try_advisory_xact_lock(7001);

-- name: waiting
SELECT count(*) FROM core.signature WHERE clustered_at IS NULL;

-- name: batch
SELECT article_id, number FROM core.signature JOIN core.article USING (article_id)
WHERE clustered_at IS NULL AND (%(titles)s::text[] IS NULL OR title_id IN (SELECT title_id FROM core.title WHERE title = ANY (%(titles)s)))
ORDER BY signature.at, url_key LIMIT %(limit)s;

-- name: candidates
WITH mine AS (
    SELECT shingle, at, article_id FROM core.sample WHERE article_id = ANY (%(articles)s)
), rare AS (
    SELECT shingle FROM (SELECT DISTINCT shingle FROM mine) AS every
    WHERE (SELECT count(*) FROM (SELECT FROM core.sample WHERE sample.shingle = every.shingle LIMIT %(hot)s + 1) AS first) <= %(hot)s
)
SELECT least(mine.article_id, other.article_id) AS left_id, greatest(mine.article_id, other.article_id) AS right_id
FROM rare JOIN mine USING (shingle)
    JOIN core.sample AS other ON other.shingle = mine.shingle AND other.article_id <> mine.article_id
        AND other.at BETWEEN mine.at - %(window)s::interval AND mine.at + %(window)s::interval
GROUP BY mine.article_id, other.article_id HAVING count(*) >= %(shared)s
UNION
SELECT left_id, right_id FROM core.match WHERE left_id = ANY (%(articles)s) OR right_id = ANY (%(articles)s);

-- name: signatures
SELECT article_id, packed FROM core.signature WHERE article_id = ANY (%(articles)s) AND version = %(version)s AND packed IS NOT NULL;

-- name: moments
SELECT article_id, happened_at FROM core.article WHERE article_id = ANY (%(articles)s);

-- name: keep_match
INSERT INTO core.match AS mine (left_id, right_id, left_in_right, right_in_left, left_words, right_words, shared, longest, lead, told,
    differing, passages, level, version, compared_at)
VALUES (%(left)s, %(right)s, %(left_in_right)s, %(right_in_left)s, %(left_words)s, %(right_words)s, %(shared)s, %(longest)s, %(lead)s,
    %(told)s, %(differing)s, %(passages)s, %(level)s, %(version)s, %(at)s)
ON CONFLICT (left_id, right_id) DO UPDATE SET
    left_in_right = excluded.left_in_right, right_in_left = excluded.right_in_left, left_words = excluded.left_words,
    right_words = excluded.right_words, shared = excluded.shared, longest = excluded.longest, lead = excluded.lead, told = excluded.told,
    differing = excluded.differing, passages = excluded.passages, level = excluded.level, version = excluded.version,
    compared_at = excluded.compared_at
WHERE (mine.left_in_right, mine.right_in_left, mine.passages, mine.level, mine.version)
    IS DISTINCT FROM (excluded.left_in_right, excluded.right_in_left, excluded.passages, excluded.level, excluded.version);

-- name: no_match
UPDATE core.match SET level = 'none', compared_at = %(at)s WHERE left_id = %(left)s AND right_id = %(right)s AND level <> 'none';

-- name: neighbourhood
WITH RECURSIVE near (article_id) AS (
    SELECT unnest(%(articles)s::bigint[])
    UNION
    SELECT other.article_id FROM near CROSS JOIN LATERAL (
        SELECT right_id FROM core.match WHERE left_id = near.article_id
        UNION ALL SELECT left_id FROM core.match WHERE right_id = near.article_id
        UNION ALL SELECT theirs.article_id FROM core.story_article AS mine JOIN core.story_article AS theirs USING (story_id)
            WHERE mine.article_id = near.article_id
    ) AS other (article_id)
)
SELECT near.article_id FROM near JOIN core.article USING (article_id) WHERE version IS NOT NULL;

-- name: copies
SELECT article.article_id AS article, url_key, words, access, title.agency IS NOT NULL AS by_agency, first_seen_at, happened_at,
    coalesce(article.published_precision IN ('second', 'minute'), false) AS precise, weight, coalesce(title.agency, credit.agency) AS agency,
    CASE WHEN title.agency IS NOT NULL THEN 'full' ELSE credit.extent END AS extent, flags
FROM core.article JOIN core.title USING (title_id)
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    LEFT JOIN core.credit ON credit.article_id = article.article_id AND credit.number = article.version AND credit.rank = 1
WHERE article.article_id = ANY (%(articles)s);

-- name: matches
SELECT left_id AS left, right_id AS right, left_in_right, right_in_left, left_words, right_words, shared, longest, lead, told, differing,
    passages, level
FROM core.match WHERE left_id = ANY (%(articles)s) AND right_id = ANY (%(articles)s);

-- name: members
SELECT article_id, story_id, relation, kept, own, lag FROM core.story_article WHERE article_id = ANY (%(articles)s);

-- name: stories
SELECT story_id, canonical_id, agency FROM core.story WHERE story_id = ANY (%(stories)s) FOR UPDATE;

-- name: open_story
INSERT INTO core.story (canonical_id, agency, created_at, changed_at) VALUES (%(canonical_id)s, %(agency)s, %(at)s, %(at)s) RETURNING story_id;

-- name: close_story
UPDATE core.story SET canonical_id = NULL, merged_into = %(into)s, changed_at = %(at)s WHERE story_id = %(story_id)s;

-- name: lead_on
UPDATE core.story SET merged_into = %(into)s WHERE merged_into = %(story_id)s;

-- name: change_story
UPDATE core.story SET canonical_id = %(canonical_id)s, agency = %(agency)s, changed_at = %(at)s WHERE story_id = %(story_id)s;

-- name: put_member
INSERT INTO core.story_article AS mine (article_id, story_id, relation, kept, own, lag)
VALUES (%(article_id)s, %(story_id)s, %(relation)s, %(kept)s, %(own)s, %(lag)s)
ON CONFLICT (article_id) DO UPDATE SET
    story_id = excluded.story_id, relation = excluded.relation, kept = excluded.kept, own = excluded.own, lag = excluded.lag;

-- name: log
INSERT INTO core.story_event (story_id, at, what, from_article_id, to_article_id, into_story_id)
VALUES (%(story_id)s, %(at)s, %(what)s, %(from_article)s, %(to_article)s, %(into)s);

-- name: done
UPDATE core.signature SET clustered_at = %(at)s
FROM unnest(%(articles)s::bigint[], %(numbers)s::integer[]) AS read (article_id, number)
WHERE signature.article_id = read.article_id AND signature.number = read.number;  -- one that was signed anew meanwhile waits on
