-- Candidates in windows of time that are dropped whole; people's decisions; why a canonical article changed; why two articles are one story.

CREATE SCHEMA parts;
COMMENT ON SCHEMA parts IS 'Windows of core.sample: made ahead and dropped by upkeep.';

ALTER TABLE core.sample RENAME TO sample_before;
ALTER INDEX core.sample_pkey RENAME TO sample_before_pkey;
CREATE TABLE core.sample (
    shingle bigint NOT NULL,
    at timestamptz NOT NULL,
    article_id bigint NOT NULL,
    PRIMARY KEY (shingle, at, article_id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE core.sample IS 'The rare shingles of a text by which candidates are found: articles that share two of them are compared. In windows of thirty days; old windows are dropped.';
COMMENT ON COLUMN core.sample.shingle IS 'Hash of a few consecutive words.';
COMMENT ON COLUMN core.sample.at IS 'When the article was first seen.';
COMMENT ON COLUMN core.sample.article_id IS 'The article that has it. No foreign key: 32 checks an article, for rows that nobody joins but by id.';
CREATE TABLE parts.sample_rest PARTITION OF core.sample DEFAULT WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
COMMENT ON TABLE parts.sample_rest IS 'Rows of times for which no window has been made.';

-- A window is vacuumed early: candidates are read from its index alone.
CREATE FUNCTION core.turn_samples(now timestamptz, keep interval, ahead interval) RETURNS TABLE (made integer, dropped integer)
LANGUAGE plpgsql AS $$
DECLARE
    width CONSTANT interval := '30 days';
    origin CONSTANT timestamptz := '2000-01-01Z';
    edge timestamptz := date_bin(width, now, origin);  -- few windows: each look for a shingle reads a page of each
    name text;
BEGIN
    made := 0;
    dropped := 0;
    WHILE edge <= now + ahead LOOP
        name := 'sample_' || to_char(edge AT TIME ZONE 'UTC', 'YYYYMMDD');
        IF to_regclass('parts.' || name) IS NULL THEN
            EXECUTE format('CREATE TABLE parts.%I (LIKE core.sample INCLUDING ALL) WITH (autovacuum_vacuum_insert_scale_factor = 0.05)', name);
            EXECUTE format('COMMENT ON TABLE parts.%I IS %L', name, format('Samples of articles first seen from %s on, for thirty days.', edge::date));
            EXECUTE format('WITH moved AS (DELETE FROM parts.sample_rest WHERE at >= %L AND at < %L RETURNING *)
                INSERT INTO parts.%I SELECT * FROM moved', edge, edge + width, name);
            EXECUTE format('ALTER TABLE core.sample ATTACH PARTITION parts.%I FOR VALUES FROM (%L) TO (%L)', name, edge, edge + width);
            made := made + 1;
        END IF;
        edge := edge + width;
    END LOOP;
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'parts'::regnamespace AND relkind = 'r' AND relname ~ '^sample_[0-9]{8}$'
            AND (to_date(right(relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC') + width <= now - keep
        ORDER BY relname
    LOOP
        EXECUTE format('DROP TABLE parts.%I', name);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM parts.sample_rest WHERE at < now - keep;
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION core.turn_samples IS 'Make the windows of samples from now to so far ahead, and drop those that ended so long ago.';

SELECT core.turn_samples(now(), '70 days', '30 days');
INSERT INTO core.sample SELECT shingle, at, article_id FROM core.sample_before;
DROP TABLE core.sample_before;

CREATE TABLE core.decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what text NOT NULL CHECK (what IN ('must_link', 'cannot_link', 'set_canonical', 'set_agency')),
    article_id bigint NOT NULL REFERENCES core.article,
    other_id bigint REFERENCES core.article,
    agency text REFERENCES core.agency,
    who core.plain NOT NULL CHECK (who <> ''),
    why core.plain NOT NULL CHECK (why <> ''),
    at core.moment NOT NULL,
    withdrawn_at core.moment,
    withdrawn_by core.plain,
    withdrawn_why core.plain,
    CONSTRAINT two_articles_in_order CHECK (CASE WHEN what IN ('must_link', 'cannot_link') THEN other_id > article_id ELSE other_id IS NULL END),
    CONSTRAINT agency_where_it_is_set CHECK (what = 'set_agency' OR agency IS NULL),
    CONSTRAINT withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_why IS NULL))
);
CREATE UNIQUE INDEX decision_on_a_pair ON core.decision (article_id, other_id) WHERE withdrawn_at IS NULL AND other_id IS NOT NULL;
CREATE UNIQUE INDEX decision_on_one ON core.decision (article_id, what) WHERE withdrawn_at IS NULL AND other_id IS NULL;
CREATE INDEX ON core.decision (article_id);
CREATE INDEX ON core.decision (other_id);
CREATE INDEX ON core.decision (agency);
COMMENT ON TABLE core.decision IS 'A person''s word on articles. It holds for whatever story they are in, whenever stories are made anew, until it is withdrawn.';
COMMENT ON COLUMN core.decision.decision_id IS 'Identity.';
COMMENT ON COLUMN core.decision.what IS 'must_link (both in one story); cannot_link (never in one story); set_canonical (it stands for its story); set_agency (whose text its story is).';
COMMENT ON COLUMN core.decision.article_id IS 'The article; of two, the one with the lower id.';
COMMENT ON COLUMN core.decision.other_id IS 'The other article, where the word is on two.';
COMMENT ON COLUMN core.decision.agency IS 'Of set_agency: the agency; null: no agency''s.';
COMMENT ON COLUMN core.decision.who IS 'Who decided.';
COMMENT ON COLUMN core.decision.why IS 'Why.';
COMMENT ON COLUMN core.decision.at IS 'When.';
COMMENT ON COLUMN core.decision.withdrawn_at IS 'When it was withdrawn; null: it holds.';
COMMENT ON COLUMN core.decision.withdrawn_by IS 'By whom.';
COMMENT ON COLUMN core.decision.withdrawn_why IS 'And why.';

ALTER TABLE core.story_event
    ADD why core.plain NOT NULL DEFAULT '',
    DROP CONSTRAINT story_event_what_check,
    ADD CONSTRAINT story_event_what_check CHECK (what IN ('created', 'canonical', 'merged', 'agency')),
    ADD from_agency text REFERENCES core.agency,
    ADD to_agency text REFERENCES core.agency;
CREATE INDEX ON core.story_event (from_agency);
CREATE INDEX ON core.story_event (to_agency);
COMMENT ON TABLE core.story_event IS 'What became of a story: no canonical article changes without a row here; a trigger refuses it.';
COMMENT ON COLUMN core.story_event.what IS 'created; canonical (another article became canonical); merged (into another story); agency (it is another''s text).';
COMMENT ON COLUMN core.story_event.why IS 'The reason, for people: the point of the rule that decided, or the decision.';
COMMENT ON COLUMN core.story_event.from_agency IS 'The agency before, where that changed.';
COMMENT ON COLUMN core.story_event.to_agency IS 'The agency after.';

-- No canonical article changes without an event that says so.
CREATE FUNCTION core.check_canonical_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
BEGIN
    SELECT to_article_id INTO last FROM core.story_event
    WHERE story_id = NEW.story_id AND what IN ('created', 'canonical') ORDER BY event_id DESC LIMIT 1;
    IF last IS DISTINCT FROM (SELECT canonical_id FROM core.story WHERE story_id = NEW.story_id AND merged_into IS NULL)
        AND EXISTS (SELECT FROM core.story WHERE story_id = NEW.story_id AND merged_into IS NULL) THEN
        RAISE integrity_constraint_violation
            USING MESSAGE = format('story %s: its canonical article changes without an event that says so', NEW.story_id);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION core.check_canonical_event IS 'Refuse, at commit, a canonical article that is not the one of the story''s last event.';
CREATE CONSTRAINT TRIGGER canonical_is_logged AFTER UPDATE OF canonical_id ON core.story
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.canonical_id IS DISTINCT FROM NEW.canonical_id)
    EXECUTE FUNCTION core.check_canonical_event();

-- Why two articles are one story, or are not.
CREATE FUNCTION core.words(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(word[1] ORDER BY place), '{}') FROM regexp_matches(
        regexp_replace(regexp_replace(regexp_replace(said, '%', ' percent', 'g'),
            ' (per cent|pour cent|por ciento|por cento|per cento|pct)', ' percent', 'g'), '(\d)[.,](?=\d)', '\1_', 'g'),
        '[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+',
        'g') WITH ORDINALITY AS found (word, place)
$$;
COMMENT ON FUNCTION core.words IS 'The words of a text by which the offsets of core.match.passages count, near enough to show them.';

CREATE FUNCTION core.path(one bigint, other bigint) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    reached bigint[] := ARRAY[one];
    back integer[] := ARRAY[0];
    found bigint[];
    place integer := 1;
    near bigint;
BEGIN
    WHILE place <= cardinality(reached) AND NOT other = ANY (reached) LOOP
        FOR near IN
            SELECT right_id FROM core.match JOIN core.story_article ON article_id = right_id
            WHERE left_id = reached[place] AND level IN ('strict', 'normal') AND story_id = (SELECT story_id FROM core.story_article WHERE article_id = one)
            UNION SELECT left_id FROM core.match JOIN core.story_article ON article_id = left_id
            WHERE right_id = reached[place] AND level IN ('strict', 'normal') AND story_id = (SELECT story_id FROM core.story_article WHERE article_id = one)
            UNION SELECT other_id FROM core.decision WHERE article_id = reached[place] AND what = 'must_link' AND withdrawn_at IS NULL
            UNION SELECT article_id FROM core.decision WHERE other_id = reached[place] AND what = 'must_link' AND withdrawn_at IS NULL
            ORDER BY 1
        LOOP
            IF NOT near = ANY (reached) THEN
                reached := reached || near;
                back := back || place;
            END IF;
        END LOOP;
        place := place + 1;
    END LOOP;
    place := array_position(reached, other);
    WHILE place > 0 LOOP
        found := reached[place] || found;
        place := back[place];
    END LOOP;
    RETURN found;
END $$;
COMMENT ON FUNCTION core.path IS 'The shortest way from one article to another through matches of one story and people''s decisions; null: there is none.';

CREATE FUNCTION mart.why(a bigint, b bigint) RETURNS TABLE (
    a_url text, b_url text, a_story_id bigint, b_story_id bigint, one_story boolean, level text, strict boolean, normal boolean, loose boolean,
    a_in_b double precision, b_in_a double precision, a_own double precision, b_own double precision, shared integer, longest integer,
    lead double precision, told double precision, differing double precision, passages text[], path text[], decisions text[], says text
) LANGUAGE sql STABLE AS $$
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
COMMENT ON FUNCTION mart.why(bigint, bigint) IS 'Why two articles are one story, or are not: one row, seen from the first article. kept of a story is a_in_b where a is its origin.';
CREATE INDEX ON core.article USING hash (url);
CREATE INDEX ON core.alias USING hash (url);
CREATE FUNCTION mart.article_at(address text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT article_id FROM core.article WHERE url = address UNION ALL SELECT article_id FROM core.alias WHERE url = address LIMIT 1
$$;
COMMENT ON FUNCTION mart.article_at IS 'The article at an address, as mart.article.url has it; null: none.';
CREATE FUNCTION mart.why(a text, b text) RETURNS TABLE (
    a_url text, b_url text, a_story_id bigint, b_story_id bigint, one_story boolean, level text, strict boolean, normal boolean, loose boolean,
    a_in_b double precision, b_in_a double precision, a_own double precision, b_own double precision, shared integer, longest integer,
    lead double precision, told double precision, differing double precision, passages text[], path text[], decisions text[], says text
) LANGUAGE sql STABLE AS $$ SELECT * FROM mart.why(mart.article_at(a), mart.article_at(b)) $$;
COMMENT ON FUNCTION mart.why(text, text) IS 'The same by addresses.';
