-- A door by which items left a stage up to an edition: kept, still pending, or refused for a reason.
SELECT
    door.edition_id,                                                -- the edition
    edition.at::timestamptz AS at,                                  -- when it was
    door.stage,                                                     -- feed, entry, page, article or story
    door.door,                                                      -- kept, pending, or the reason of a refusal (docs/runbook.md)
    door.items,                                                     -- items in all
    door.items - coalesce(before.items, 0) AS new_items             -- items since the edition before
FROM ops.door
    JOIN ops.edition USING (edition_id)
    LEFT JOIN ops.door AS before ON before.stage = door.stage AND before.door = door.door
        AND before.edition_id = (SELECT max(edition_id) FROM ops.edition AS earlier WHERE earlier.edition_id < door.edition_id)
