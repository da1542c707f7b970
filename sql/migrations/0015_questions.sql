-- What questions met: sections under one name, whether an agency's own text was seen, people's word on events, searches that name nothing.

CREATE TABLE core.section (
    name text PRIMARY KEY,
    section text NOT NULL
);
COMMENT ON TABLE core.section IS 'What titles call a section, and the one name that it has here in all languages: pipeline/events/sections.toml, brought here by sync.';
COMMENT ON COLUMN core.section.name IS 'What a title calls it, in small letters: deportes.';
COMMENT ON COLUMN core.section.section IS 'The one name: sport.';

-- Of an agency's story: was the agency's own article seen, or does a subscriber's stand for it?
ALTER TABLE core.reach ADD agency_seen boolean;
COMMENT ON COLUMN core.reach.agency_seen IS 'Whether the agency''s own article was seen; false: a subscriber''s stands for it, and the agency had it before; null: no agency''s story.';
UPDATE core.reach SET agency_seen = found.seen
FROM (SELECT story_id, bool_or(by_agency) AS seen FROM core.coverage WHERE agency IS NOT NULL GROUP BY story_id) AS found
WHERE found.story_id = reach.story_id;

-- People may also say which stories are about one happening.
ALTER TABLE core.decision
    DROP CONSTRAINT decision_what_check,
    ADD CONSTRAINT decision_what_check CHECK (what IN ('must_link', 'cannot_link', 'set_canonical', 'set_agency', 'pick', 'one_event', 'two_events')),
    DROP CONSTRAINT two_articles_in_order,
    ADD CONSTRAINT two_articles_in_order CHECK (
        CASE WHEN what IN ('must_link', 'cannot_link', 'one_event', 'two_events') THEN other_id > article_id ELSE other_id IS NULL END
    );
DROP INDEX core.decision_on_a_pair;
CREATE UNIQUE INDEX decision_on_a_pair ON core.decision (article_id, other_id, (what IN ('one_event', 'two_events')))
    WHERE withdrawn_at IS NULL AND other_id IS NOT NULL;
COMMENT ON COLUMN core.decision.what IS 'must_link (both in one story); cannot_link (never in one story); set_canonical (it stands for its story); set_agency (whose text its story is); pick (its story is one of our picks); one_event (the stories of both are about one happening); two_events (they are not).';

-- Why two articles are one story: one article is no decision.
CREATE OR REPLACE FUNCTION mart.why(a bigint, b bigint) RETURNS TABLE (
    a_url text, b_url text, a_story_id bigint, b_story_id bigint, one_story boolean, level text, strict boolean, normal boolean, loose boolean,
    a_in_b double precision, b_in_a double precision, a_own double precision, b_own double precision, shared integer, longest integer,
    lead double precision, told double precision, differing double precision, passages text[], path text[], decisions text[], says text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH found AS (
        SELECT match.*, left_id = a AS turned_not FROM core.match WHERE left_id = least(a, b) AND right_id = greatest(a, b)
    ), way AS (
        SELECT core.path(a, b) AS through
    ), told AS (
        SELECT one.url AS a_url, other.url AS b_url, mine.story_id AS a_story, yours.story_id AS b_story, version.text
        FROM core.article AS one JOIN core.article_version AS version ON version.article_id = one.article_id AND version.number = one.version
            LEFT JOIN core.story_article AS mine ON mine.article_id = one.article_id,
            core.article AS other LEFT JOIN core.story_article AS yours ON yours.article_id = other.article_id
        WHERE one.article_id = a AND other.article_id = b
    )
    SELECT told.a_url, told.b_url, a_story, b_story, coalesce(a_story = b_story, false), coalesce(found.level, 'none'),
        coalesce(found.level = 'strict', false), coalesce(found.level IN ('strict', 'normal'), false),
        coalesce(found.level IN ('strict', 'normal', 'loose'), false),
        CASE WHEN turned_not THEN left_in_right ELSE right_in_left END, CASE WHEN turned_not THEN right_in_left ELSE left_in_right END,
        1 - CASE WHEN turned_not THEN left_in_right ELSE right_in_left END, 1 - CASE WHEN turned_not THEN right_in_left ELSE left_in_right END,
        found.shared, found.longest, found.lead, found.told, found.differing,
        ARRAY(
            SELECT array_to_string((core.words(told.text))[start + 1 : start + length], ' ')
            FROM (SELECT found.passages[at * 3 + CASE WHEN turned_not THEN 1 ELSE 2 END] AS start, found.passages[at * 3 + 3] AS length
                  FROM generate_series(0, cardinality(found.passages) / 3 - 1) AS at) AS spans ORDER BY start
        ),
        ARRAY(SELECT url FROM unnest(through) WITH ORDINALITY AS step (article_id, place) JOIN core.article USING (article_id) ORDER BY place),
        ARRAY(
            SELECT format('%s (%s, %s): %s', what, who, at::date, why) FROM core.decision
            WHERE withdrawn_at IS NULL AND (article_id IN (a, b) OR other_id IN (a, b)) ORDER BY decision_id
        ),
        CASE
            WHEN a = b THEN 'they are one article'
            WHEN a_story IS NULL OR b_story IS NULL THEN 'one of them has not been compared yet'
            WHEN a_story = b_story AND found.level IN ('strict', 'normal') THEN 'one story: they match directly'
            WHEN a_story = b_story AND cardinality(through) > 1 THEN format('one story: through %s other articles', cardinality(through) - 2)
            WHEN a_story = b_story THEN 'one story: by a decision'
            WHEN found.level IN ('strict', 'normal') THEN 'two stories: they match, but most of the articles around them do not, or a decision keeps them apart'
            WHEN found.level = 'loose' THEN 'two stories: they match at the loose setting only'
            WHEN found.level = 'none' THEN 'two stories: they share text, and are no copies'
            ELSE 'two stories: too little is shared for them to be compared, or they are too far apart in time'
        END
    FROM told CROSS JOIN way LEFT JOIN found ON true
$$;

-- A search that only says what must not be there would read every text there is. Of several languages, one in which a word that must be
-- there counts for nothing ("die" in German) is left out.
CREATE OR REPLACE FUNCTION core.question(said text, tongue text) RETURNS tsquery LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN tongue IS NOT NULL THEN websearch_to_tsquery(core.configuration(tongue), said)
        ELSE (
            SELECT coalesce(string_agg(DISTINCT '(' || query || ')', ' | ') FILTER (WHERE querytree(query::tsquery) NOT IN ('', 'T')),
                string_agg(DISTINCT '(' || query || ')', ' | '))::tsquery
            FROM unnest(ARRAY['en', 'fr', 'de', 'es', 'it', 'pt', 'nl', 'sv', 'ru', 'tr', '']) AS each,
                CAST(websearch_to_tsquery(core.configuration(each), said) AS text) AS query
            WHERE query <> ''
        ) END
$$;
CREATE OR REPLACE FUNCTION mart.matching(words text, language text DEFAULT NULL, since timestamptz DEFAULT '-infinity', copies boolean DEFAULT false, most integer DEFAULT 1000)
RETURNS TABLE (article_id bigint, story_id bigint, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    asked tsquery := core.question(matching.words, matching.language);
BEGIN
    IF numnode(asked) > 0 AND querytree(asked) IN ('', 'T') THEN
        RAISE EXCEPTION 'the words say only what must not be there: name one that must' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
        SELECT near.article_id, near.story_id, ts_rank('{0.1, 0.2, 0.4, 1.0}', text.vector, core.question(matching.words, near.language), 1)
        FROM (
            SELECT f.article_id, f.story_id, f.language FROM core.fulltext AS f
            WHERE f.vector @@ asked AND f.happened_at >= matching.since AND (matching.copies OR f.is_canonical)
                AND (matching.language IS NULL OR f.language = matching.language)
            ORDER BY f.happened_at DESC, f.article_id DESC LIMIT least(matching.most, 10000)
        ) AS near JOIN core.fulltext AS text USING (article_id)
        WHERE matching.language IS NOT NULL OR text.vector @@ core.question(matching.words, near.language);
END $$;
