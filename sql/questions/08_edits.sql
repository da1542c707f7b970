-- Corrections and silent edits: what was changed after it was out?
-- since: changes that we read from then on
SELECT read_at, title_name, change, is_silent, words - words_before AS words_added, headline_before, headline
FROM mart.edit WHERE read_at >= %(since)s ORDER BY read_at DESC, title_name, article_id LIMIT 20
