-- checks off: the rows are made from each other
DO $$ DECLARE each record; BEGIN FOR each IN SELECT conname, conrelid::regclass AS relation FROM pg_constraint WHERE contype = 'f' AND connamespace IN ('core'::regnamespace, 'ops'::regnamespace) AND conparentid = 0 LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.relation, each.conname); END LOOP; END $$; ALTER TABLE core.story DISABLE TRIGGER USER; ALTER TABLE core.story_article DISABLE TRIGGER USER; ALTER TABLE core.article DISABLE TRIGGER USER; SELECT setseed(0.5);

-- agencies
INSERT INTO core.agency SELECT 'wire' || n, 'Wire ' || n, '{en}', 'gb', ARRAY['wire' || n || '.test'], true FROM generate_series(1, 20) AS n;

-- titles: 600 of 60 owners in 20 countries and 5 languages, and the agencies' own
INSERT INTO core.title (title, name, owner, country, language, kind, domains, agency, weight, active)
SELECT 'title-' || n, 'Title ' || n, 'Owner ' || n % 60, (ARRAY['gb','us','fr','de','es','it','in','za','ca','au','be','ch','at','ie','mx','ar','br','nl','se','pt'])[1 + n % 20],
    (ARRAY['en','en','fr','de','es'])[1 + n % 5], CASE WHEN n <= 20 THEN 'agency' ELSE 'newspaper' END, ARRAY['title' || n || '.test'],
    CASE WHEN n <= 20 THEN 'wire' || n END, 0, true
FROM generate_series(1, 620) AS n;

-- a feed of each
INSERT INTO core.feed (title_id, url, host, kind, active) SELECT title_id, 'http://title' || title_id || '.test/feed', 'title' || title_id || '.test', 'feed', true FROM core.title;

-- words: 20,000 texts of 150 words, drawn by Zipf's law from 60,000 words, cut into words once
CREATE TABLE core.pool AS
SELECT n, text, core.names(text) AS names FROM (
    SELECT n, string_agg(CASE WHEN random() < 0.06 THEN 'Name' || floor(8000 * random() ^ 3)::integer ELSE 'w' || floor(exp(random() * ln(60000)))::integer END, ' ') AS text
    FROM generate_series(1, 20000) AS n, generate_series(1, 150) GROUP BY n
) AS made;

-- texts as words, in each language
CREATE TABLE core.pool_words AS SELECT n, language, to_tsvector(core.configuration(language), text) AS vector FROM core.pool, unnest(ARRAY['en', 'fr', 'de', 'es']) AS language; ALTER TABLE core.pool_words ADD PRIMARY KEY (n, language); ALTER TABLE core.pool ADD PRIMARY KEY (n); ANALYZE core.pool, core.pool_words;

-- stories: a third are agencies', with many copies each; the others stand mostly alone
CREATE TABLE core.plan AS
SELECT story, copies, '2026-03-02Z'::timestamptz - interval '100 days' * greatest(0, 1 - sum(copies) OVER (ORDER BY story) / current_setting('fill.articles')::float8) AS at,
    pool, wire, place
FROM (
    SELECT n AS story, CASE WHEN random() < 0.2 THEN 1 + least(199, floor(1.7 / (random() + 0.006)))::integer WHEN random() < 0.1 THEN 2 ELSE 1 END AS copies,
        1 + floor(20000 * random())::integer AS pool, 1 + floor(20 * random() ^ 2.5)::integer AS wire, 1 + floor(620 * random() ^ 1.6)::integer AS place
    FROM generate_series(1, current_setting('fill.articles')::integer) AS n
) AS made;

-- articles of the stories until there are enough
CREATE TABLE core.piece AS
SELECT row_number() OVER (ORDER BY at, story, copy) AS article_id, * FROM (
    SELECT story, copy, copies, pool, wire,
        CASE WHEN copies > 2 AND copy = 1 THEN wire WHEN copies > 2 THEN 21 + (place * 7 + copy * 37 + floor(30 * random())::integer) % 600 ELSE 1 + (place + copy * 11) % 620 END AS title_id,
        CASE WHEN copy = 1 THEN at ELSE at + interval '1 minute' * exp(1 + random() * 6) END AS at,
        (ARRAY['world','sport','business','politics','culture','health','science','local'])[1 + (pool + copy / 30) % 8] AS section,
        1 - greatest(0, random() - 0.4) AS kept, random() ^ 4 AS own
    FROM (SELECT *, sum(copies) OVER (ORDER BY story) AS total FROM core.plan) AS plan CROSS JOIN LATERAL generate_series(1, copies) AS copy
    WHERE total <= current_setting('fill.articles')::bigint
) AS made;

-- statistics, for the joins that follow
ANALYZE core.piece, core.title;

-- core.article
INSERT INTO core.article (article_id, url_key, url, title_id, first_seen_at, version, published_at, published_precision, published_from) OVERRIDING SYSTEM VALUE
SELECT article_id, sha256(article_id::text::bytea), 'http://title' || title_id || '.test/' || article_id, title_id, at, CASE WHEN article_id % 9 = 0 THEN 2 ELSE 1 END, at, 'second', 'meta' FROM core.piece;

-- core.article_version
INSERT INTO core.article_version
SELECT article_id, number, 'Headline ' || split_part(text, ' ', 1 + (story % 100)::integer) || ' ' || split_part(text, ' ', 2 + (story % 90)::integer) || ' ' || story, '', text, 150, language, 'x', 'full', '{}', at, 'second', 'meta',
    at, 'second', 'meta', section, '{}', NULL, '[]', '{}', sha256((article_id || '.' || number)::bytea), 1, at + interval '3 hours' * (number - 1)
FROM core.piece JOIN core.pool ON pool.n = piece.pool JOIN core.title USING (title_id) CROSS JOIN LATERAL generate_series(1, CASE WHEN article_id % 9 = 0 THEN 2 ELSE 1 END) AS number;

-- statistics of articles
ANALYZE core.article, core.article_version;

-- sightings
INSERT INTO core.sighting SELECT article_id, title_id, at, at + interval '5 hours', 1 + article_id % 20, 1 + article_id % 20 FROM core.piece JOIN core.feed USING (title_id);

-- stories
INSERT INTO core.story (story_id, canonical_id, agency, created_at, changed_at) OVERRIDING SYSTEM VALUE
SELECT story, article_id, CASE WHEN copies > 2 THEN 'wire' || wire END, at, at FROM core.piece WHERE copy = 1;

-- members
INSERT INTO core.story_article SELECT article_id, story, CASE WHEN copy = 1 THEN 'origin' WHEN kept > 0.98 THEN 'verbatim' WHEN kept > 0.7 THEN 'trimmed' WHEN own > 0.5 THEN 'expanded' ELSE 'edited' END,
    CASE WHEN copy = 1 THEN 1 ELSE kept END, CASE WHEN copy = 1 THEN 0 ELSE own END, CASE WHEN copy = 1 THEN '0' ELSE at - min(at) OVER (PARTITION BY story) END
FROM core.piece;

-- matches with the origins
INSERT INTO core.match SELECT origin.article_id, piece.article_id, kept, 1 - own, 150, 150, 100, 80, 0.9, kept, 0,
    ARRAY[0, 0, 50, 50, 50, floor(100 * greatest(0, kept - 0.34))::integer], 'strict', 1, at
FROM core.piece JOIN (SELECT story, article_id FROM core.piece WHERE copy = 1) AS origin USING (story) WHERE copy > 1 AND copies > 2 AND origin.article_id < piece.article_id;

-- words of all but the first 20,000 stories, from the pool: what publish itself would take for them is measured on those
CREATE TABLE core.later AS SELECT indexdef FROM pg_indexes WHERE indexname IN ('fulltext_words', 'fulltext_names'); DROP INDEX core.fulltext_words, core.fulltext_names; INSERT INTO core.fulltext SELECT article_id, story, version.language, copy = 1, at, text_sha, names, setweight(to_tsvector(core.configuration(version.language), headline), 'A') || vector
FROM core.piece JOIN core.article USING (article_id) JOIN core.article_version AS version USING (article_id) JOIN core.pool ON pool.n = piece.pool JOIN core.pool_words AS words ON words.n = piece.pool AND words.language = version.language
WHERE number = article.version AND story > 20000;

-- indexes of words, made at once
DO $$ DECLARE each record; BEGIN FOR each IN SELECT indexdef FROM core.later LOOP EXECUTE each.indexdef; END LOOP; END $$;

-- an edition, and what it has to count
INSERT INTO ops.edition (at, articles, stories, copies, refused, pending) SELECT '2026-03-02Z', count(*), count(*) FILTER (WHERE copy = 1), count(*) FILTER (WHERE copy > 1), 0, 0 FROM core.piece;
INSERT INTO ops.door SELECT edition_id, stage, door, 1000 FROM ops.edition, unnest(ARRAY['entry','page','article','story']) AS stage, unnest(ARRAY['kept','pending','not_found','timed_out']) AS door;
TRUNCATE ops.touched; INSERT INTO ops.touched (story_id) SELECT story FROM core.piece WHERE copy = 1 ORDER BY story; ANALYZE;
