-- One writer puts articles into stories, a batch in a transaction.

-- name: lock
SELECT pg_try_advisory_xact_lock(7001);

-- name: waiting
SELECT count(*) FROM core.signature WHERE clustered_at IS NULL;

-- name: batch
SELECT article_id, signature.xmin::text::bigint AS written, packed, signature.version, happened_at FROM core.signature JOIN core.article USING (article_id)
WHERE clustered_at IS NULL AND (%(titles)s::text[] IS NULL OR title_id IN (SELECT title_id FROM core.title WHERE title = ANY (%(titles)s)))
ORDER BY signature.at, url_key LIMIT %(limit)s;

-- name: candidates
WITH mine AS MATERIALIZED (
    SELECT article_id, shingle, first_seen_at AS at FROM unnest(%(articles)s::bigint[], %(shingles)s::bigint[]) AS mine (article_id, shingle)
        JOIN core.article USING (article_id)
), wanted AS MATERIALIZED (
    SELECT shingle, min(at) - %(window)s::interval AS since, max(at) + %(window)s::interval AS until FROM mine GROUP BY shingle ORDER BY shingle
), met AS MATERIALIZED (  -- one look per shingle, which ends where it turns out to be hot
    SELECT shingle, other.article_id, other.at, count(*) OVER (PARTITION BY shingle) AS times
    FROM wanted CROSS JOIN LATERAL (
        SELECT article_id, at FROM core.sample
        WHERE sample.shingle = wanted.shingle AND at BETWEEN wanted.since AND wanted.until LIMIT %(hot)s + 1
    ) AS other
), drowned AS MATERIALIZED (  -- a text that so many run that most of its shingles are hot: no phrase that all use, but a story
    SELECT mine.article_id FROM mine LEFT JOIN (SELECT DISTINCT shingle FROM met WHERE times <= %(hot)s) AS cold USING (shingle)
    GROUP BY mine.article_id HAVING count(cold.shingle) * 2 < count(*)
), crowded AS MATERIALIZED (
    SELECT wanted.shingle, other.article_id, other.at
    FROM wanted CROSS JOIN LATERAL (
        SELECT article_id, at FROM core.sample
        WHERE sample.shingle = wanted.shingle AND at BETWEEN wanted.since AND wanted.until ORDER BY at, article_id LIMIT %(most)s
    ) AS other
    WHERE wanted.shingle IN (SELECT shingle FROM mine JOIN drowned USING (article_id))
)
SELECT least(mine.article_id, met.article_id) AS left_id, greatest(mine.article_id, met.article_id) AS right_id
FROM met JOIN mine USING (shingle)
WHERE times <= %(hot)s AND met.article_id <> mine.article_id
    AND met.at BETWEEN mine.at - %(window)s::interval AND mine.at + %(window)s::interval
GROUP BY mine.article_id, met.article_id HAVING count(*) >= %(shared)s
UNION
SELECT least(mine.article_id, crowded.article_id), greatest(mine.article_id, crowded.article_id)
FROM crowded JOIN mine USING (shingle) JOIN drowned ON drowned.article_id = mine.article_id
WHERE crowded.article_id <> mine.article_id
    AND crowded.at BETWEEN mine.at - %(window)s::interval AND mine.at + %(window)s::interval
GROUP BY mine.article_id, crowded.article_id HAVING count(*) >= %(shared)s
UNION
SELECT left_id, right_id FROM core.match WHERE left_id = ANY (%(all)s) OR right_id = ANY (%(all)s);

-- name: signatures
SELECT article_id, packed, happened_at FROM core.signature JOIN core.article USING (article_id)
WHERE article_id = ANY (%(articles)s) AND signature.version = %(version)s AND packed IS NOT NULL;

-- name: keep_matches
INSERT INTO core.match AS mine (left_id, right_id, left_in_right, right_in_left, left_words, right_words, shared, longest, lead, told,
    differing, passages, level, version, compared_at)
SELECT "left", "right", left_in_right, right_in_left, left_words, right_words, shared, longest, lead, told, differing, passages, level, version,
    %(at)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row ("left" bigint, "right" bigint, left_in_right float8, right_in_left float8,
    left_words integer, right_words integer, shared integer, longest integer, lead float8, told float8, differing float8, passages integer[],
    level text, version integer)
ON CONFLICT (left_id, right_id) DO UPDATE SET
    left_in_right = excluded.left_in_right, right_in_left = excluded.right_in_left, left_words = excluded.left_words,
    right_words = excluded.right_words, shared = excluded.shared, longest = excluded.longest, lead = excluded.lead, told = excluded.told,
    differing = excluded.differing, passages = excluded.passages, level = excluded.level, version = excluded.version,
    compared_at = excluded.compared_at
WHERE (mine.left_in_right, mine.right_in_left, mine.passages, mine.level, mine.version)
    IS DISTINCT FROM (excluded.left_in_right, excluded.right_in_left, excluded.passages, excluded.level, excluded.version);

-- name: no_match
UPDATE core.match SET level = 'none', compared_at = %(at)s
FROM unnest(%(lefts)s::bigint[], %(rights)s::bigint[]) AS pair (left_id, right_id)
WHERE match.left_id = pair.left_id AND match.right_id = pair.right_id AND level <> 'none';

-- name: neighbourhood
WITH RECURSIVE near (article_id) AS (
    SELECT unnest(%(articles)s::bigint[])
    UNION
    SELECT other.article_id FROM near CROSS JOIN LATERAL (
        SELECT right_id FROM core.match WHERE left_id = near.article_id
        UNION ALL SELECT left_id FROM core.match WHERE right_id = near.article_id
        UNION ALL SELECT theirs.article_id FROM core.story_article AS mine JOIN core.story_article AS theirs USING (story_id)
            WHERE mine.article_id = near.article_id
        UNION ALL SELECT other_id FROM core.decision WHERE article_id = near.article_id AND what = 'must_link' AND withdrawn_at IS NULL
        UNION ALL SELECT article_id FROM core.decision WHERE other_id = near.article_id AND what = 'must_link' AND withdrawn_at IS NULL
    ) AS other (article_id)
)
SELECT article_id FROM near;

-- name: copies
SELECT article.article_id AS article, url_key, words, access, title.agency IS NOT NULL AS by_agency, first_seen_at, happened_at,
    coalesce(article.published_precision IN ('second', 'minute'), false) AS precise, weight, coalesce(title.agency, credit.agency) AS agency,
    CASE WHEN title.agency IS NOT NULL THEN 'full' ELSE credit.extent END AS extent, flags
FROM core.article JOIN core.title USING (title_id)
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    LEFT JOIN core.credit ON credit.article_id = article.article_id AND credit.number = article.version AND credit.rank = 1
        AND credit.method <> 'story'  -- what a story gave is no voice on what the story is
WHERE article.article_id = ANY (%(articles)s);

-- name: matches
SELECT left_id AS left, right_id AS right, left_in_right, right_in_left, left_words, right_words, passages AS numbers, level
FROM core.match WHERE left_id = ANY (%(articles)s) AND right_id = ANY (%(articles)s)
    AND level <> 'none';  -- its shares are of texts that were copies once

-- name: members
SELECT article_id, story_id, relation, kept, own, lag, canonical_id, agency FROM core.story_article JOIN core.story USING (story_id)
WHERE article_id = ANY (%(articles)s);

-- name: open_stories
INSERT INTO core.story (canonical_id, agency, created_at, changed_at)
SELECT canonical_id, agency, %(at)s, %(at)s
FROM unnest(%(canonical_id)s::bigint[], %(agency)s::text[]) WITH ORDINALITY AS new (canonical_id, agency, place) ORDER BY place
RETURNING story_id, canonical_id;

-- name: close_stories
UPDATE core.story SET
    canonical_id = CASE WHEN story.story_id = old.story_id THEN NULL ELSE canonical_id END,
    merged_into = old.into,
    changed_at = CASE WHEN story.story_id = old.story_id THEN %(at)s ELSE changed_at END
FROM unnest(%(story_id)s::bigint[], %(into)s::bigint[]) AS old (story_id, "into")
WHERE story.story_id = old.story_id OR story.merged_into = old.story_id;  -- whoever was led to it is led on

-- name: change_stories
UPDATE core.story SET canonical_id = new.canonical_id, agency = new.agency, changed_at = %(at)s
FROM unnest(%(story_id)s::bigint[], %(canonical_id)s::bigint[], %(agency)s::text[]) AS new (story_id, canonical_id, agency)
WHERE story.story_id = new.story_id;

-- name: put_members
INSERT INTO core.story_article AS mine (article_id, story_id, relation, kept, own, lag)
SELECT * FROM unnest(%(article_id)s::bigint[], %(story_id)s::bigint[], %(relation)s::text[], %(kept)s::float8[], %(own)s::float8[],
    %(lag)s::interval[])
ON CONFLICT (article_id) DO UPDATE SET
    story_id = excluded.story_id, relation = excluded.relation, kept = excluded.kept, own = excluded.own, lag = excluded.lag;

-- name: take_credits_back
DELETE FROM core.credit WHERE method = 'story' AND article_id = ANY (%(articles)s) AND NOT article_id = ANY (%(credited)s::bigint[]);

-- name: give_credits
INSERT INTO core.credit AS mine (article_id, number, rank, agency, extent, method, evidence, confidence)
SELECT article_id, version, 1, agency, extent, 'story', 'the other copies of its story', confidence
FROM unnest(%(article_id)s::bigint[], %(agency)s::text[], %(extent)s::text[], %(confidence)s::float8[])
        AS given (article_id, agency, extent, confidence)
    JOIN core.article USING (article_id)
ON CONFLICT (article_id, number, rank) DO UPDATE SET agency = excluded.agency, extent = excluded.extent, confidence = excluded.confidence
WHERE mine.method = 'story'
    AND (mine.agency, mine.extent, mine.confidence) IS DISTINCT FROM (excluded.agency, excluded.extent, excluded.confidence);

-- name: log
INSERT INTO core.story_event (story_id, at, what, from_article_id, to_article_id, into_story_id, from_agency, to_agency, why)
SELECT story_id, %(at)s, what, from_article, to_article, "into", from_agency, to_agency, why
FROM unnest(%(story_id)s::bigint[], %(what)s::text[], %(from_article)s::bigint[], %(to_article)s::bigint[], %(into)s::bigint[],
    %(from_agency)s::text[], %(to_agency)s::text[], %(why)s::text[]) WITH ORDINALITY
    AS new (story_id, what, from_article, to_article, "into", from_agency, to_agency, why, place)
ORDER BY place;

-- name: done
UPDATE core.signature SET clustered_at = %(at)s
FROM unnest(%(articles)s::bigint[], %(written)s::bigint[]) AS read (article_id, written)
WHERE signature.article_id = read.article_id AND signature.xmin::text::bigint = read.written;  -- one that was signed anew meanwhile waits on
