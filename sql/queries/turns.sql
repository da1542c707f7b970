-- Turns at sites and addresses. The wall clock is a parameter; each statement is a transaction of its own.

-- name: know
INSERT INTO ops.turn (name, next_at) SELECT name, %(wall)s FROM unnest(%(names)s::text[]) AS name ORDER BY name ON CONFLICT (name) DO NOTHING;

-- name: take
WITH gates AS MATERIALIZED (  -- locked in order, as they are once that is done
    SELECT name, next_at,
        ARRAY(SELECT ends FROM unnest(until) AS ends WHERE ends > %(wall)s AND ends <= %(wall)s + %(held)s::interval ORDER BY ends) AS busy
    FROM ops.turn WHERE name = ANY (%(names)s) ORDER BY name FOR UPDATE
), judged AS MATERIALIZED (  -- the slowest decides
    SELECT count(*) = cardinality(%(names)s::text[]) AS known,
        greatest(max(next_at - %(wall)s) FILTER (WHERE next_at <= %(wall)s + %(farthest)s::interval),
            max(%(glance)s::interval) FILTER (WHERE cardinality(busy) >= %(at_once)s), interval '0') AS wait
    FROM gates
), gap AS MATERIALIZED (  -- what robots.txt asks for is the site's wish, and not the address's
    SELECT greatest(%(spacing)s::interval, max(crawl_delay)) AS of_site FROM ops.host WHERE host = %(host)s
), taken AS (
    UPDATE ops.turn SET until = busy || (%(wall)s + %(held)s::interval),
        next_at = %(wall)s + CASE WHEN turn.name = %(site)s THEN of_site ELSE %(spacing)s::interval END
    FROM gates, judged, gap WHERE turn.name = gates.name AND known AND wait = interval '0'
    RETURNING turn.name, turn.next_at
)
SELECT known, wait, taken.name, taken.next_at FROM judged LEFT JOIN taken ON true ORDER BY taken.name;

-- name: give_back
WITH held AS MATERIALIZED (SELECT name FROM ops.turn WHERE name = ANY (%(names)s) ORDER BY name FOR UPDATE)
UPDATE ops.turn SET until = array_remove(turn.until, %(until)s::timestamptz), next_at = greatest(turn.next_at, given.next_at)
FROM held JOIN unnest(%(names)s::text[], %(next_at)s::timestamptz[]) AS given (name, next_at) USING (name) WHERE turn.name = held.name;
