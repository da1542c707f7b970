-- The books, and an edition of what they say.

-- name: ledger
SELECT stage, came, kept, refused, pending, lost FROM ops.ledger ORDER BY stage;

-- name: edition
INSERT INTO ops.edition (at, articles, stories, copies, refused, pending, counted)
SELECT %(at)s, articles, stories, articles - stories, refused, pending, %(counted)s
FROM (SELECT count(*) AS articles FROM core.story_article) AS members
    CROSS JOIN (SELECT count(*) AS stories FROM core.story WHERE merged_into IS NULL) AS live
    CROSS JOIN (SELECT count(*) FILTER (WHERE state = 'refused') AS refused,
                       count(*) FILTER (WHERE state IN ('waiting', 'fetched')) AS pending FROM ops.intake) AS doors
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
