-- Copies that carry what their agency has changed, kept by publish: comparing sentences takes too long while somebody waits.
CREATE TABLE core.stale_copy (
    article_id bigint NOT NULL,
    corrected_at timestamptz NOT NULL,
    story_id bigint NOT NULL,
    old_sentence text NOT NULL,
    PRIMARY KEY (article_id, corrected_at)
);
CREATE INDEX stale_copy_by_time ON core.stale_copy (corrected_at);
CREATE INDEX stale_copy_of_story ON core.stale_copy (story_id);
COMMENT ON TABLE core.stale_copy IS 'A copy that still carries a sentence which the agency''s own article has lost or changed: kept by publish.';
COMMENT ON COLUMN core.stale_copy.article_id IS 'The copy.';
COMMENT ON COLUMN core.stale_copy.corrected_at IS 'When we read the agency''s change.';
COMMENT ON COLUMN core.stale_copy.story_id IS 'The story.';
COMMENT ON COLUMN core.stale_copy.old_sentence IS 'The first such sentence.';
INSERT INTO ops.touched (story_id) SELECT DISTINCT story_id FROM core.story_article JOIN core.article USING (article_id) WHERE version > 1;

-- Related stories are looked for in a day and a half on either side: in three days, a million articles took 400 ms.
CREATE OR REPLACE FUNCTION mart.related(story bigint, most integer DEFAULT 10)
RETURNS TABLE (story_id bigint, headline text, title_name text, happened_at timestamptz, articles integer, titles integer, score double precision, because text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    mine core.fulltext;
    texts bigint;
BEGIN
    SELECT * INTO mine FROM core.fulltext AS f
    WHERE f.article_id = (SELECT s.canonical_id FROM core.story AS s WHERE s.story_id = related.story);
    SELECT count(*) INTO texts FROM core.fulltext AS f
    WHERE f.is_canonical AND f.happened_at BETWEEN mine.happened_at - interval '36 hours' AND mine.happened_at + interval '36 hours';
    mine.names := ARRAY(  -- in a large database the statistics know which names say nothing, before any row is read
        SELECT said FROM unnest(mine.names) AS said WHERE NOT EXISTS (
            SELECT FROM pg_class JOIN pg_stats ON schemaname = 'core' AND tablename = relname AND attname = 'names',
                unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (name, share)
            WHERE pg_class.oid = 'core.fulltext'::regclass AND reltuples > 50000 AND common.name = said AND share > 0.005
        )
    );
    RETURN QUERY
        WITH near AS MATERIALIZED (
            SELECT f.article_id, f.story_id, name
            FROM core.fulltext AS f CROSS JOIN LATERAL (SELECT unnest(f.names) AS name) AS each
            WHERE f.names && mine.names AND f.is_canonical AND f.story_id <> mine.story_id AND name = ANY (mine.names)
                AND f.happened_at BETWEEN mine.happened_at - interval '36 hours' AND mine.happened_at + interval '36 hours'
        ), rare AS (
            SELECT name, 1 / ln(2.0 + count(*)) AS worth FROM near GROUP BY name
            HAVING count(*) <= greatest(3, texts / 50)  -- weekdays, agencies, countries: what one text in fifty has says nothing
        ), scored AS (
            SELECT near.article_id, near.story_id,  -- German writes every noun like a name
                sum(CASE WHEN mine.language = 'de' AND name !~ ' ' THEN rare.worth / 3 ELSE rare.worth END)::double precision AS score, array_agg(name ORDER BY rare.worth DESC, name) AS names
            FROM near JOIN rare USING (name) GROUP BY near.article_id, near.story_id
            HAVING count(*) >= 2 AND sum(CASE WHEN mine.language = 'de' AND name !~ ' ' THEN rare.worth / 3 ELSE rare.worth END) >= 1
            ORDER BY 3 DESC, near.story_id LIMIT least(related.most, 100)
        )
        SELECT scored.story_id, v.headline::text, t.name::text, a.happened_at, r.articles, r.titles, scored.score, scored.names[1:5]
        FROM scored JOIN core.article AS a USING (article_id) JOIN core.title AS t USING (title_id)
            JOIN core.article_version AS v ON v.article_id = a.article_id AND v.number = a.version
            JOIN core.reach AS r ON r.story_id = scored.story_id
        ORDER BY scored.score DESC, scored.story_id;
END $$;
COMMENT ON FUNCTION mart.related IS 'Other stories within a day and a half that share names with a story, those that share rare ones first, and the names. Copies are not related: they are the story.';
CREATE INDEX title_day_by_day ON core.title_day (day);
