-- Retention.

-- name: prune_pages
DELETE FROM raw.page USING ops.intake
WHERE intake.article_id = page.article_id AND intake.state IN ('kept', 'refused') AND page.fetched_at < %(before)s;

-- name: prune_entries
UPDATE raw.entry SET markup = NULL WHERE markup IS NOT NULL AND seen_at < %(before)s;

-- name: turn_samples
SELECT made, dropped FROM core.turn_samples(%(now)s, %(keep)s::interval, %(ahead)s::interval);

-- name: analyze
ANALYZE;
