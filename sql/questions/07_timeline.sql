-- Timeline of one event: every title, every version, how long after the first, and whether an agency was before.
-- story: a story_id of the event, as in questions 10 and 12; the top story if none is given
SELECT read_at, title_name, version, change, after, broke_it, agency_seen, relation, round(100 * kept) AS kept_percent, headline
FROM mart.timeline WHERE story_id = ANY (ARRAY(
    SELECT %(story)s::bigint
    UNION SELECT story_id FROM mart.event_story WHERE event_id = (SELECT event_id FROM mart.event_story WHERE story_id = %(story)s)
))
ORDER BY read_at, title_name, version
