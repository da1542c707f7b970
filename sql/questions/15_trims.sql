-- Which parts of the wire are trimmed, by section?
-- agency: whose text; key or name; any if none is given
-- title: who trims it; key or name; any if none is given
-- since: articles that appeared from then on
SELECT section, count(*) AS articles, count(DISTINCT story_id) AS stories, round(100 * avg(kept_start)) AS start_percent,
    round(100 * avg(kept_middle)) AS middle_percent, round(100 * avg(kept_end)) AS end_percent
FROM mart.syndication WHERE agency = coalesce(%(agency)s, agency) AND title = coalesce(%(title)s, title) AND relation IN ('trimmed', 'partial')
    AND happened_at >= %(since)s
GROUP BY section ORDER BY stories DESC, section LIMIT 10
