-- Editions of what the books say.

-- name: last
SELECT max(at) FROM ops.edition;

-- name: edition
INSERT INTO ops.edition (at, articles, stories, copies, refused, pending, counted)
VALUES (%(at)s, %(articles)s, %(stories)s, %(copies)s, %(refused)s, %(pending)s, %(counted)s)
RETURNING edition_id, articles, stories, copies, refused, pending;

-- name: runs
-- The last editions, each with the three numbers of its run: entries seen and articles new since the one before, and copies among what it added.
SELECT last.at, coalesce(came.seen, 0) AS seen, coalesce(came.new, 0) AS new, last.copies - coalesce(before.copies, 0) AS copies,
    last.articles - coalesce(before.articles, 0) AS told
FROM (SELECT * FROM ops.edition WHERE at <= %(now)s ORDER BY at DESC, edition_id DESC LIMIT %(limit)s) AS last
    LEFT JOIN LATERAL (
        SELECT at, articles, copies FROM ops.edition WHERE (edition.at, edition.edition_id) < (last.at, last.edition_id)
        ORDER BY at DESC, edition_id DESC LIMIT 1
    ) AS before ON true
    CROSS JOIN LATERAL (
        SELECT sum(poll.seen) AS seen, sum(poll.new) AS new FROM ops.poll
        WHERE poll.at > coalesce(before.at, last.at - interval '1 day') AND poll.at <= last.at
    ) AS came
ORDER BY last.at DESC, last.edition_id DESC;
