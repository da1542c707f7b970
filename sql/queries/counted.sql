-- Stories that changed -> what is kept of them for analysts. Each statement takes a batch of stories and may be run again.

-- name: touched
DELETE FROM ops.touched RETURNING story_id;

-- name: uncover
-- Theirs, and what is theirs now and was in another story. An array, so that all that is kept is not read for it.
DELETE FROM core.coverage WHERE article_id = ANY (ARRAY(
    SELECT article_id FROM core.coverage WHERE story_id = ANY (%(stories)s)
    UNION SELECT article_id FROM core.story_article WHERE story_id = ANY (%(stories)s)
))
RETURNING title_id, (happened_at AT TIME ZONE 'UTC')::date AS day;

-- name: cover
INSERT INTO core.coverage
WITH facts AS (
    SELECT member.*, article.title_id, coalesce(was.owner, title.owner) AS owner, coalesce(was.country, title.country) AS country, story.agency,
        coalesce(title.agency = story.agency, false) AS by_agency, coalesce(credit.agency = story.agency, false) AS credited,
        newest.language, lower(coalesce(newest.section, fed.section)) AS section, newest.access, article.happened_at, newest.words, newest.number,
        story.canonical_id
    FROM core.story_article AS member
        JOIN core.story USING (story_id)
        JOIN core.article ON article.article_id = member.article_id
        JOIN core.title USING (title_id)
        JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
        LEFT JOIN core.credit ON credit.article_id = article.article_id AND credit.number = article.version AND credit.rank = 1
            AND credit.method <> 'story'
        LEFT JOIN LATERAL (
            SELECT feed.section FROM core.sighting JOIN core.feed USING (feed_id)
            WHERE sighting.article_id = article.article_id AND feed.section IS NOT NULL ORDER BY best_rank, feed_id LIMIT 1
        ) AS fed ON newest.section IS NULL
        LEFT JOIN LATERAL (
            SELECT owner, country FROM core.title_before AS before
            WHERE before.title_id = article.title_id AND before.until > article.happened_at ORDER BY until LIMIT 1
        ) AS was ON true
    WHERE member.story_id = ANY (%(stories)s)
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY story_id, title_id ORDER BY kept DESC, happened_at, article_id) = 1 AS once_per_title,
        row_number() OVER (PARTITION BY story_id, owner ORDER BY happened_at, article_id) = 1 AS once_per_owner,
        row_number() OVER (PARTITION BY story_id, country ORDER BY happened_at, article_id) = 1 AS once_per_country,
        date_trunc('minute', happened_at) = min(date_trunc('minute', happened_at)) OVER (PARTITION BY story_id) AS is_first,
        min(title_id) OVER (PARTITION BY story_id) = max(title_id) OVER (PARTITION BY story_id) AS is_alone,
        bool_or(by_agency) OVER (PARTITION BY story_id) AS is_seen
    FROM facts
)
SELECT article_id, story_id, title_id, owner, country, agency, by_agency, credited, language, section, access, happened_at, relation,
    CASE WHEN relation <> 'origin' THEN kept END, CASE WHEN relation <> 'origin' THEN own END, CASE WHEN relation <> 'origin' THEN lag END,
    thirds.at_start, thirds.at_middle, thirds.at_end, words,
    CASE WHEN agency IS NULL OR by_agency THEN 0 WHEN relation = 'origin' THEN words ELSE round(words * (1 - own)) END::integer, number,
    once_per_title, once_per_owner, once_per_country, is_first, is_alone, CASE WHEN agency IS NOT NULL THEN is_seen END
FROM placed LEFT JOIN LATERAL (
    SELECT  -- of each third of the origin, how much lies within the shared passages
        least(1, sum(greatest(0, least(start + length, size / 3) - start)) / (size / 3)) AS at_start,
        least(1, sum(greatest(0, least(start + length, size * 2 / 3) - greatest(start, size / 3))) / (size / 3)) AS at_middle,
        least(1, sum(greatest(0, start + length - greatest(start, size * 2 / 3))) / (size / 3)) AS at_end
    FROM core.match CROSS JOIN LATERAL (
        SELECT passages[place + CASE WHEN left_id = canonical_id THEN 0 ELSE 1 END]::float8 AS start, passages[place + 2]::float8 AS length,
            greatest(3, CASE WHEN left_id = canonical_id THEN left_words ELSE right_words END)::float8 AS size
        FROM generate_series(1, cardinality(passages), 3) AS place
    ) AS passage
    WHERE left_id = least(article_id, canonical_id) AND right_id = greatest(article_id, canonical_id) AND level <> 'none'
    GROUP BY size
) AS thirds ON agency IS NOT NULL AND relation <> 'origin'
RETURNING title_id, (happened_at AT TIME ZONE 'UTC')::date AS day;

-- name: unreach
DELETE FROM core.reach WHERE story_id = ANY (%(stories)s);

-- name: reach
INSERT INTO core.reach
SELECT story_id, count(*), count(DISTINCT title_id), count(DISTINCT owner), count(DISTINCT country), min(happened_at), max(happened_at),
    min((SELECT min(best_rank) FROM core.sighting WHERE sighting.article_id = coverage.article_id)),
    bool_or(agency_seen)
FROM core.coverage WHERE story_id = ANY (%(stories)s) GROUP BY story_id;

-- name: undo_days
DELETE FROM core.title_day USING unnest(%(titles)s::bigint[], %(days)s::date[]) AS pair (title_id, day)
WHERE title_day.title_id = pair.title_id AND title_day.day = pair.day;

-- name: days
INSERT INTO core.title_day
SELECT title_id, day, CASE WHEN by_agency THEN '' ELSE coalesce(agency, '') END, owner, country, count(*), count(*) FILTER (WHERE once_per_title),
    count(*) FILTER (WHERE is_alone AND once_per_title AND access = 'full'), sum(words), sum(wire_words)
FROM (SELECT DISTINCT * FROM unnest(%(titles)s::bigint[], %(days)s::date[]) AS pair (title_id, day)) AS pair
    JOIN core.coverage USING (title_id)
WHERE happened_at >= day::timestamp AT TIME ZONE 'UTC' AND happened_at < (day + 1)::timestamp AT TIME ZONE 'UTC'
GROUP BY 1, 2, 3, 4, 5;

-- name: syndicated_until
SELECT max(until) AS until FROM core.syndication;

-- name: unsyndicate
DELETE FROM core.syndication WHERE %(titles)s::bigint[] IS NULL OR title_id = ANY (%(titles)s);

-- name: syndicate
-- titles: null for all.
INSERT INTO core.syndication
SELECT days, title_id, agency, %(until)s::date, sum(articles), sum(words), sum(wire_words)
FROM core.title_day JOIN unnest(ARRAY[1, 7, 30]) AS days ON day >= %(until)s::date - days
WHERE day BETWEEN %(until)s::date - 30 AND %(until)s::date AND (%(titles)s::bigint[] IS NULL OR title_id = ANY (%(titles)s))
GROUP BY days, title_id, agency;

-- name: words
INSERT INTO core.fulltext AS mine
SELECT article_id, story_id, newest.language, relation = 'origin', article.happened_at, newest.text_sha,
    core.names(newest.headline || '; ' || left(newest.text, 3000)),
    setweight(to_tsvector(core.configuration(newest.language), newest.headline), 'A')
        || setweight(to_tsvector(core.configuration(newest.language), newest.standfirst), 'B')
        || to_tsvector(core.configuration(newest.language), left(newest.text, 20000))
FROM core.story_article AS member
    JOIN core.article USING (article_id)
    JOIN core.article_version AS newest USING (article_id)
WHERE member.story_id = ANY (%(stories)s) AND newest.number = article.version
    AND NOT EXISTS (SELECT FROM core.fulltext WHERE fulltext.article_id = article.article_id AND fulltext.text_sha = newest.text_sha)
ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, language = excluded.language, is_canonical = excluded.is_canonical,
    happened_at = excluded.happened_at, text_sha = excluded.text_sha, names = excluded.names, vector = excluded.vector;

-- name: places
UPDATE core.fulltext SET story_id = member.story_id, is_canonical = relation = 'origin', happened_at = article.happened_at
FROM core.story_article AS member JOIN core.article USING (article_id)
WHERE member.story_id = ANY (%(stories)s) AND member.article_id = fulltext.article_id
    AND (fulltext.story_id, is_canonical, fulltext.happened_at) IS DISTINCT FROM (member.story_id, relation = 'origin', article.happened_at);

-- name: unstale
DELETE FROM core.stale_copy WHERE story_id = ANY (%(stories)s);

-- name: stale
INSERT INTO core.stale_copy (article_id, corrected_at, story_id, old_sentence)
SELECT copy.article_id, fixed.extracted_at, copy.story_id, lost.sentence
FROM core.coverage AS source
    JOIN core.article_version AS fixed ON fixed.article_id = source.article_id AND fixed.number > 1
    JOIN core.article_version AS before ON before.article_id = fixed.article_id AND before.number = fixed.number - 1
    JOIN core.coverage AS copy ON copy.story_id = source.story_id AND NOT copy.by_agency
    JOIN core.article_version AS newest ON newest.article_id = copy.article_id AND newest.number = copy.version
    CROSS JOIN LATERAL (
        SELECT sentence FROM regexp_split_to_table(before.text, '(?<=[.!?])\s+') WITH ORDINALITY AS each (sentence, place)
        WHERE length(sentence) >= 30 AND strpos(fixed.text, sentence) = 0 AND strpos(newest.text, sentence) > 0
        ORDER BY place LIMIT 1
    ) AS lost
WHERE source.story_id = ANY (%(stories)s) AND source.by_agency AND source.version > 1
ON CONFLICT (article_id, corrected_at) DO NOTHING;

-- name: doors
INSERT INTO ops.door (edition_id, stage, door, items)
SELECT %(edition_id)s::bigint, stage, door, items FROM unnest(%(stage)s::text[], %(door)s::text[], %(items)s::bigint[]) AS line (stage, door, items);

-- name: prune_doors
DELETE FROM ops.door USING ops.edition WHERE door.edition_id = edition.edition_id AND edition.at < %(before)s;
