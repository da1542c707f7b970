-- the reach of each story, as publish counts it
INSERT INTO core.reach (story_id, articles, titles, owners, countries, first_at, last_at, best_rank)
SELECT story, count(*), count(DISTINCT title_id), count(DISTINCT owner), count(DISTINCT country), min(at), max(at), 1 FROM core.piece JOIN core.title USING (title_id) GROUP BY story;

-- each article in figures, as publish counts it: what the lists of one title read
INSERT INTO core.coverage
SELECT article_id, story, title_id, owner, country, CASE WHEN copies > 2 THEN 'wire' || wire END, copy = 1 AND copies > 2, false, language, section, 'full', at, 'edited', kept, own, '0', NULL, NULL, NULL,
    150, 100, 1, true, true, true, copy = 1, copies = 1
FROM core.piece JOIN core.title USING (title_id);

-- what each title ran each day, as publish counts it
INSERT INTO core.title_day (title_id, day, agency, owner, country, articles, stories, alone, words, wire_words)
SELECT title_id, (at AT TIME ZONE 'UTC')::date, CASE WHEN copies > 2 THEN 'wire' || wire ELSE '' END, owner, country, count(*), count(DISTINCT story), 0, 150 * count(*), 100 * count(*) FILTER (WHERE copies > 2)
FROM core.piece JOIN core.title USING (title_id) GROUP BY 1, 2, 3, 4, 5;

-- what each title ran of late, as publish keeps it
INSERT INTO core.syndication SELECT days, title_id, agency, '2026-03-02', sum(articles), sum(words), sum(wire_words)
FROM core.title_day JOIN unnest(ARRAY[1, 7, 30]) AS days ON day >= '2026-03-02'::date - days GROUP BY days, title_id, agency;

-- twenty more feeds for each ten titles: 5,000 in all, most well, each with its day
INSERT INTO core.feed (title_id, url, host, kind, active) SELECT 1 + n % 620, 'http://title' || 1 + n % 620 || '.test/feed/' || n, 'title' || 1 + n % 620 || '.test', 'feed', true FROM generate_series(1, 4380) AS n;

-- when each is polled
INSERT INTO ops.schedule (feed_id, state, interval, failures, next_poll_at, polled_at, read_at, depth, came, watched, fence)
SELECT feed_id, CASE WHEN feed_id % 200 = 0 THEN 'probation' WHEN feed_id % 501 = 0 THEN 'gone' ELSE 'active' END, interval '30 minutes', CASE WHEN feed_id % 40 = 0 THEN 3 ELSE 0 END,
    '2026-03-02Z'::timestamptz + interval '1 minute' * (feed_id % 30), '2026-03-02Z'::timestamptz - interval '1 minute' * (feed_id % 30), '2026-03-02Z'::timestamptz - interval '1 minute' * (feed_id % 30), 30,
    ARRAY(SELECT 20 * random() FROM generate_series(1, 31) WHERE feed_id > 0), array_fill(21.0::float8, ARRAY[31]), 336
FROM core.feed;

-- a week of polls, every half hour, in the order of time
INSERT INTO ops.poll (feed_id, fence, at, status, reason, unchanged, bytes, seconds, seen, new, known, next_poll_at)
SELECT feed_id, n, '2026-03-02Z'::timestamptz - interval '30 minutes' * (336 - n) - interval '1 minute' * (feed_id % 30), 200, CASE WHEN (feed_id + n) % 40 = 0 THEN 'timed_out' END, (feed_id + n) % 2 = 0, 9000, 0.3,
    CASE WHEN (feed_id + n) % 40 = 0 THEN 0 ELSE 30 END, CASE WHEN (feed_id + n) % 40 = 0 THEN 0 ELSE 1 END, CASE WHEN (feed_id + n) % 40 = 0 THEN 0 ELSE 29 END, '2026-03-02Z'
FROM core.feed, generate_series(1, 336) AS n ORDER BY n, feed_id % 30 DESC, feed_id;

-- every article's way
INSERT INTO ops.intake (article_id, state, host, next_try_at) SELECT article_id, CASE WHEN article_id % 300 = 0 THEN 'waiting' ELSE 'kept' END, 'title' || title_id || '.test', first_seen_at FROM core.article;

-- 300,000 refusals over 100 days, for thirty reasons
INSERT INTO ops.refusal (article_id, refusal_key, stage, reason, detail, url, feed_id, first_at, last_at, times)
SELECT CASE WHEN n % 3 > 0 THEN 1 + n % (current_setting('fill.articles')::integer * 9 / 10) END, sha256(n::text::bytea), (ARRAY['entry','page','article'])[1 + n % 3], (ARRAY['off_domain','not_found','advertisement','too_short','timed_out','video','gallery','no_text','home_page','login_wall','gone','not_html','soft_404','server_error','rate_limited','connect_failed','dns_failed','robots_denied','same_page','not_an_article'])[1 + floor(20 * random() ^ 2)::integer], 'detail ' || n, 'http://title' || 1 + n % 620 || '.test/x/' || n, 1 + n % 5000,
    '2026-03-02Z'::timestamptz - interval '101 days', '2026-03-02Z'::timestamptz - interval '100 days' * random() ^ 2, 1 + n % 9
FROM (SELECT n FROM generate_series(1, 300000) AS n) AS made WHERE true ON CONFLICT DO NOTHING;

-- what feeds said of articles that were refused
INSERT INTO raw.entry (article_id, feed_id, seen_at, guid, headline, summary, authors)
SELECT DISTINCT ON (article_id) article_id, feed_id, last_at, article_id, 'Refused ' || article_id || ' of ' || feed_id, '', '{}' FROM ops.refusal WHERE article_id IS NOT NULL;

-- editions of a day, and alarms
INSERT INTO ops.edition (at, articles, stories, copies, refused, pending) SELECT '2026-03-02Z'::timestamptz - interval '15 minutes' * n, 1000000 - n * 100, 600000 - n * 60, 400000 - n * 40, 300000 - n * 30, n % 50 FROM generate_series(0, 4000) AS n;
INSERT INTO ops.alarm (kind, subject, title_id, cause, step, anchor, since, seen_at) SELECT 'silent_title', title, title_id, 'It is silent.', 'Look.', 'a-title-is-silent-though-all-is-green', '2026-03-01Z', '2026-03-02Z' FROM core.title LIMIT 40; ANALYZE;
