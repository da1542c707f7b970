-- When a feed last listed something that it had not listed before: a dead feed beside a lively one of the same title shows by it.

ALTER TABLE ops.schedule ADD COLUMN brought_at core.moment;
COMMENT ON COLUMN ops.schedule.brought_at IS 'Last poll that found an entry which the feed had not listed before; null: none ever did.';

UPDATE ops.schedule SET brought_at = newest.at FROM (
    SELECT feed_id, max(first_seen_at) AS at FROM core.sighting GROUP BY feed_id
) AS newest WHERE newest.feed_id = schedule.feed_id;
