-- Claims of those who are gone.

-- name: free
WITH held AS (SELECT feed_id FROM ops.schedule WHERE lease_until > '2000-01-01Z' ORDER BY feed_id FOR UPDATE),
feeds AS (UPDATE ops.schedule SET lease_until = '2000-01-01Z' FROM held WHERE schedule.feed_id = held.feed_id),
pages AS (UPDATE ops.reread SET lease_until = '2000-01-01Z' WHERE lease_until > '2000-01-01Z')
UPDATE ops.intake SET lease_until = '2000-01-01Z', claims = 0 WHERE lease_until > '2000-01-01Z';
