-- Who writes about something, and is it their own reporting?
-- words: as in a search box
-- language: of the texts, ISO 639-1; all if none is given
-- since: articles that appeared from then on
SELECT title_name, count(*) AS articles, count(DISTINCT story_id) AS stories, count(*) FILTER (WHERE agency IS NULL AND is_canonical) AS own,
    count(*) FILTER (WHERE agency IS NOT NULL) AS wire
FROM mart.matching(%(words)s, %(language)s, %(since)s, copies => true) JOIN mart.coverage USING (article_id, story_id)
GROUP BY title_name ORDER BY own DESC, articles DESC, title_name LIMIT 10
