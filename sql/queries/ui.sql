-- What the pages within Airflow's UI show, and what their buttons do. Each page reads a window of time or a page of rows, never a whole table.

-- name: begin
-- A page only reads, and rather says that it is late than keep a connection.
SELECT set_config('transaction_read_only', 'on', true), set_config('statement_timeout', '5s', true);

-- name: editions
-- The last edition of each hour, after the last one before these hours: what they changed is counted from that.
(SELECT at, articles, stories, copies, refused, pending FROM ops.edition WHERE at <= %(since)s ORDER BY at DESC, edition_id DESC LIMIT 1)
UNION ALL
(SELECT DISTINCT ON (date_trunc('hour', at)) at, articles, stories, copies, refused, pending
 FROM ops.edition WHERE at > %(since)s AND at <= %(now)s ORDER BY date_trunc('hour', at), at DESC, edition_id DESC);

-- name: last_edition
SELECT at, articles, stories, copies, refused, pending FROM ops.edition ORDER BY at DESC LIMIT 1;

-- name: polls_by_hour
-- date_trunc would ask for the session's time zone at each row, and took half as long again.
SELECT date_bin('1 hour', at, '2000-01-01Z') AS hour, count(*) AS polls, count(*) FILTER (WHERE reason IS NOT NULL) AS failed,
    count(*) FILTER (WHERE unchanged) AS unchanged, sum(seen) AS seen, sum(new) AS new, sum(refused) AS refused
FROM ops.poll WHERE at > %(since)s AND at <= %(now)s GROUP BY hour ORDER BY hour;

-- name: feeds_by_health
SELECT count(*) FILTER (WHERE NOT paused AND state = 'active' AND failures = 0 AND polled_at IS NOT NULL) AS well,
    count(*) FILTER (WHERE NOT paused AND state = 'active' AND failures > 0) AS failing,
    count(*) FILTER (WHERE NOT paused AND state = 'probation') AS probation, count(*) FILTER (WHERE NOT paused AND state = 'gone') AS gone,
    count(*) FILTER (WHERE paused) AS paused, count(*) FILTER (WHERE NOT paused AND state = 'active' AND polled_at IS NULL) AS new,
    count(*) AS every, max(polled_at) AS polled_at,
    count(*) FILTER (WHERE NOT paused AND state <> 'gone' AND next_poll_at < %(late)s) AS overdue
FROM ops.schedule JOIN core.feed USING (feed_id) WHERE feed.active;

-- name: failing_by_reason
SELECT reason, count(*) AS feeds FROM ops.schedule JOIN core.feed USING (feed_id) JOIN ops.poll USING (feed_id, fence)
WHERE feed.active AND NOT paused AND failures > 0 AND reason IS NOT NULL GROUP BY reason ORDER BY feeds DESC, reason;

-- name: alarms
SELECT alarm.alarm_id, alarm.kind, alarm.subject, title.name AS title_name, alarm.cause, alarm.step, alarm.anchor, alarm.since, alarm.seen_at,
    silence.until, silence.who, silence.why
FROM ops.alarm LEFT JOIN core.title USING (title_id) LEFT JOIN LATERAL (
    SELECT until, who, why FROM ops.silence
    WHERE silence.kind = alarm.kind AND silence.subject = alarm.subject AND until > %(now)s ORDER BY until DESC, silence_id DESC LIMIT 1
) AS silence ON true
WHERE ended_at IS NULL ORDER BY until IS NOT NULL, alarm.kind = 'silent_title', alarm.since DESC, alarm_id DESC LIMIT 100;

-- name: silence
INSERT INTO ops.silence (kind, subject, who, why, at, until)
SELECT kind, subject, %(who)s, %(why)s, %(now)s::timestamptz, %(now)s::timestamptz + %(days)s * interval '1 day' FROM ops.alarm WHERE alarm_id = %(alarm_id)s;

-- name: feeds
-- `wait` is the time between two polls as it is now: of a feed that failed, how long it is left alone.
WITH told AS (
    SELECT feed.feed_id, title.name AS title_name, title.country, feed.url, feed.section, brought_at, fence,
        CASE WHEN paused THEN 'paused' WHEN state <> 'active' THEN state WHEN failures > 0 THEN 'failing' WHEN polled_at IS NULL THEN 'new'
            ELSE 'well' END AS health,
        schedule.failures, schedule.polled_at, schedule.next_poll_at,
        CASE WHEN failures > 0 THEN greatest(next_poll_at - polled_at, interval '0') ELSE schedule.interval END AS wait
    FROM ops.schedule JOIN core.feed USING (feed_id) JOIN core.title USING (title_id)
    WHERE feed.active
), page AS (
    SELECT *, count(*) OVER () AS found, row_number() OVER (ORDER BY
        CASE WHEN %(sort)s::text = 'title' THEN lower(title_name) END,
        CASE WHEN %(sort)s::text = 'health' THEN array_position('{gone,probation,failing,paused,new,well}', health) END,
        CASE WHEN %(sort)s::text = 'health' THEN -failures END,
        CASE WHEN %(sort)s::text = 'newest' THEN brought_at END NULLS FIRST,
        CASE WHEN %(sort)s::text = 'next' THEN next_poll_at END,
        CASE WHEN %(sort)s::text = 'polled' THEN polled_at END DESC NULLS LAST,
        CASE WHEN %(sort)s::text = 'interval' THEN wait END,
        lower(title_name), feed_id) AS place
    FROM told
    WHERE (%(health)s::text = '' OR health = %(health)s) AND (%(country)s::text = '' OR country = %(country)s)
        AND (%(words)s::text = '' OR strpos(lower(title_name || ' ' || url), lower(%(words)s)) > 0)
    ORDER BY place LIMIT %(limit)s OFFSET %(offset)s
)
SELECT page.*, schedule.came, schedule.watched, poll.reason
FROM page JOIN ops.schedule USING (feed_id) LEFT JOIN ops.poll ON poll.feed_id = page.feed_id AND poll.fence = page.fence ORDER BY place;

-- name: countries
SELECT DISTINCT country FROM core.title WHERE active ORDER BY country;

-- name: feed
SELECT feed.feed_id, title.title, title.name AS title_name, title.owner, title.country, title.language, title.kind AS title_kind, feed.url,
    feed.host, feed.section, feed.kind, feed.active, schedule.state, schedule.paused, schedule.failures, schedule.interval, schedule.polled_at,
    schedule.read_at, schedule.brought_at, schedule.next_poll_at, schedule.depth, schedule.moved_to, schedule.came, schedule.watched, schedule.pace,
    schedule.fence, schedule.lease_until, poll.reason, poll.detail,
    CASE WHEN NOT feed.active THEN 'retired' WHEN paused THEN 'paused' WHEN state <> 'active' THEN state WHEN failures > 0 THEN 'failing'
        WHEN polled_at IS NULL THEN 'new' ELSE 'well' END AS health
FROM core.feed JOIN core.title USING (title_id) JOIN ops.schedule USING (feed_id) LEFT JOIN ops.poll USING (feed_id, fence)
WHERE feed.feed_id = %(feed_id)s;

-- name: feed_polls
SELECT at, status, reason, detail, unchanged, form, bytes, seconds, seen, new, fresh, known, refused, next_poll_at
FROM ops.poll WHERE feed_id = %(feed_id)s ORDER BY fence DESC LIMIT %(limit)s OFFSET %(offset)s;

-- name: feed_events
SELECT at, what, was, now, detail, who FROM ops.feed_event WHERE feed_id = %(feed_id)s ORDER BY at DESC, feed_event_id DESC LIMIT %(limit)s;

-- name: feed_refusals
SELECT stage, reason, detail, url, first_at, last_at, times FROM ops.refusal WHERE feed_id = %(feed_id)s ORDER BY last_at DESC LIMIT %(limit)s;

-- name: feed_for_update
SELECT state, paused, fence, active, next_poll_at FROM ops.schedule JOIN core.feed USING (feed_id) WHERE feed_id = %(feed_id)s FOR UPDATE OF schedule;

-- name: ask
-- Whoever polls it at this moment writes his own next poll over ours, which is as well: it has been asked.
UPDATE ops.schedule SET next_poll_at = least(next_poll_at, %(now)s), state = 'active', failures = CASE WHEN state = 'active' THEN failures ELSE 0 END
WHERE feed_id = %(feed_id)s;

-- name: pause
UPDATE ops.schedule SET paused = %(paused)s WHERE feed_id = %(feed_id)s;

-- name: note
INSERT INTO ops.feed_event (feed_id, at, what, was, now, detail, who)
VALUES (%(feed_id)s, %(at)s, %(what)s, %(was)s, %(now)s, '', %(who)s);

-- name: stories
-- As the last edition counted them: without one, a story is not listed yet.
WITH page AS (
    SELECT story_id, articles, titles, owners, first_at, last_at FROM core.reach
    WHERE last_at > %(since)s AND last_at <= %(now)s AND (%(single)s OR articles > 1)
        AND (%(agency)s::text = '' OR EXISTS (SELECT FROM core.story WHERE story.story_id = reach.story_id AND story.agency = %(agency)s))
    ORDER BY CASE WHEN %(sort)s::text = 'largest' THEN -articles END, last_at DESC, story_id DESC
    LIMIT %(limit)s OFFSET %(offset)s
)
SELECT page.*, newest.headline, newest.language, newest.words, agency.name AS agency, title.name AS title_name
FROM page JOIN core.story USING (story_id) JOIN core.article ON article.article_id = story.canonical_id JOIN core.title USING (title_id)
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    LEFT JOIN core.agency ON agency.agency = story.agency
ORDER BY CASE WHEN %(sort)s::text = 'largest' THEN -page.articles END, page.last_at DESC, story_id DESC;

-- name: stories_of
-- What one title ran in whole days, as the page Agencies counts it.
WITH ran AS (
    SELECT DISTINCT story_id FROM core.coverage JOIN core.title USING (title_id)
    WHERE title.title = %(title)s AND happened_at >= date_trunc('day', %(since)s::timestamptz, 'UTC') AND happened_at <= %(now)s
        AND (%(agency)s::text = '' OR (coverage.agency = %(agency)s AND NOT by_agency))
), page AS (
    SELECT story_id, articles, titles, owners, first_at, last_at FROM ran JOIN core.reach USING (story_id) WHERE %(single)s OR articles > 1
    ORDER BY CASE WHEN %(sort)s::text = 'largest' THEN -articles END, last_at DESC, story_id DESC
    LIMIT %(limit)s OFFSET %(offset)s
)
SELECT page.*, newest.headline, newest.language, newest.words, agency.name AS agency, title.name AS title_name
FROM page JOIN core.story USING (story_id) JOIN core.article ON article.article_id = story.canonical_id JOIN core.title USING (title_id)
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    LEFT JOIN core.agency ON agency.agency = story.agency
ORDER BY CASE WHEN %(sort)s::text = 'largest' THEN -page.articles END, page.last_at DESC, story_id DESC;

-- name: title_name
SELECT name FROM core.title WHERE title = %(title)s;

-- name: agency_names
SELECT agency, name FROM core.agency WHERE active ORDER BY name;

-- name: story
SELECT story.story_id, story.merged_into, story.canonical_id AS canonical_article_id, newest.headline, newest.language, story.agency AS agency_key,
    agency.name AS agency, members.articles, members.titles, members.owners, members.first_at, members.last_at, newest.words
FROM core.story LEFT JOIN core.agency USING (agency) LEFT JOIN core.article ON article.article_id = story.canonical_id
    LEFT JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    CROSS JOIN LATERAL (
        SELECT count(*) AS articles, count(DISTINCT title_id) AS titles, count(DISTINCT title.owner) AS owners,
            min(happened_at) AS first_at, max(happened_at) AS last_at
        FROM core.story_article AS member JOIN core.article USING (article_id) JOIN core.title USING (title_id)
        WHERE member.story_id = story.story_id
    ) AS members
WHERE story.story_id = %(story_id)s;

-- name: members
SELECT article_id, title_name, owner, country, url, headline, words, access, version, relation, kept, own, lag, happened_at, published_precision,
    agency, agency_method, agency_evidence, agency_confidence, language
FROM mart.article WHERE story_id = %(story_id)s ORDER BY relation <> 'origin', happened_at, article_id LIMIT %(limit)s;

-- name: text
SELECT article_id, headline, standfirst, text, authors, url, title_name, words FROM mart.article WHERE article_id = %(article_id)s;

-- name: story_events
SELECT event.at, event.what, event.why, was.name AS was, title.name AS now, event.into_story_id, event.from_agency, event.to_agency
FROM core.story_event AS event
    LEFT JOIN core.article AS was_article ON was_article.article_id = event.from_article_id LEFT JOIN core.title AS was ON was.title_id = was_article.title_id
    LEFT JOIN core.article AS article ON article.article_id = event.to_article_id LEFT JOIN core.title ON title.title_id = article.title_id
WHERE event.story_id = %(story_id)s ORDER BY event.event_id DESC LIMIT 50;

-- name: versions
SELECT version.article_id, title.name AS title_name, number, version.headline, version.text, version.words, version.change, version.extracted_at
FROM core.article_version AS version JOIN core.article USING (article_id) JOIN core.title USING (title_id)
WHERE article_id = ANY (%(articles)s) ORDER BY article_id, number LIMIT 60;

-- name: refusals
-- What was refused within the time; `times` counts each of these items from when it was first refused.
SELECT stage, reason, count(*) AS items, sum(times) AS times, min(first_at) AS first_at, max(last_at) AS last_at
FROM ops.refusal WHERE last_at > %(since)s AND last_at <= %(now)s GROUP BY stage, reason ORDER BY items DESC, stage, reason;

-- name: refusal_examples
SELECT wanted.reason, example.* FROM unnest(%(reasons)s::text[]) AS wanted (reason) CROSS JOIN LATERAL (
    SELECT refusal.stage, refusal.feed_id, coalesce(article.url, refusal.url) AS url, refusal.detail, refusal.last_at, title.name AS title_name
    FROM ops.refusal LEFT JOIN core.feed USING (feed_id) LEFT JOIN core.article USING (article_id)
        LEFT JOIN core.title ON title.title_id = coalesce(article.title_id, feed.title_id)
    WHERE refusal.reason = wanted.reason AND last_at > %(since)s AND last_at <= %(now)s ORDER BY last_at DESC LIMIT %(each)s
) AS example ORDER BY wanted.reason, example.last_at DESC, example.url, example.feed_id;

-- name: refusal_titles
SELECT title.name AS title_name, count(*) AS items FROM (
    SELECT feed_id, article_id FROM ops.refusal WHERE reason = %(reason)s AND last_at > %(since)s AND last_at <= %(now)s ORDER BY last_at DESC LIMIT 2000
) AS lately LEFT JOIN core.feed USING (feed_id) LEFT JOIN core.article USING (article_id)
    JOIN core.title ON title.title_id = coalesce(article.title_id, feed.title_id)
GROUP BY title.name ORDER BY items DESC, title_name LIMIT 12;

-- name: syndication
-- As publish keeps it: the titles that ran most of agencies' texts, each with what it ran of each agency.
WITH ran AS (
    SELECT title_id, title.title, title.name AS title_name, syndication.agency, syndication.articles, words, wire_words,
        syndication.agency <> '' AND syndication.agency IS DISTINCT FROM title.agency AS wire
    FROM core.syndication JOIN core.title USING (title_id) WHERE days = %(days)s::integer
), most AS (
    SELECT title_id, sum(articles) AS every, sum(articles) FILTER (WHERE wire) AS wired, count(*) OVER () AS titles
    FROM ran GROUP BY title_id HAVING bool_or(wire) ORDER BY wired DESC, min(lower(title_name)), title_id LIMIT %(limit)s
)
SELECT title, title_name, every, wired, titles, agency, articles, words, wire_words
FROM most JOIN ran USING (title_id) WHERE wire ORDER BY wired DESC, lower(title_name), title_id, agency;

-- name: syndicated
-- Each agency's articles in other titles, and in how many of them.
SELECT agency.agency, agency.name, sum(articles) AS articles, count(*) AS titles, max(until) AS until
FROM core.syndication JOIN core.title USING (title_id) JOIN core.agency ON agency.agency = syndication.agency
WHERE days = %(days)s::integer AND syndication.agency IS DISTINCT FROM title.agency
GROUP BY agency.agency, agency.name ORDER BY articles DESC, agency.agency;

-- name: lookup
SELECT article.article_id, article.url, article.first_seen_at, article.published_at, article.published_precision, article.published_from,
    article.gone_at, article.version, title.name AS title_name, intake.state, intake.reason, intake.attempts, intake.next_try_at,
    same.url AS same_as, member.story_id, member.relation, newest.headline, newest.words, newest.access, newest.method,
    reread.due_at AS reread_at, reread.outcome
FROM core.article JOIN core.title USING (title_id) LEFT JOIN ops.intake USING (article_id) LEFT JOIN core.article AS same ON same.article_id = intake.same_as
    LEFT JOIN core.story_article AS member ON member.article_id = article.article_id LEFT JOIN ops.reread ON reread.article_id = article.article_id
    LEFT JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
WHERE article.article_id = coalesce((SELECT article_id FROM core.article WHERE url_key = %(url_key)s),
                                    (SELECT article_id FROM core.alias WHERE url_key = %(url_key)s));

-- name: lookup_sightings
SELECT feed.feed_id, feed.url, sighting.first_seen_at, sighting.last_seen_at, best_rank FROM core.sighting JOIN core.feed USING (feed_id)
WHERE article_id = %(article_id)s ORDER BY sighting.first_seen_at, feed_id;

-- name: lookup_refusals
-- Each with the poll in which it came last: the last of its feed by then.
SELECT stage, refusal.reason, refusal.detail, refusal.feed_id, first_at, last_at, times, feed.url AS feed_url, poll.at AS poll_at, poll.status,
    poll.seen, poll.new, poll.refused
FROM (
    SELECT * FROM ops.refusal WHERE article_id = %(article_id)s OR url = ANY (%(urls)s) ORDER BY last_at DESC LIMIT 20
) AS refusal LEFT JOIN core.feed USING (feed_id) LEFT JOIN LATERAL (
    SELECT * FROM ops.poll WHERE poll.feed_id = refusal.feed_id AND poll.at <= refusal.last_at ORDER BY fence DESC LIMIT 1
) AS poll ON true
ORDER BY last_at DESC, stage, refusal.reason;

-- name: lookup_words
-- Articles whose headline has all these words, in any order, with accents or without: those with a text by their headline's index (three
-- words of it, as they are written) and by their words without accents (the last thousand that have them); of the others, and of refused
-- entries, by headline and address, those that wait and the last 10,000 refusals.
WITH asked AS MATERIALIZED (
    SELECT array_agg(lower(unaccent(word))) AS words FROM unnest(%(words)s::text[]) AS word
), late AS MATERIALIZED (
    SELECT stage, reason, url, detail, feed_id, article_id, last_at FROM ops.refusal ORDER BY last_at DESC LIMIT 10000
), found AS (
    (SELECT article_id FROM core.article_version
     WHERE headline ILIKE %(first)s AND headline ILIKE %(second)s AND headline ILIKE %(third)s
        AND lower(unaccent(headline)) ~ ALL ((SELECT words FROM asked)::text[]) LIMIT 100)
    UNION
    (SELECT article_id FROM mart.matching(%(said)s, NULL, copies => true) AS near CROSS JOIN LATERAL (
        SELECT headline FROM core.article JOIN core.article_version USING (article_id)
        WHERE article.article_id = near.article_id AND number = version LIMIT 1
     ) AS newest
     WHERE lower(unaccent(headline)) ~ ALL ((SELECT words FROM asked)::text[]) LIMIT 100)
    UNION
    (SELECT article_id FROM (
        SELECT article_id FROM late WHERE article_id IS NOT NULL
        UNION (SELECT article_id FROM ops.intake WHERE state = 'waiting' ORDER BY host, next_try_at LIMIT 5000)
        UNION (SELECT article_id FROM ops.intake WHERE state = 'fetched' LIMIT 5000)
     ) AS without CROSS JOIN LATERAL (  -- one by one: all of the entries are never read
        SELECT concat_ws(' ', url, (
            SELECT string_agg(headline, ' ') FROM (SELECT headline FROM raw.entry WHERE entry.article_id = without.article_id LIMIT 5) AS entry
        )) AS named FROM core.article WHERE article.article_id = without.article_id LIMIT 1
     ) AS said
     WHERE lower(unaccent(named)) ~ ALL ((SELECT words FROM asked)::text[]) LIMIT 200)
)
(SELECT article.url, coalesce(newest.headline, (SELECT max(headline) FROM raw.entry WHERE entry.article_id = article.article_id)) AS headline,
    title.name AS title_name, intake.state, intake.reason, article.first_seen_at AS at, NULL::bigint AS feed_id
FROM found JOIN core.article USING (article_id) JOIN core.title USING (title_id) LEFT JOIN ops.intake USING (article_id)
    LEFT JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
ORDER BY article.first_seen_at DESC LIMIT %(limit)s)
UNION ALL
(SELECT late.url, nullif(late.detail, ''), title.name, 'refused', late.reason, late.last_at, feed_id
FROM late JOIN core.feed USING (feed_id) JOIN core.title USING (title_id)
WHERE stage = 'entry' AND lower(unaccent(concat_ws(' ', late.detail, late.url))) ~ ALL ((SELECT words FROM asked)::text[])
ORDER BY late.last_at DESC LIMIT %(limit)s)
ORDER BY at DESC, url, headline, feed_id LIMIT %(limit)s;

-- name: lookup_title
SELECT title.name AS title_name, (SELECT count(*) FROM core.feed WHERE feed.title_id = title.title_id AND feed.active) AS feeds,
    (SELECT min(feed_id) FROM core.feed WHERE feed.title_id = title.title_id AND feed.active) AS feed_id, active
FROM core.title WHERE domains && %(domains)s::text[] ORDER BY active DESC, name LIMIT 3;

-- name: happenings
WITH page AS (
    SELECT event_id FROM core.event_reach
    WHERE last_at > %(since)s AND last_at <= %(now)s AND stories > 1
    ORDER BY CASE WHEN %(sort)s::text = 'largest' THEN -stories END, last_at DESC, event_id DESC LIMIT %(limit)s OFFSET %(offset)s
)
SELECT event.event_id, headline, event.language, stories, sources, articles, titles, owners, countries, languages, first_at, last_at
FROM page JOIN mart.event USING (event_id)
ORDER BY CASE WHEN %(sort)s::text = 'largest' THEN -stories END, last_at DESC, event_id DESC;

-- name: happening
SELECT merged_into, event.* FROM core.event AS kept LEFT JOIN mart.event USING (event_id) WHERE kept.event_id = %(event_id)s;

-- name: tellers
SELECT story_id, headline, language, title_name, agency.name AS agency, articles, titles, first_at, likeness, because
FROM mart.event_story AS teller LEFT JOIN core.agency ON agency.agency = teller.agency
WHERE event_id = %(event_id)s ORDER BY first_at, story_id LIMIT %(limit)s;

-- name: told_of
-- The event of a story, if it has one, and what it shares with the others there.
SELECT event_id, event.headline, event.stories, event.articles, teller.likeness, teller.because
FROM mart.event_story AS teller JOIN mart.event USING (event_id) WHERE teller.story_id = %(story_id)s;

-- name: timeline
SELECT told.story_id, told.version, told.read_at, told.after, told.broke_it, told.is_exact, told.title_name, told.country, told.language,
    told.headline, told.change, told.relation, told.agency_seen, article.url,
    (SELECT name FROM core.agency WHERE agency.agency = told.agency) AS agency
FROM mart.timeline AS told JOIN core.article ON article.article_id = told.article_id
WHERE told.event_id = %(event_id)s ORDER BY told.read_at, told.article_id, told.version LIMIT %(limit)s;

-- name: words
-- What people said of the events of these stories: of which articles, and in which stories these are now.
SELECT decision_id, what, who, why, at, mine.story_id, one.headline, yours.story_id AS other_story_id, other.headline AS other_headline
FROM core.decision JOIN core.story_article AS mine ON mine.article_id = decision.article_id
    JOIN core.story_article AS yours ON yours.article_id = other_id
    JOIN core.article AS first ON first.article_id = decision.article_id JOIN core.article AS second ON second.article_id = other_id
    JOIN core.article_version AS one ON one.article_id = first.article_id AND one.number = first.version
    JOIN core.article_version AS other ON other.article_id = second.article_id AND other.number = second.version
WHERE what IN ('one_event', 'two_events') AND withdrawn_at IS NULL AND (mine.story_id = ANY (%(stories)s) OR yours.story_id = ANY (%(stories)s))
ORDER BY decision_id;

-- name: decided
-- What people decided of a story's articles, as long as it holds; of two articles, where the other one is now.
WITH members AS (
    SELECT article_id FROM core.story_article WHERE story_id = %(story_id)s
), said AS (
    SELECT decision_id FROM members JOIN core.decision USING (article_id)
    UNION SELECT decision_id FROM members JOIN core.decision ON other_id = members.article_id
)
SELECT decision_id, what, who, why, at, until, agency.name AS agency, one_title.name AS title_name, one.url, other_title.name AS other_name,
    other.url AS other_url, mine.story_id, yours.story_id AS other_story_id
FROM said JOIN core.decision USING (decision_id) JOIN core.article AS one USING (article_id) JOIN core.title AS one_title USING (title_id)
    LEFT JOIN core.article AS other ON other.article_id = other_id LEFT JOIN core.title AS other_title ON other_title.title_id = other.title_id
    LEFT JOIN core.story_article AS mine ON mine.article_id = decision.article_id
    LEFT JOIN core.story_article AS yours ON yours.article_id = other_id LEFT JOIN core.agency ON agency.agency = decision.agency
WHERE withdrawn_at IS NULL AND what NOT IN ('one_event', 'two_events') AND (until IS NULL OR until > %(now)s) ORDER BY decision_id;
