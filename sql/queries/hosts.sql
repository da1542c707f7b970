-- Servers that we read from: slots and robots.txt.

-- name: take_slot
INSERT INTO ops.host AS mine (host, next_at) VALUES (%(host)s, %(wall)s::timestamptz + %(spacing)s)
ON CONFLICT (host) DO UPDATE SET  -- nobody queues for so long: a slot beyond is from a clock that was wrong
    next_at = CASE WHEN mine.next_at > %(wall)s + 300 * %(spacing)s THEN %(wall)s ELSE greatest(mine.next_at, %(wall)s) END + %(spacing)s
RETURNING next_at - %(spacing)s;

-- name: robots
SELECT host, robots_at AS fetched_at, robots_state AS state, coalesce(robots_text, '') AS text
FROM ops.host WHERE host = ANY (%(hosts)s) AND robots_at > %(since)s AND robots_at <= %(now)s;

-- name: keep_robots
INSERT INTO ops.host (host, robots_state, robots_text, robots_at) VALUES (%(host)s, %(state)s, %(text)s, %(fetched_at)s)
ON CONFLICT (host) DO UPDATE SET robots_state = excluded.robots_state, robots_text = excluded.robots_text, robots_at = excluded.robots_at;
