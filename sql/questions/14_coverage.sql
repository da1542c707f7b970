-- Coverage by country and section: articles and independent stories.
-- since: articles that appeared from then on
SELECT country, section, count(*) AS articles, count(*) FILTER (WHERE once_per_country) AS stories, count(*) FILTER (WHERE agency IS NOT NULL) AS wire_articles,
    count(*) FILTER (WHERE agency IS NULL AND once_per_country) AS own_stories
FROM mart.coverage WHERE happened_at >= %(since)s
GROUP BY country, section ORDER BY articles DESC, country, section LIMIT 15
