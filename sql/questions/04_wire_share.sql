-- What share of a title, by words, is wire?
-- since: days from then on
SELECT title_name, sum(articles) AS articles, sum(stories) AS stories, sum(words) AS words, sum(wire_words) AS wire_words,
    round(100.0 * sum(wire_words) / sum(words), 1) AS wire_percent
FROM mart.title_day WHERE day >= %(since)s AND title_kind <> 'agency'
GROUP BY title_name HAVING sum(words) > 0 ORDER BY wire_percent DESC, title_name LIMIT 10
