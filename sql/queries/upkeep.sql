-- Retention.

-- name: prune_pages
DELETE FROM raw.page USING ops.intake
WHERE intake.article_id = page.article_id AND intake.state IN ('kept', 'refused') AND page.fetched_at < %(before)s;

-- name: prune_entries
UPDATE raw.entry SET markup = NULL WHERE markup IS NOT NULL AND seen_at < %(before)s;

-- name: prune_past_entries
DELETE FROM raw.past_entry WHERE until < %(before)s;

-- name: turn_samples
SELECT made, dropped FROM core.turn_samples(%(now)s, %(keep)s::interval, %(ahead)s::interval);

-- name: sum_up_polls
WITH old AS (DELETE FROM ops.poll WHERE at < %(before)s RETURNING *)
INSERT INTO ops.poll_day AS mine (feed_id, day, polls, failed, unchanged, bytes, seconds, seen, new, known, refused)
SELECT feed_id, (at AT TIME ZONE 'UTC')::date, count(*), count(reason), count(*) FILTER (WHERE unchanged), sum(bytes), sum(seconds), sum(seen),
    sum(new), sum(known), sum(refused)
FROM old GROUP BY 1, 2
ON CONFLICT (feed_id, day) DO UPDATE SET  -- a poll that was written late
    polls = mine.polls + excluded.polls, failed = mine.failed + excluded.failed, unchanged = mine.unchanged + excluded.unchanged,
    bytes = mine.bytes + excluded.bytes, seconds = mine.seconds + excluded.seconds, seen = mine.seen + excluded.seen,
    new = mine.new + excluded.new, known = mine.known + excluded.known, refused = mine.refused + excluded.refused;

-- name: prune_events
DELETE FROM ops.feed_event WHERE at < %(before)s;

-- name: prune_turns
DELETE FROM ops.turn WHERE next_at < %(before)s;

-- name: analyze
ANALYZE;
