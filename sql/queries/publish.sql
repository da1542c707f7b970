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
