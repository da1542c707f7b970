-- What `status`, `doctor` and the living line of `up` show.

-- name: figures
SELECT (SELECT count(*) FROM ops.poll) AS polls, (SELECT count(*) FROM core.sighting) AS entries,
       (SELECT count(*) FROM core.article WHERE version IS NOT NULL) AS articles,
       (SELECT count(*) FROM core.story WHERE merged_into IS NULL) AS stories,
       (SELECT count(*) FROM core.story_article WHERE relation <> 'origin') AS copies,
       (SELECT count(*) FROM ops.intake WHERE state = 'refused') AS refused,
       (SELECT count(*) FROM ops.schedule WHERE failures > 0) AS failing;

-- name: schema
SELECT to_regclass('ops.poll')::text;

-- name: watched
SELECT to_regclass('pg_stat_statements') IS NOT NULL;

-- name: failing
SELECT count(*) AS polled, count(*) FILTER (WHERE failures > 0) AS failing,
    mode() WITHIN GROUP (ORDER BY reason) FILTER (WHERE failures > 0) AS reason
FROM ops.schedule JOIN core.feed USING (feed_id) LEFT JOIN ops.poll USING (feed_id, fence)
WHERE feed.active AND polled_at IS NOT NULL;

-- name: layout
SELECT count(*)::integer AS titles, string_agg(title, ', ' ORDER BY since DESC) FILTER (WHERE place <= 5) AS named
FROM (SELECT title, since, row_number() OVER (ORDER BY since DESC, title) AS place FROM ops.layout) AS changed;
