-- One writer tells which stories are about one happening, what is on top, and what is picked.

-- name: lock
-- Telling the events of a hundred thousand stories takes minutes between two statements, longer than a connection may be idle else.
SELECT pg_try_advisory_xact_lock(7006) FROM set_config('idle_in_transaction_session_timeout', '20min', true);

-- name: wait
SELECT pg_advisory_xact_lock(7007);

-- name: unsketched
-- Stories that begin in the window, or those that are named, however old they are.
SELECT reach.story_id AS story, reach.first_at AS at, newest.text_sha, newest.language, newest.headline,
    concat_ws(E'\n\n', nullif(newest.standfirst, ''), left(newest.text, 5000)) AS text
FROM core.reach
    JOIN core.story USING (story_id)
    JOIN core.article ON article.article_id = story.canonical_id
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
WHERE (%(stories)s::bigint[] IS NULL AND reach.last_at > %(since)s AND reach.first_at > %(since)s OR reach.story_id = ANY (%(stories)s::bigint[]))
    AND NOT newest.flags && %(several)s::text[]
    AND NOT EXISTS (
        SELECT FROM core.sketch WHERE sketch.story_id = reach.story_id AND sketch.version = %(version)s
            AND sketch.text_sha = newest.text_sha AND sketch.at = reach.first_at
    )
ORDER BY reach.first_at, reach.story_id LIMIT %(limit)s;

-- name: keep_sketches
INSERT INTO core.sketch (story_id, version, text_sha, at, language, terms, counts, shown, about, phrases)
SELECT story, %(version)s, decode(text_sha, 'hex'), at, language, terms, counts, shown, about, phrases
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (story bigint, text_sha text, at timestamptz, language text, terms text[], counts real[],
    shown text[], about text[], phrases bigint[])
ON CONFLICT (story_id) DO UPDATE SET version = excluded.version, text_sha = excluded.text_sha, at = excluded.at, language = excluded.language,
    terms = excluded.terms, counts = excluded.counts, shown = excluded.shown, about = excluded.about, phrases = excluded.phrases;

-- name: sketches
SELECT story_id AS story, at, language, terms, counts, shown, about, phrases
FROM core.sketch JOIN core.story USING (story_id)
WHERE merged_into IS NULL AND version = %(version)s AND (at > %(since)s OR story_id = ANY (%(also)s::bigint[]))
ORDER BY at, story_id;

-- name: hold
SELECT pg_advisory_xact_lock(7006);

-- name: words
-- What people have said about the events of stories, as these are now.
SELECT what, mine.story_id AS story, yours.story_id AS other
FROM core.decision JOIN core.story_article AS mine USING (article_id) JOIN core.story_article AS yours ON yours.article_id = other_id
WHERE what IN ('one_event', 'two_events') AND withdrawn_at IS NULL AND mine.story_id <> yours.story_id
ORDER BY decision_id;

-- name: mates
-- Those of which something was said, and the others of their events.
SELECT unnest(%(stories)s::bigint[]) AS story_id
UNION SELECT other.story_id FROM core.event_story AS mine JOIN core.event_story AS other USING (event_id)
WHERE mine.story_id = ANY (%(stories)s::bigint[])
ORDER BY story_id;

-- name: of_pair
-- Two articles: their stories, and the events of these.
SELECT mine.story_id, yours.story_id AS other_id, one.event_id, other.event_id AS other_event_id
FROM core.story_article AS mine CROSS JOIN core.story_article AS yours
    LEFT JOIN core.event_story AS one ON one.story_id = mine.story_id LEFT JOIN core.event_story AS other ON other.story_id = yours.story_id
WHERE mine.article_id = %(article_id)s AND yours.article_id = %(other_id)s;

-- name: hindered
-- What keeps a story out of every event, if anything does.
SELECT article.url, CASE WHEN sketch.story_id IS NOT NULL THEN 'nothing' WHEN newest.flags && %(several)s::text[] THEN 'several' ELSE 'uncounted' END AS why
FROM core.story JOIN core.article ON article.article_id = story.canonical_id
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    LEFT JOIN core.sketch USING (story_id)
WHERE story_id = ANY (%(stories)s::bigint[]) ORDER BY story_id;

-- name: stands_for
-- The article that speaks for an event beside another article: its lead's, unless that is of the other's story.
SELECT story.canonical_id AS article_id FROM core.event JOIN core.event_story ON event_story.event_id = coalesce(event.merged_into, event.event_id)
    JOIN core.story AS member USING (story_id) JOIN core.story ON story.story_id = coalesce(member.merged_into, member.story_id)
    LEFT JOIN core.event AS now ON now.event_id = event_story.event_id
WHERE event.event_id = %(event_id)s
    AND NOT EXISTS (SELECT FROM core.story_article WHERE article_id = %(beside)s AND story_article.story_id = story.story_id)
ORDER BY member.story_id = now.lead_id DESC, likeness DESC, member.story_id LIMIT 1;

-- name: withdraw
UPDATE core.decision SET withdrawn_at = %(at)s, withdrawn_by = %(who)s, withdrawn_why = %(why)s
WHERE decision_id = %(decision_id)s AND what IN ('one_event', 'two_events') AND withdrawn_at IS NULL RETURNING article_id, other_id;

-- name: members
SELECT story_id FROM core.story_article WHERE article_id = ANY (%(articles)s::bigint[]) ORDER BY story_id;

-- name: figures
SELECT event_id, stories, articles FROM core.event_reach WHERE event_id = ANY (%(events)s::bigint[]) AND stories > 1 ORDER BY event_id;

-- name: merged_stories
SELECT story_id, story.merged_into FROM core.event_story JOIN core.story USING (story_id) WHERE story.merged_into IS NOT NULL ORDER BY story_id;

-- name: standing
SELECT story_id, event_id FROM core.event_story
WHERE event_id IN (SELECT event_id FROM core.event_story WHERE story_id = ANY (%(stories)s::bigint[]))
ORDER BY story_id;

-- name: open_events
INSERT INTO core.event (lead_id, created_at, changed_at)
SELECT lead_id, %(at)s, %(at)s FROM unnest(%(lead_id)s::bigint[]) WITH ORDINALITY AS new (lead_id, place) ORDER BY place
RETURNING event_id;

-- name: close_events
UPDATE core.event SET
    lead_id = CASE WHEN event.event_id = old.event_id THEN NULL ELSE lead_id END,
    merged_into = old.into,
    changed_at = CASE WHEN event.event_id = old.event_id THEN %(at)s ELSE changed_at END
FROM unnest(%(event_id)s::bigint[], %(into)s::bigint[]) AS old (event_id, "into")
WHERE event.event_id = old.event_id OR event.merged_into = old.event_id;  -- whoever was led to it is led on

-- name: follow_events
UPDATE core.event_story SET event_id = old.into, joined_at = %(at)s
FROM unnest(%(event_id)s::bigint[], %(into)s::bigint[]) AS old (event_id, "into") WHERE event_story.event_id = old.event_id;

-- name: change_events
UPDATE core.event SET lead_id = new.lead_id, changed_at = %(at)s
FROM unnest(%(event_id)s::bigint[], %(lead_id)s::bigint[]) AS new (event_id, lead_id) WHERE event.event_id = new.event_id;

-- name: leave
DELETE FROM core.event_story WHERE story_id = ANY (%(stories)s::bigint[]);

-- name: inherit
-- A story that was merged into one of which nothing is told any more, and which is in no event, hands on its place.
WITH heir AS (
    SELECT DISTINCT ON ("into") story_id, "into"
    FROM unnest(%(stories)s::bigint[], %(into)s::bigint[]) AS merged (story_id, "into") JOIN core.event_story USING (story_id)
    WHERE NOT EXISTS (SELECT FROM core.event_story AS mine WHERE mine.story_id = merged."into")
    ORDER BY "into", story_id
), lead AS (
    UPDATE core.event SET lead_id = "into" FROM heir WHERE lead_id = heir.story_id
)
UPDATE core.event_story SET story_id = "into" FROM heir WHERE event_story.story_id = heir.story_id;

-- name: mend_leads
-- An event whose lead has left it is stood for by the story most like its others.
UPDATE core.event SET lead_id = likest.story_id, changed_at = %(at)s
FROM (
    SELECT DISTINCT ON (event_id) event_id, story_id FROM core.event_story WHERE event_id = ANY (%(events)s::bigint[])
    ORDER BY event_id, likeness DESC, story_id
) AS likest
WHERE event.event_id = likest.event_id AND merged_into IS NULL
    AND NOT EXISTS (SELECT FROM core.event_story AS member WHERE member.event_id = event.event_id AND member.story_id = event.lead_id);

-- name: join
INSERT INTO core.event_story AS mine (story_id, event_id, likeness, because, joined_at)
SELECT story, event_id, likeness, because, %(at)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (story bigint, event_id bigint, likeness float8, because text[])
ON CONFLICT (story_id) DO UPDATE SET event_id = excluded.event_id, likeness = excluded.likeness, because = excluded.because,
    joined_at = CASE WHEN mine.event_id = excluded.event_id THEN mine.joined_at ELSE excluded.joined_at END
WHERE (mine.event_id, mine.likeness, mine.because) IS DISTINCT FROM (excluded.event_id, excluded.likeness, excluded.because);

-- name: unreach
DELETE FROM core.event_reach WHERE event_id = ANY (%(events)s::bigint[]);

-- name: reach
INSERT INTO core.event_reach
SELECT event_id, count(DISTINCT story_id), count(DISTINCT coalesce(agency, owner)) FILTER (WHERE relation = 'origin'), count(*),
    count(DISTINCT title_id), count(DISTINCT owner), count(DISTINCT country), array_agg(DISTINCT coverage.language), min(happened_at),
    max(happened_at), min((SELECT min(best_rank) FROM core.sighting WHERE sighting.article_id = coverage.article_id))
FROM core.event_story JOIN core.event USING (event_id) JOIN core.coverage USING (story_id)
WHERE event_id = ANY (%(events)s::bigint[]) AND merged_into IS NULL GROUP BY event_id;

-- name: happenings
WITH live AS MATERIALIZED (
    SELECT reach.story_id, now_id, coalesce(theirs.event_id, mine.event_id) AS event_id, coalesce(theirs.event_id, mine.event_id, -now_id) AS happening
    FROM core.reach JOIN core.story USING (story_id)
        CROSS JOIN LATERAL (SELECT coalesce(merged_into, story_id) AS now_id) AS merged  -- since it was counted
        LEFT JOIN core.event_story AS mine ON mine.story_id = reach.story_id LEFT JOIN core.event_story AS theirs ON theirs.story_id = now_id
    WHERE last_at > %(since)s AND last_at <= %(at)s
), ran AS MATERIALIZED (
    SELECT happening, event_id, live.story_id, now_id, coverage.owner, country, title_id, happened_at, relation, agency,
        (SELECT min(best_rank) FROM core.sighting WHERE sighting.article_id = coverage.article_id) AS best_rank
    FROM live JOIN core.coverage USING (story_id) WHERE happened_at <= %(at)s
), given AS (
    SELECT happening, sum(1.0 / best) AS prominence, count(*) FILTER (WHERE lately) AS owners_lately, count(*) FILTER (WHERE before) AS owners_before
    FROM (
        SELECT happening, owner, min(best_rank) AS best, bool_or(happened_at > %(lately)s) AS lately,
            bool_or(happened_at > %(before)s AND happened_at <= %(lately)s) AS before
        FROM ran GROUP BY happening, owner
    ) AS voice GROUP BY happening
), figures AS (
    SELECT happening, min(event_id) AS event_id, min(story_id) AS first_id, count(DISTINCT now_id) AS stories,
        count(DISTINCT coalesce(agency, owner)) FILTER (WHERE relation = 'origin') AS sources, count(*) AS articles,
        count(DISTINCT title_id) AS titles, count(DISTINCT owner) AS owners, count(DISTINCT country) AS countries, min(best_rank) AS best_rank,
        (extract(epoch FROM %(at)s::timestamptz - max(happened_at)) / 3600)::float8 AS hours
    FROM ran GROUP BY happening
)
SELECT lead.story_id, figures.event_id, stories, sources, articles, titles, owners, countries, best_rank,
    coalesce(prominence, 0)::float8 AS prominence, owners_lately, owners_before, hours, origin.section, origin.owner
FROM figures JOIN given USING (happening)
    LEFT JOIN core.event ON event.event_id = figures.event_id
        AND EXISTS (SELECT FROM core.coverage WHERE coverage.story_id = lead_id)  -- which has none while it was merged and is not counted anew
    CROSS JOIN LATERAL (SELECT coalesce(event.lead_id, figures.first_id) AS story_id) AS lead
    JOIN core.coverage AS origin ON origin.story_id = lead.story_id AND origin.relation = 'origin'
ORDER BY lead.story_id;

-- name: put_top
INSERT INTO core.top_story
SELECT %(at)s, place, story_id, event_id, stories, sources, articles, titles, owners, countries, best_rank, owners_lately, owners_before, hours,
    sources_part, owners_part, countries_part, rank_part, growth_part, age_part, score
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (place integer, story_id bigint, event_id bigint, stories integer, sources integer, articles integer,
    titles integer, owners integer, countries integer, best_rank integer, owners_lately integer, owners_before integer, hours float8,
    sources_part float8, owners_part float8, countries_part float8, rank_part float8, growth_part float8, age_part float8, score float8);

-- name: wishes
SELECT decision_id, mine.story_id, member.event_id, origin.section, coalesce(origin.owner, title.owner) AS owner, who, why
FROM core.decision JOIN core.story_article AS mine USING (article_id) JOIN core.article USING (article_id) JOIN core.title USING (title_id)
    LEFT JOIN core.event_story AS member ON member.story_id = mine.story_id
    LEFT JOIN core.coverage AS origin ON origin.story_id = mine.story_id AND origin.relation = 'origin'
WHERE what = 'pick' AND withdrawn_at IS NULL AND decision.until > %(at)s
ORDER BY decision.at DESC, decision_id DESC;

-- name: put_picks
INSERT INTO core.pick (at, place, story_id, event_id, decision_id, section, owner, why)
SELECT %(at)s, place, story_id, event_id, decision_id, section, owner, why
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (place integer, story_id bigint, event_id bigint, decision_id bigint, section text, owner text, why text);

-- name: clear_top
DELETE FROM core.top_story WHERE at >= %(at)s OR at < %(before)s;  -- a later one is of a clock that was wrong

-- name: clear_picks
DELETE FROM core.pick WHERE at >= %(at)s OR at < %(before)s;

-- name: prune_sketches
DELETE FROM core.sketch WHERE at < %(before)s;

-- name: picked
SELECT decision_id, who, until FROM core.decision
WHERE what = 'pick' AND withdrawn_at IS NULL AND article_id = %(article_id)s;

-- name: picked_story
-- Picks that hold, on any article of the story that an article is in.
SELECT decision_id FROM core.decision JOIN core.story_article USING (article_id)
WHERE what = 'pick' AND withdrawn_at IS NULL AND story_id = (SELECT story_id FROM core.story_article WHERE article_id = %(article_id)s)
ORDER BY decision_id;

-- name: pick
INSERT INTO core.decision (what, article_id, who, why, at, until)
VALUES ('pick', %(article_id)s, %(who)s, %(why)s, %(at)s, %(until)s) RETURNING decision_id;

-- name: unpick
UPDATE core.decision SET withdrawn_at = %(at)s, withdrawn_by = %(who)s, withdrawn_why = %(why)s
WHERE decision_id = %(decision_id)s AND what = 'pick' AND withdrawn_at IS NULL;
