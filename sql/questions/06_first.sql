-- Who has stories first that five titles or more run? from_agency: with an agency's text whose own article was not seen.
-- since: stories that began from then on
SELECT title_name, title_kind, count(*) AS stories, sum(is_first::int) AS first, round(100 * avg(is_first::int)) AS first_percent,
    count(*) FILTER (WHERE is_first AND NOT agency_seen) AS from_agency
FROM mart.story JOIN mart.coverage USING (story_id)
WHERE titles >= 5 AND first_at >= %(since)s AND happened_at >= %(since)s AND once_per_title
GROUP BY 1, 2 ORDER BY first DESC, first_percent DESC, title_name LIMIT 10
