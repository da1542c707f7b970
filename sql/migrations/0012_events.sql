-- From stories to events: what is kept of a story's text to find the others about the same happening, the events, what is on top, what is picked.

CREATE TABLE core.sketch (
    story_id bigint PRIMARY KEY REFERENCES core.story,
    version integer NOT NULL,
    text_sha core.sha256 NOT NULL,
    at core.moment NOT NULL,
    language text NOT NULL,
    terms text[] NOT NULL,
    counts real[] NOT NULL CHECK (cardinality(counts) = cardinality(terms)),
    shown text[] NOT NULL CHECK (cardinality(shown) = cardinality(terms)),
    about text[] NOT NULL,
    phrases bigint[] NOT NULL
);
CREATE INDEX sketch_by_time ON core.sketch (at);
COMMENT ON TABLE core.sketch IS 'What is kept of a story''s text to find the others about the same happening; for two weeks.';
COMMENT ON COLUMN core.sketch.story_id IS 'The story.';
COMMENT ON COLUMN core.sketch.version IS 'Version of pipeline/events/sketches.py: only equal ones are compared.';
COMMENT ON COLUMN core.sketch.text_sha IS 'What was read: core.article_version.text_sha of the canonical article.';
COMMENT ON COLUMN core.sketch.at IS 'When the story''s first article appeared.';
COMMENT ON COLUMN core.sketch.language IS 'Language of the text.';
COMMENT ON COLUMN core.sketch.terms IS 'Names (@serrano), numbers (#43) and words (their first letters) of headline and beginning, the commonest in the text first.';
COMMENT ON COLUMN core.sketch.counts IS 'Of each term: how often it stands there; headline and lead count for more.';
COMMENT ON COLUMN core.sketch.shown IS 'Of each term: how it is printed.';
COMMENT ON COLUMN core.sketch.about IS 'Names and numbers of headline and lead: what the story is about.';
COMMENT ON COLUMN core.sketch.phrases IS 'The lowest hashes of its runs of plain words: texts of one form with other names share them.';

CREATE TABLE core.event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id bigint REFERENCES core.story,
    merged_into bigint REFERENCES core.event,
    created_at core.moment NOT NULL,
    changed_at core.moment NOT NULL,
    CONSTRAINT live_or_merged CHECK ((lead_id IS NULL) = (merged_into IS NOT NULL)),
    CHECK (merged_into <> event_id)
);
CREATE INDEX ON core.event (lead_id);
CREATE INDEX ON core.event (merged_into);
COMMENT ON TABLE core.event IS 'What happened: several independent stories about it.';
COMMENT ON COLUMN core.event.event_id IS 'Identity; it stays, also when the event is merged into another.';
COMMENT ON COLUMN core.event.lead_id IS 'The story most like all others: it stands for the event. Null once merged.';
COMMENT ON COLUMN core.event.merged_into IS 'The event in which its stories are now.';
COMMENT ON COLUMN core.event.created_at IS 'When it came to be.';
COMMENT ON COLUMN core.event.changed_at IS 'When its stories or its lead last changed.';

CREATE TABLE core.event_story (
    story_id bigint PRIMARY KEY REFERENCES core.story,
    event_id bigint NOT NULL REFERENCES core.event,
    likeness core.share NOT NULL,
    because text[] NOT NULL,
    joined_at core.moment NOT NULL
);
CREATE INDEX event_story_of_event ON core.event_story (event_id);
COMMENT ON TABLE core.event_story IS 'A story in its event. A story that nothing else is about has no row.';
COMMENT ON COLUMN core.event_story.story_id IS 'The story.';
COMMENT ON COLUMN core.event_story.event_id IS 'Its event.';
COMMENT ON COLUMN core.event_story.likeness IS 'To the event''s other stories, their mean.';
COMMENT ON COLUMN core.event_story.because IS 'What it shares with them, as it prints it: names first, what is rarest first.';
COMMENT ON COLUMN core.event_story.joined_at IS 'When it was put into this event.';

CREATE TABLE core.event_reach (
    event_id bigint PRIMARY KEY,
    stories integer NOT NULL,
    sources integer NOT NULL,
    articles integer NOT NULL,
    titles integer NOT NULL,
    owners integer NOT NULL,
    countries integer NOT NULL,
    languages text[] NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    best_rank integer
);
CREATE INDEX event_reach_by_time ON core.event_reach (last_at);
COMMENT ON TABLE core.event_reach IS 'A live event in figures: kept by events. They follow from the facts, so they have no foreign keys.';
COMMENT ON COLUMN core.event_reach.event_id IS 'The event.';
COMMENT ON COLUMN core.event_reach.stories IS 'Independent stories about it.';
COMMENT ON COLUMN core.event_reach.sources IS 'Who these are by: agencies, and owners that have a text of their own.';
COMMENT ON COLUMN core.event_reach.articles IS 'Articles that run them.';
COMMENT ON COLUMN core.event_reach.titles IS 'Titles of these articles.';
COMMENT ON COLUMN core.event_reach.owners IS 'Owners of these titles.';
COMMENT ON COLUMN core.event_reach.countries IS 'Countries of these titles.';
COMMENT ON COLUMN core.event_reach.languages IS 'Languages of the articles, in alphabetical order.';
COMMENT ON COLUMN core.event_reach.first_at IS 'When the first article appeared.';
COMMENT ON COLUMN core.event_reach.last_at IS 'When the last one appeared.';
COMMENT ON COLUMN core.event_reach.best_rank IS 'The highest place that any feed gave one; 1 is the top.';

CREATE TABLE core.top_story (
    at core.moment NOT NULL,
    place integer NOT NULL CHECK (place > 0),
    story_id bigint NOT NULL,
    event_id bigint,
    stories integer NOT NULL,
    sources integer NOT NULL,
    articles integer NOT NULL,
    titles integer NOT NULL,
    owners integer NOT NULL,
    countries integer NOT NULL,
    best_rank integer,
    owners_lately integer NOT NULL,
    owners_before integer NOT NULL,
    hours double precision NOT NULL,
    sources_part double precision NOT NULL,
    owners_part double precision NOT NULL,
    countries_part double precision NOT NULL,
    rank_part double precision NOT NULL,
    growth_part double precision NOT NULL,
    age_part double precision NOT NULL,
    score double precision NOT NULL,
    PRIMARY KEY (at, place)
);
COMMENT ON TABLE core.top_story IS 'What was on top at a moment, an event or a story that stands alone, with the parts of its score; kept by events for thirty days.';
COMMENT ON COLUMN core.top_story.at IS 'The moment.';
COMMENT ON COLUMN core.top_story.place IS '1 is the top.';
COMMENT ON COLUMN core.top_story.story_id IS 'The story; of an event, the one that stands for it.';
COMMENT ON COLUMN core.top_story.event_id IS 'The event; null: the story stood alone.';
COMMENT ON COLUMN core.top_story.stories IS 'Independent stories about it.';
COMMENT ON COLUMN core.top_story.sources IS 'Who these are by: agencies, and owners that have a text of their own.';
COMMENT ON COLUMN core.top_story.articles IS 'Articles that ran them.';
COMMENT ON COLUMN core.top_story.titles IS 'Titles of these articles.';
COMMENT ON COLUMN core.top_story.owners IS 'Their owners.';
COMMENT ON COLUMN core.top_story.countries IS 'Their countries.';
COMMENT ON COLUMN core.top_story.best_rank IS 'The highest place that a feed gave it; 1 is the top.';
COMMENT ON COLUMN core.top_story.owners_lately IS 'Owners whose titles ran it in the last three hours.';
COMMENT ON COLUMN core.top_story.owners_before IS 'Owners whose titles ran it in the three hours before.';
COMMENT ON COLUMN core.top_story.hours IS 'Hours since its last article.';
COMMENT ON COLUMN core.top_story.sources_part IS 'Part of the score: 2 x log2(1 + sources).';
COMMENT ON COLUMN core.top_story.owners_part IS 'Part of the score: log2(1 + owners).';
COMMENT ON COLUMN core.top_story.countries_part IS 'Part of the score: log2(countries) / 2.';
COMMENT ON COLUMN core.top_story.rank_part IS 'Part of the score: log2(1 + the sum over owners of 1 / the best place that their feeds gave it).';
COMMENT ON COLUMN core.top_story.growth_part IS 'Part of the score: log2 of (1 + owners lately) / (1 + owners before), 0 to 2.';
COMMENT ON COLUMN core.top_story.age_part IS 'Factor of the score: it halves in 6 hours since the last article.';
COMMENT ON COLUMN core.top_story.score IS '(sources_part + owners_part + countries_part + rank_part + growth_part) x age_part.';

CREATE TABLE core.pick (
    at core.moment NOT NULL,
    place integer NOT NULL CHECK (place > 0),
    story_id bigint NOT NULL,
    event_id bigint,
    decision_id bigint REFERENCES core.decision,
    section text NOT NULL,
    owner text NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (at, place)
);
CREATE INDEX ON core.pick (decision_id);
COMMENT ON TABLE core.pick IS 'What was picked at a moment, people''s picks first; kept by events for thirty days.';
COMMENT ON COLUMN core.pick.at IS 'The moment.';
COMMENT ON COLUMN core.pick.place IS 'In the list, from 1.';
COMMENT ON COLUMN core.pick.story_id IS 'The story.';
COMMENT ON COLUMN core.pick.event_id IS 'Its event; null: it stood alone.';
COMMENT ON COLUMN core.pick.decision_id IS 'The person''s word; null: picked by rule.';
COMMENT ON COLUMN core.pick.section IS 'Section by which the picks are mixed (pipeline/events/sections.toml); empty: none is known.';
COMMENT ON COLUMN core.pick.owner IS 'Owner of the title of its canonical article.';
COMMENT ON COLUMN core.pick.why IS 'Why: who picked it and for what reason, or its place on top and what it brings to the list.';

-- People may pick, for a while.
ALTER TABLE core.decision DROP CONSTRAINT decision_what_check,
    ADD CONSTRAINT decision_what_check CHECK (what IN ('must_link', 'cannot_link', 'set_canonical', 'set_agency', 'pick')),
    ADD until core.moment,
    ADD CONSTRAINT only_picks_end CHECK ((what = 'pick') = (until IS NOT NULL));
COMMENT ON COLUMN core.decision.what IS 'must_link (both in one story); cannot_link (never in one story); set_canonical (it stands for its story); set_agency (whose text its story is); pick (its story is one of our picks).';
COMMENT ON COLUMN core.decision.until IS 'Of pick: how long.';

-- Related stories: those of its event first, then those that share rare names within a day and a half.
DROP FUNCTION mart.related(bigint, integer);
CREATE FUNCTION mart.related(story bigint, most integer DEFAULT 10)
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
BEGIN
    SELECT * INTO mine FROM core.fulltext AS f
    WHERE f.article_id = (SELECT s.canonical_id FROM core.story AS s WHERE s.story_id = related.story);
    SELECT e.event_id INTO ours FROM core.event_story AS e WHERE e.story_id = related.story;
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
COMMENT ON FUNCTION mart.related IS 'Other stories that have to do with one, with the reason: those of the same event first (their score is 10 higher), then those within a day and a half that share names with it, rare ones first; because: what they share. Copies are not related: they are the story.';
REVOKE EXECUTE ON FUNCTION mart.related(bigint, integer) FROM PUBLIC;
