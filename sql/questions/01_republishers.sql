-- Who republishes an agency most, and what share of their output is it?
-- agency: whose text; key or name
-- since: days from then on
SELECT title_name, sum(articles) FILTER (WHERE agency = %(agency)s) AS articles, sum(stories) FILTER (WHERE agency = %(agency)s) AS stories,
    sum(articles) AS all_articles, round(100.0 * sum(articles) FILTER (WHERE agency = %(agency)s) / sum(articles), 1) AS share_percent
FROM mart.title_day WHERE day >= %(since)s GROUP BY title_name
HAVING sum(stories) FILTER (WHERE agency = %(agency)s) > 0 ORDER BY stories DESC, share_percent DESC, title_name LIMIT 10
