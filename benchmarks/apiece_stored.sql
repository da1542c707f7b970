-- So many stored articles, by benchmarks/apiece_stored.py: evenly over the thirty days before now, a third of them in stories of three copies.
-- Each part is one step of the filling; `session_replication_role` is replica, so that no trigger and no foreign key is asked.

-- who they are, and when
CREATE TEMP TABLE had AS
SELECT n AS id, CASE WHEN n % 9 < 3 THEN -(n / 9) - 1 ELSE n END AS text,
    current_setting('fill.now')::timestamptz - (current_setting('fill.articles')::bigint - n + 1) * (interval '30 days' / current_setting('fill.articles')::bigint) AS at
FROM generate_series(1, current_setting('fill.articles')::bigint) AS n;
ANALYZE had;

-- titles and feeds
INSERT INTO core.title (title, name, owner, country, language, kind, domains, agency, weight, active)
SELECT 'stored-' || n, 'Stored ' || n, 'Owner ' || n % 50, 'no', 'en', 'newspaper', ARRAY['stored' || n || '.example'], NULL, 0, false
FROM generate_series(1, 200) AS n;
INSERT INTO core.feed (title_id, url, host, kind, active)
SELECT title_id, 'http://' || domains[1] || '/feed', domains[1], 'feed', false FROM core.title;

-- articles
INSERT INTO core.article (article_id, url_key, url, title_id, first_seen_at, version) OVERRIDING SYSTEM VALUE
SELECT id, sha256(int8send(id)), 'http://stored' || 1 + id % 200 || '.example/news/' || id, (SELECT min(title_id) FROM core.title) + id % 200, at, 1
FROM had ORDER BY id;

-- sightings
INSERT INTO core.sighting (article_id, feed_id, first_seen_at, last_seen_at, best_rank, last_rank)
SELECT article_id, feed_id, first_seen_at, first_seen_at, 1, 1 FROM core.article JOIN core.feed USING (title_id) ORDER BY article_id;

-- entries
INSERT INTO raw.entry (article_id, feed_id, seen_at, guid, headline, summary, authors)
SELECT article_id, feed_id, first_seen_at, article.url, 'A headline of article ' || article_id, repeat('said ', 20), '{}'
FROM core.article JOIN core.feed USING (title_id) ORDER BY article_id;

-- polls
INSERT INTO ops.poll (feed_id, fence, at, status, form, seen, new, next_poll_at)
SELECT feed_id, 1, current_setting('fill.now')::timestamptz - interval '1 day', 200, 'rss', count(*), count(*), current_setting('fill.now')::timestamptz
FROM core.sighting GROUP BY feed_id;

-- their way in, and when they are read again
INSERT INTO ops.intake (article_id, state, host, attempts, next_try_at, fence)
SELECT article_id, 'kept', split_part(url, '/', 3), 1, first_seen_at, 2 FROM core.article ORDER BY article_id;
INSERT INTO ops.reread (article_id, host, since, due_at)
SELECT article_id, split_part(url, '/', 3), first_seen_at, first_seen_at + interval '60 days' FROM core.article ORDER BY article_id;

-- words
SELECT setseed(0.5);
CREATE TEMP TABLE words AS
SELECT n, string_agg('w' || floor(exp(random() * ln(60000)))::integer, ' ') AS said FROM generate_series(1, 5000) AS n, generate_series(1, 150) GROUP BY n;
ALTER TABLE words ADD vector tsvector;
UPDATE words SET vector = to_tsvector('english', said);
ALTER TABLE words ADD PRIMARY KEY (n);
ANALYZE words;

-- texts
INSERT INTO core.article_version (article_id, number, headline, standfirst, text, words, language, method, access, authors, tags, images,
    flags, text_sha, fence, extracted_at)
SELECT id, 1, 'A headline of article ' || id, '', said, 150, 'en', 'made', 'full', '{}', '{}', '[]', '{}', sha256(int8send(id)), 2, at
FROM had JOIN words ON n = 1 + abs(text) % 5000 ORDER BY id;

-- signatures
INSERT INTO core.signature (article_id, number, version, packed, at, clustered_at)
SELECT id, 1, 1, decode('010496000000' || repeat(md5(text::text), 37) || left(md5(text::text), 16) || '78016360188c000000960001', 'hex'), at, at
FROM had ORDER BY id;

-- samples, 32 of each text
INSERT INTO core.sample (shingle, at, article_id)
SELECT CASE WHEN k < 28 THEN hashint8extended(text * 64 + k, 1) WHEN k < 30 THEN hashint8extended(id * 64 + k, 2)
    ELSE hashint8extended(k * 5000 + abs(hashint8extended(id, k) % 5000), 3) END AS shingle, at, id
FROM had CROSS JOIN generate_series(0, 31) AS k;

-- stories
INSERT INTO core.story (story_id, canonical_id, created_at, changed_at) OVERRIDING SYSTEM VALUE
SELECT max(id), max(id), min(at), min(at) FROM had GROUP BY text ORDER BY 1;
INSERT INTO core.story_article (article_id, story_id, relation, kept, own)
SELECT id, max(id) OVER (PARTITION BY text), CASE WHEN id = max(id) OVER (PARTITION BY text) THEN 'origin' ELSE 'verbatim' END, 1, 0 FROM had ORDER BY id;
INSERT INTO core.match (left_id, right_id, left_in_right, right_in_left, left_words, right_words, shared, longest, lead, told, differing,
    passages, level, version, compared_at)
SELECT one.id, other.id, 1, 1, 150, 150, 150, 150, 1, 1, 0, '{0,0,150}', 'strict', 1, other.at
FROM had AS one JOIN had AS other ON one.text = other.text AND one.id < other.id ORDER BY 1, 2;
INSERT INTO core.story_event (story_id, at, what, to_article_id) SELECT story_id, created_at, 'created', canonical_id FROM core.story ORDER BY 1;

-- words by story
INSERT INTO core.fulltext (article_id, story_id, language, is_canonical, happened_at, text_sha, names, vector)
SELECT article_id, story_id, 'en', relation = 'origin', happened_at, sha256(int8send(article_id)), '{}', vector
FROM core.article JOIN core.story_article USING (article_id) JOIN words ON n = 1 + story_id % 5000 ORDER BY article_id;

-- what comes next
SELECT setval(pg_get_serial_sequence('core.article', 'article_id'), (SELECT max(article_id) FROM core.article));
SELECT setval(pg_get_serial_sequence('core.story', 'story_id'), (SELECT max(story_id) FROM core.story));
TRUNCATE ops.touched;
DROP TABLE words;
DROP TABLE had;
