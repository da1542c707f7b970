-- Claims of those who are gone.

-- name: free
WITH feeds AS (UPDATE ops.schedule SET lease_until = '2000-01-01Z' WHERE lease_until > '2000-01-01Z'),
pages AS (UPDATE ops.reread SET lease_until = '2000-01-01Z' WHERE lease_until > '2000-01-01Z')
UPDATE ops.intake SET lease_until = '2000-01-01Z', claims = 0 WHERE lease_until > '2000-01-01Z';
