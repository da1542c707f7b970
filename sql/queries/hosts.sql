-- What robots.txt of a server said.

-- name: robots
SELECT robots_at AS fetched_at, robots_state AS state, coalesce(robots_text, '') AS text, robots_reason AS reason
FROM ops.host WHERE host = %(host)s AND robots_at IS NOT NULL;

-- name: keep_robots
INSERT INTO ops.host (host, robots_state, robots_text, robots_reason, robots_at, crawl_delay)
VALUES (%(host)s, %(state)s, %(text)s, %(reason)s, %(fetched_at)s, %(crawl_delay)s)
ON CONFLICT (host) DO UPDATE SET robots_state = excluded.robots_state, robots_text = excluded.robots_text, robots_reason = excluded.robots_reason, robots_at = excluded.robots_at,
    crawl_delay = excluded.crawl_delay;
