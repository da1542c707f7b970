-- Timeline of one story: every title, every version, how long after.
-- story: its story_id, as in questions 10 and 12; the top story if none is given
SELECT read_at, title_name, version, change, lag, relation, round(100 * kept) AS kept_percent, is_first, headline
FROM mart.version WHERE story_id = %(story)s ORDER BY read_at, title_name, version
