-- What analysts ask: articles, stories and titles in figures and in words, kept beside the facts by publish; search; roles.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- What publish has to count anew. Rows are only added and taken away, so that no writer waits for another.
CREATE TABLE ops.touched (
    touched_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    story_id bigint NOT NULL
);
COMMENT ON TABLE ops.touched IS 'A story whose members, texts or agency changed since the last edition: publish counts it anew.';
COMMENT ON COLUMN ops.touched.touched_id IS 'Identity, in order of writing.';
COMMENT ON COLUMN ops.touched.story_id IS 'The story.';
INSERT INTO ops.touched (story_id) SELECT story_id FROM core.story;

CREATE FUNCTION ops.touch_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched (story_id) SELECT DISTINCT story_id FROM old_rows;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_old IS 'Note the stories of the rows as they were.';
CREATE FUNCTION ops.touch_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched (story_id) SELECT DISTINCT story_id FROM new_rows;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_new IS 'Note the stories of the rows as they are.';
CREATE FUNCTION ops.touch_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched (story_id) SELECT story_id FROM old_rows UNION SELECT story_id FROM new_rows;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_both IS 'Note the stories of the rows as they were and as they are.';
CREATE FUNCTION ops.touch_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched (story_id) SELECT story_id FROM core.story_article WHERE article_id = NEW.article_id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_article IS 'Note the story of an article that has a new version, or whose version was read anew.';
CREATE TRIGGER touch_new AFTER INSERT ON core.story_article REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_new();
CREATE TRIGGER touch_both AFTER UPDATE ON core.story_article
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_both();
CREATE TRIGGER touch_old AFTER DELETE ON core.story_article REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_old();
CREATE TRIGGER touch_both AFTER UPDATE ON core.story
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_both();
CREATE TRIGGER touch_article AFTER UPDATE ON core.article FOR EACH ROW
    WHEN (OLD.version IS NOT NULL AND (OLD.version, OLD.happened_at) IS DISTINCT FROM (NEW.version, NEW.happened_at))
    EXECUTE FUNCTION ops.touch_article();
CREATE TRIGGER touch_article AFTER UPDATE ON core.article_version FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION ops.touch_article();

-- Who owned a title before: what it ran then stays theirs.
CREATE TABLE core.title_before (
    title_id bigint NOT NULL REFERENCES core.title,
    until timestamptz NOT NULL DEFAULT now(),
    owner core.plain NOT NULL,
    country text NOT NULL,
    PRIMARY KEY (title_id, until)
);
COMMENT ON TABLE core.title_before IS 'Whose a title was, and where, before the registry said otherwise.';
COMMENT ON COLUMN core.title_before.title_id IS 'The title.';
COMMENT ON COLUMN core.title_before.until IS 'When the registry changed.';
COMMENT ON COLUMN core.title_before.owner IS 'Its owner until then.';
COMMENT ON COLUMN core.title_before.country IS 'Its country until then.';
CREATE FUNCTION core.remember_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core.title_before (title_id, owner, country) VALUES (OLD.title_id, OLD.owner, OLD.country)
    ON CONFLICT (title_id, until) DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION core.remember_title IS 'Keep whose a title was.';
CREATE TRIGGER remember_title AFTER UPDATE OF owner, country ON core.title FOR EACH ROW
    WHEN (OLD.owner IS DISTINCT FROM NEW.owner OR OLD.country IS DISTINCT FROM NEW.country) EXECUTE FUNCTION core.remember_title();

-- Kept figures. They follow from the facts, so they have no foreign keys and may be made anew at any time.
CREATE TABLE core.coverage (
    article_id bigint PRIMARY KEY,
    story_id bigint NOT NULL,
    title_id bigint NOT NULL,
    owner text NOT NULL,
    country text NOT NULL,
    agency text,
    by_agency boolean NOT NULL,
    credited boolean NOT NULL,
    language text NOT NULL,
    section text,
    access text NOT NULL,
    happened_at timestamptz NOT NULL,
    relation text NOT NULL,
    kept double precision,
    own double precision,
    lag interval,
    kept_start double precision,
    kept_middle double precision,
    kept_end double precision,
    words integer NOT NULL,
    wire_words integer NOT NULL,
    version integer NOT NULL,
    once_per_title boolean NOT NULL,
    once_per_owner boolean NOT NULL,
    once_per_country boolean NOT NULL,
    is_first boolean NOT NULL,
    is_alone boolean NOT NULL
);
CREATE INDEX coverage_of_story ON core.coverage (story_id);
CREATE INDEX coverage_of_title ON core.coverage (title_id, happened_at);
CREATE INDEX coverage_by_time ON core.coverage (happened_at);
CREATE INDEX coverage_of_agency ON core.coverage (agency, happened_at) WHERE agency IS NOT NULL;
COMMENT ON TABLE core.coverage IS 'An article in a story, in figures: kept by publish for what analysts ask.';
COMMENT ON COLUMN core.coverage.article_id IS 'The article.';
COMMENT ON COLUMN core.coverage.story_id IS 'Its story.';
COMMENT ON COLUMN core.coverage.title_id IS 'Its title.';
COMMENT ON COLUMN core.coverage.owner IS 'Who owned the title when the article appeared.';
COMMENT ON COLUMN core.coverage.country IS 'Where the title was then.';
COMMENT ON COLUMN core.coverage.agency IS 'The agency whose text the story is; null: none.';
COMMENT ON COLUMN core.coverage.by_agency IS 'Whether the title is that agency''s own site.';
COMMENT ON COLUMN core.coverage.credited IS 'Whether the page itself names that agency first.';
COMMENT ON COLUMN core.coverage.language IS 'Language of the text.';
COMMENT ON COLUMN core.coverage.section IS 'Section of the title in small letters, from the page, else from the feed.';
COMMENT ON COLUMN core.coverage.access IS 'full, stub or paywall.';
COMMENT ON COLUMN core.coverage.happened_at IS 'When it appeared, as core.article has it.';
COMMENT ON COLUMN core.coverage.relation IS 'To the origin: origin, verbatim, trimmed, edited, expanded, partial.';
COMMENT ON COLUMN core.coverage.kept IS 'Share of the origin''s text found in it; null of the origin itself.';
COMMENT ON COLUMN core.coverage.own IS 'Share of it not in the origin; null of the origin itself.';
COMMENT ON COLUMN core.coverage.lag IS 'Time after the origin; null of the origin itself and where a time is not exact enough.';
COMMENT ON COLUMN core.coverage.kept_start IS 'Share of the first third of the agency''s text that was kept, by the longest shared passages; null where not compared with it.';
COMMENT ON COLUMN core.coverage.kept_middle IS 'The same of the second third.';
COMMENT ON COLUMN core.coverage.kept_end IS 'The same of the last third.';
COMMENT ON COLUMN core.coverage.words IS 'Words of the text.';
COMMENT ON COLUMN core.coverage.wire_words IS 'Of them, words of an agency''s text that is not the title''s own agency.';
COMMENT ON COLUMN core.coverage.version IS 'Number of its newest version.';
COMMENT ON COLUMN core.coverage.once_per_title IS 'True for one article per story and title, the one that kept most.';
COMMENT ON COLUMN core.coverage.once_per_owner IS 'True for one article per story and owner, the earliest.';
COMMENT ON COLUMN core.coverage.once_per_country IS 'True for one article per story and country, the earliest.';
COMMENT ON COLUMN core.coverage.is_first IS 'Whether it appeared in the minute in which the story first did; several may have.';
COMMENT ON COLUMN core.coverage.is_alone IS 'Whether no other title runs the story.';

CREATE TABLE core.reach (
    story_id bigint PRIMARY KEY,
    articles integer NOT NULL,
    titles integer NOT NULL,
    owners integer NOT NULL,
    countries integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    best_rank integer
);
CREATE INDEX reach_by_time ON core.reach (last_at);
CREATE INDEX reach_of_many ON core.reach (first_at) WHERE titles >= 5;
COMMENT ON TABLE core.reach IS 'A live story in figures: kept by publish.';
COMMENT ON COLUMN core.reach.story_id IS 'The story.';
COMMENT ON COLUMN core.reach.articles IS 'Articles that run it.';
COMMENT ON COLUMN core.reach.titles IS 'Titles that run it.';
COMMENT ON COLUMN core.reach.owners IS 'Owners of these titles.';
COMMENT ON COLUMN core.reach.countries IS 'Countries of these titles.';
COMMENT ON COLUMN core.reach.first_at IS 'When its first article appeared.';
COMMENT ON COLUMN core.reach.last_at IS 'When its last article appeared.';
COMMENT ON COLUMN core.reach.best_rank IS 'The highest place that any feed gave it; 1 is the top.';

CREATE TABLE core.title_day (
    title_id bigint NOT NULL,
    day date NOT NULL,
    agency text NOT NULL,
    owner text NOT NULL,
    country text NOT NULL,
    articles integer NOT NULL,
    stories integer NOT NULL,
    alone integer NOT NULL,
    words bigint NOT NULL,
    wire_words bigint NOT NULL,
    PRIMARY KEY (title_id, day, agency, owner, country)
);
CREATE INDEX title_day_of_agency ON core.title_day (agency, title_id);
COMMENT ON TABLE core.title_day IS 'What a title ran on a day, by agency: kept by publish.';
COMMENT ON COLUMN core.title_day.title_id IS 'The title.';
COMMENT ON COLUMN core.title_day.day IS 'The day, UTC.';
COMMENT ON COLUMN core.title_day.agency IS 'The agency whose text it is; empty: none, or the title''s own.';
COMMENT ON COLUMN core.title_day.owner IS 'Whose the title was.';
COMMENT ON COLUMN core.title_day.country IS 'Where it was.';
COMMENT ON COLUMN core.title_day.articles IS 'Articles.';
COMMENT ON COLUMN core.title_day.stories IS 'Stories, each counted once per title.';
COMMENT ON COLUMN core.title_day.alone IS 'Of them, full texts that no other title runs.';
COMMENT ON COLUMN core.title_day.words IS 'Words of the articles.';
COMMENT ON COLUMN core.title_day.wire_words IS 'Of them, an agency''s.';

CREATE TABLE ops.door (
    edition_id bigint NOT NULL REFERENCES ops.edition,
    stage text NOT NULL,
    door text NOT NULL,
    items bigint NOT NULL,
    PRIMARY KEY (edition_id, stage, door)
);
COMMENT ON TABLE ops.door IS 'A door by which items left a stage, as an edition counted it; for thirty days.';
COMMENT ON COLUMN ops.door.edition_id IS 'The edition.';
COMMENT ON COLUMN ops.door.stage IS 'feed, entry, page, article or story.';
COMMENT ON COLUMN ops.door.door IS 'kept, pending, or the reason of a refusal.';
COMMENT ON COLUMN ops.door.items IS 'Items in all; of a refusal, each counted once, however often it came.';

ALTER TABLE ops.edition ADD counted integer CHECK (counted >= 0);
COMMENT ON COLUMN ops.edition.counted IS 'Stories that were counted anew for it; null of editions before there were kept figures.';

CREATE INDEX article_version_changed ON core.article_version (extracted_at) WHERE number > 1;
CREATE INDEX article_version_headline ON core.article_version USING gin (headline gin_trgm_ops);

-- Views that are ours: another's view in our schemas is never dropped.
CREATE TABLE ops.view (name text PRIMARY KEY);
COMMENT ON TABLE ops.view IS 'A view that migrate made; it drops and makes these anew, and no other.';
COMMENT ON COLUMN ops.view.name IS 'Its name with its schema.';
INSERT INTO ops.view SELECT nspname || '.' || relname FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid
WHERE relkind = 'v' AND nspname IN ('mart', 'ops');

-- Words: ten languages with their endings, all without accents (the rules of Postgres' own unaccent).
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['english', 'french', 'german', 'spanish', 'italian', 'portuguese', 'dutch', 'swedish', 'russian', 'turkish'] LOOP
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION core.%I (COPY = pg_catalog.%I)', name, name);
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION core.%I ALTER MAPPING FOR hword, hword_part, word WITH unaccent, %I', name, name || '_stem');
        EXECUTE format('COMMENT ON TEXT SEARCH CONFIGURATION core.%I IS %L', name, 'As Postgres has it, without accents.');
    END LOOP;
    CREATE TEXT SEARCH CONFIGURATION core.simple (COPY = pg_catalog.simple);
    ALTER TEXT SEARCH CONFIGURATION core.simple ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
    COMMENT ON TEXT SEARCH CONFIGURATION core.simple IS 'All other languages: words as they are, without accents.';
END $$;
CREATE FUNCTION core.configuration(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN 'en' THEN 'core.english'::regconfig WHEN 'fr' THEN 'core.french'::regconfig WHEN 'de' THEN 'core.german'::regconfig
        WHEN 'es' THEN 'core.spanish'::regconfig WHEN 'it' THEN 'core.italian'::regconfig WHEN 'pt' THEN 'core.portuguese'::regconfig
        WHEN 'nl' THEN 'core.dutch'::regconfig WHEN 'sv' THEN 'core.swedish'::regconfig WHEN 'ru' THEN 'core.russian'::regconfig
        WHEN 'tr' THEN 'core.turkish'::regconfig ELSE 'core.simple'::regconfig END
$$;
COMMENT ON FUNCTION core.configuration IS 'How texts of a language are cut into words.';

CREATE TABLE core.fulltext (
    article_id bigint PRIMARY KEY,
    story_id bigint NOT NULL,
    language text NOT NULL,
    is_canonical boolean NOT NULL,
    happened_at timestamptz NOT NULL,
    text_sha core.sha256 NOT NULL,
    names text[] NOT NULL,
    vector tsvector NOT NULL
) WITH (toast_tuple_target = 128);
ALTER TABLE core.fulltext ALTER COLUMN vector SET STORAGE EXTERNAL;
ALTER TABLE core.fulltext ALTER COLUMN names SET STORAGE EXTERNAL;
CREATE INDEX fulltext_words ON core.fulltext USING gin (vector) WITH (fastupdate = off);
CREATE INDEX fulltext_names ON core.fulltext USING gin (names) WITH (fastupdate = off);
CREATE INDEX fulltext_by_time ON core.fulltext (happened_at);
COMMENT ON TABLE core.fulltext IS 'An article in words: kept by publish for search and for related stories.';
COMMENT ON COLUMN core.fulltext.article_id IS 'The article.';
COMMENT ON COLUMN core.fulltext.story_id IS 'Its story.';
COMMENT ON COLUMN core.fulltext.language IS 'Language of the text.';
COMMENT ON COLUMN core.fulltext.is_canonical IS 'Whether it stands for its story.';
COMMENT ON COLUMN core.fulltext.happened_at IS 'When it appeared.';
COMMENT ON COLUMN core.fulltext.text_sha IS 'What was cut into words: core.article_version.text_sha.';
COMMENT ON COLUMN core.fulltext.names IS 'Words and runs of words with capitals within sentences, of the headline and the first 3,000 signs: people, places, bodies.';
COMMENT ON COLUMN core.fulltext.vector IS 'Words of headline (A), standfirst (B) and the first 20,000 signs of the text (D).';

CREATE FUNCTION core.names(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(name), '{}') FROM (
        SELECT DISTINCT found[1] AS name
        FROM regexp_matches(said, '(?<=[[:lower:][:digit:],;:] )([[:upper:]][[:alnum:]''’-]{2,}(?: [[:upper:]][[:alnum:]''’-]+){0,3})', 'g') AS found
        LIMIT 60
    ) AS names
$$;
COMMENT ON FUNCTION core.names IS 'Words and runs of words that begin with a capital and begin no sentence: sixty at most.';

CREATE FUNCTION core.question(said text, tongue text) RETURNS tsquery LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN tongue IS NOT NULL THEN websearch_to_tsquery(core.configuration(tongue), said)
        ELSE (
            SELECT string_agg(DISTINCT '(' || query || ')', ' | ')::tsquery
            FROM unnest(ARRAY['en', 'fr', 'de', 'es', 'it', 'pt', 'nl', 'sv', 'ru', 'tr', '']) AS each,
                CAST(websearch_to_tsquery(core.configuration(each), said) AS text) AS query
            WHERE query <> ''
        ) END
$$;
COMMENT ON FUNCTION core.question IS 'What was typed as a query: in one language, or (null) in any.';

CREATE FUNCTION mart.matching(words text, language text DEFAULT NULL, since timestamptz DEFAULT '-infinity', copies boolean DEFAULT false, most integer DEFAULT 1000)
RETURNS TABLE (article_id bigint, story_id bigint, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    asked tsquery := core.question(matching.words, matching.language);
BEGIN
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
COMMENT ON FUNCTION mart.matching IS 'Articles that match words as typed into a search box ("a phrase", or, -not), with their rank. Of very many the newest are looked at: a thousand, or as many as most says, up to 10,000. copies: copies too, not only the articles that stand for their stories.';

CREATE FUNCTION mart.search(words text, language text DEFAULT NULL, since timestamptz DEFAULT '-infinity', copies boolean DEFAULT false, most integer DEFAULT 20)
RETURNS TABLE (
    place integer, story_id bigint, article_id bigint, title text, title_name text, headline text, snippet text, happened_at timestamptz,
    url text, found_language text, articles integer, titles integer, rank real
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH best AS MATERIALIZED (
            SELECT m.article_id, m.story_id, m.rank FROM mart.matching(search.words, search.language, search.since, search.copies) AS m
            ORDER BY m.rank DESC, m.article_id DESC LIMIT least(search.most, 200)
        )
        SELECT (row_number() OVER (ORDER BY best.rank DESC, best.article_id DESC))::integer, best.story_id, best.article_id, t.title, t.name::text,
            v.headline::text,
            ts_headline(core.configuration(v.language), left(v.text::text, 8000), core.question(search.words, v.language),
                'StartSel=**, StopSel=**, MaxFragments=2, MaxWords=20, MinWords=8, FragmentDelimiter=" ... "'),
            a.happened_at, a.url, v.language, r.articles, r.titles, best.rank
        FROM best JOIN core.article AS a USING (article_id) JOIN core.title AS t USING (title_id)
            JOIN core.article_version AS v ON v.article_id = a.article_id AND v.number = a.version
            JOIN core.reach AS r ON r.story_id = best.story_id
        ORDER BY 1;
END $$;
COMMENT ON FUNCTION mart.search IS 'Stories that match words as typed into a search box, best first: words in the headline count ten times. language null: in any. copies: every article, not only the one that stands for its story.';

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
CREATE FUNCTION mart.related(story bigint, most integer DEFAULT 10)
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

-- Analysts read mart alone; what it calls reads the facts as its owner does.
ALTER FUNCTION mart.article_at(text) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION mart.why(bigint, bigint) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION mart.why(text, text) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mart FROM PUBLIC;
