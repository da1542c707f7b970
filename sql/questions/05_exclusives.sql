-- Exclusives: which titles have most texts that nobody else has, and are no agency's?
-- since: days from then on
SELECT title_name, owner, sum(articles) AS articles, sum(stories) AS stories, sum(alone) FILTER (WHERE agency IS NULL) AS exclusives,
    round(100.0 * sum(alone) FILTER (WHERE agency IS NULL) / sum(stories)) AS exclusive_percent
FROM mart.title_day WHERE day >= %(since)s AND title_kind <> 'agency'
GROUP BY title_name, owner ORDER BY exclusives DESC NULLS LAST, title_name LIMIT 10
