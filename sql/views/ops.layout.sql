-- A title whose newest texts are unlike its own history: its layout has changed, and nobody has mended what reads it.
SELECT
    title.title,                                                            -- key of the title
    event.at AS since,                                                      -- when that was noticed
    event.detail                                                            -- which rates moved, from what to what
FROM core.title JOIN LATERAL (
    SELECT at, what, detail FROM ops.title_event WHERE title_event.title_id = title.title_id ORDER BY event_id DESC LIMIT 1
) AS event ON event.what = 'layout_changed'
WHERE title.active;
