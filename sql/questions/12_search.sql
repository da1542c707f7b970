-- Search stories, not copies: best first.
-- words: as in a search box
-- language: of the texts, ISO 639-1; all if none is given
-- since: articles that appeared from then on
SELECT place, story_id, title_name, headline, snippet, articles, titles FROM mart.search(%(words)s, %(language)s, %(since)s) ORDER BY place LIMIT 10
