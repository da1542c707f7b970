-- What questions cost among a million articles: words and names by the day, and whether an agency's own article was seen beside each copy.

-- The words of a day: who asks for a week reads no other. Its keys are days beside words, so it is as long as the days asked for.
CREATE EXTENSION IF NOT EXISTS btree_gin;
SET LOCAL maintenance_work_mem = '256MB';  -- of a million articles the index of words is made in minutes
CREATE FUNCTION core.day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (at AT TIME ZONE 'UTC')::date $$;
COMMENT ON FUNCTION core.day IS 'The day of a moment, UTC.';
DROP INDEX core.fulltext_words, core.fulltext_names, core.fulltext_by_time;
CREATE INDEX fulltext_words ON core.fulltext USING gin (vector, core.day(happened_at)) WITH (fastupdate = off);
-- Related are stories: names of their canonical articles are all that is looked for, and how many there are.
CREATE INDEX fulltext_names ON core.fulltext USING gin (names, core.day(happened_at)) WITH (fastupdate = off) WHERE is_canonical;
CREATE INDEX fulltext_by_time ON core.fulltext (happened_at) INCLUDE (is_canonical);

-- Beside each copy, not in its story alone: how fast titles run an agency's copy is asked of thousands of copies at once.
CREATE TEMP TABLE covered ON COMMIT DROP AS
SELECT coverage.*, CASE WHEN coverage.agency IS NOT NULL THEN reach.agency_seen END
FROM core.coverage LEFT JOIN core.reach ON reach.story_id = coverage.story_id;
ALTER TABLE core.coverage ADD agency_seen boolean;
COMMENT ON COLUMN core.coverage.agency_seen IS 'Whether the agency''s own article was seen: core.reach.agency_seen of its story; null: no agency''s.';
TRUNCATE core.coverage;  -- not updated: that would leave as much again of dead rows
INSERT INTO core.coverage SELECT * FROM covered ORDER BY happened_at, article_id;

-- The newest that match: looked for in the last two days, then in sixteen, then in all that there is.
CREATE OR REPLACE FUNCTION mart.matching(words text, language text DEFAULT NULL, since timestamptz DEFAULT '-infinity', copies boolean DEFAULT false, most integer DEFAULT 1000)
RETURNS TABLE (article_id bigint, story_id bigint, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    asked tsquery := core.question(matching.words, matching.language);
    wanted integer := least(matching.most, 10000);
    newest timestamptz := (SELECT max(r.last_at) FROM core.reach AS r);
    back timestamptz;
    days integer := 2;
    near bigint[];
BEGIN
    IF numnode(asked) > 0 AND querytree(asked) IN ('', 'T') THEN
        RAISE EXCEPTION 'the words say only what must not be there: name one that must' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    LOOP
        back := greatest(matching.since, CASE WHEN days <= 16 THEN newest - make_interval(days => days) ELSE '-infinity' END);
        near := ARRAY(
            SELECT f.article_id FROM (
                SELECT f.article_id, f.happened_at, f.language, f.is_canonical FROM core.fulltext AS f
                WHERE f.vector @@ asked AND (days > 16 OR core.day(f.happened_at) >= core.day(back))
                OFFSET 0  -- found by words and day, never by time alone: reading the words of a text is what takes long
            ) AS f
            WHERE f.happened_at >= back AND (matching.copies OR f.is_canonical) AND (matching.language IS NULL OR f.language = matching.language)
            ORDER BY f.happened_at DESC, f.article_id DESC LIMIT wanted
        );
        EXIT WHEN cardinality(near) >= wanted OR back <= matching.since OR days > 16;
        days := days * 8;
    END LOOP;
    RETURN QUERY
        WITH found AS MATERIALIZED (
            SELECT f.article_id, f.story_id, f.language, f.vector FROM unnest(near) AS found (article_id) JOIN core.fulltext AS f USING (article_id)
        ), tongue AS MATERIALIZED (
            SELECT each.language, core.question(matching.words, each.language) AS asked FROM (SELECT DISTINCT found.language FROM found) AS each
        )
        SELECT found.article_id, found.story_id, ts_rank('{0.1, 0.2, 0.4, 1.0}', found.vector, tongue.asked, 1)
        FROM found JOIN tongue USING (language)
        WHERE matching.language IS NOT NULL OR found.vector @@ tongue.asked;
END $$;

-- Related stories: those of its event first, then those that share rare names within a day and a half, looked for among these days alone.
CREATE OR REPLACE FUNCTION mart.related(story bigint, most integer DEFAULT 10)
RETURNS TABLE (
    story_id bigint, headline text, title_name text, happened_at timestamptz, articles integer, titles integer, same_event boolean, event_id bigint,
    score double precision, because text[]
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    mine core.fulltext;
    ours bigint;
    texts bigint;
    first timestamptz;
    last timestamptz;
    days date[];  -- one by one: from a day on, the index would be read to one of its ends
BEGIN
    SELECT * INTO mine FROM core.fulltext AS f
    WHERE f.article_id = (SELECT s.canonical_id FROM core.story AS s WHERE s.story_id = related.story);
    first := mine.happened_at - interval '36 hours';
    last := mine.happened_at + interval '36 hours';
    days := ARRAY(SELECT core.day(first) + each FROM generate_series(0, core.day(last) - core.day(first)) AS each);
    SELECT e.event_id INTO ours FROM core.event_story AS e WHERE e.story_id = related.story;
    SELECT count(*) INTO texts FROM core.fulltext AS f WHERE f.is_canonical AND f.happened_at BETWEEN first AND last;
    mine.names := ARRAY(  -- in a large database the statistics know which names say nothing, before any row is read
        SELECT said FROM unnest(mine.names) AS said WHERE NOT EXISTS (
            SELECT FROM pg_class JOIN pg_stats ON schemaname = 'core' AND tablename = relname AND attname = 'names',
                unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (name, share)
            WHERE pg_class.oid = 'core.fulltext'::regclass AND reltuples > 50000 AND common.name = said AND share > 0.005
        )
    );
    RETURN QUERY
        WITH these AS MATERIALIZED (
            SELECT f.story_id, f.names, f.happened_at FROM core.fulltext AS f
            WHERE f.is_canonical AND f.names && mine.names AND core.day(f.happened_at) = ANY (days)
        ), near AS MATERIALIZED (
            SELECT these.story_id, name
            FROM these CROSS JOIN LATERAL (SELECT unnest(these.names) AS name) AS each
            WHERE these.story_id <> mine.story_id AND name = ANY (mine.names) AND these.happened_at BETWEEN first AND last
        ), rare AS (
            SELECT name, 1 / ln(2.0 + count(*)) AS worth FROM near GROUP BY name
            HAVING count(*) <= greatest(3, texts / 50)  -- weekdays, agencies, countries: what one text in fifty has says nothing
        ), named AS (
            SELECT near.story_id,  -- German writes every noun like a name
                sum(CASE WHEN mine.language = 'de' AND name !~ ' ' THEN rare.worth / 3 ELSE rare.worth END)::double precision AS score, array_agg(name ORDER BY rare.worth DESC, name) AS names
            FROM near JOIN rare USING (name) GROUP BY near.story_id
            HAVING count(*) >= 2 AND sum(CASE WHEN mine.language = 'de' AND name !~ ' ' THEN rare.worth / 3 ELSE rare.worth END) >= 1
            ORDER BY 2 DESC, near.story_id LIMIT least(related.most, 100)
        ), sisters AS (
            SELECT e.story_id, e.likeness, e.because FROM core.event_story AS e
            WHERE e.event_id = ours AND e.story_id <> related.story
            ORDER BY e.likeness DESC, e.story_id LIMIT least(related.most, 100)
        ), scored AS (
            SELECT coalesce(sisters.story_id, named.story_id) AS story_id, sisters.story_id IS NOT NULL AS same_event,
                coalesce(10 + sisters.likeness, 0) + coalesce(named.score, 0) AS score, coalesce(named.names[1:5], sisters.because) AS because
            FROM sisters FULL JOIN named ON named.story_id = sisters.story_id
        )
        SELECT scored.story_id, v.headline::text, t.name::text, a.happened_at, r.articles, r.titles, scored.same_event, e.event_id, scored.score, scored.because
        FROM scored JOIN core.story AS s ON s.story_id = scored.story_id JOIN core.article AS a ON a.article_id = s.canonical_id
            JOIN core.title AS t ON t.title_id = a.title_id
            JOIN core.article_version AS v ON v.article_id = a.article_id AND v.number = a.version
            JOIN core.reach AS r ON r.story_id = scored.story_id
            LEFT JOIN core.event_story AS e ON e.story_id = scored.story_id
        ORDER BY scored.score DESC, scored.story_id LIMIT least(related.most, 100);
END $$;
