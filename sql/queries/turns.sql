-- Turns at sites and addresses. The wall clock is the parameter.

-- name: know
INSERT INTO ops.turn (name, next_at) VALUES (%(name)s, %(now)s) ON CONFLICT (name) DO NOTHING;

-- name: lock
SELECT name, next_at, until FROM ops.turn WHERE name = ANY (%(names)s) ORDER BY name FOR UPDATE;

-- name: crawl_delay
SELECT crawl_delay FROM ops.host WHERE host = %(host)s;

-- name: take
UPDATE ops.turn SET next_at = %(next_at)s, until = %(until)s WHERE name = %(name)s;

-- name: give_back
UPDATE ops.turn SET until = array_remove(until, %(until)s), next_at = greatest(next_at, %(next_at)s) WHERE name = %(name)s;
