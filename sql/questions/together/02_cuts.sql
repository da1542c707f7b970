-- What a title cut, text by text.
-- agency: whose text; key or name
-- title: who trims it; key or name
SELECT section, relation, round(100 * kept) AS kept_percent, round(100 * kept_start) AS start, round(100 * kept_middle) AS middle,
    round(100 * kept_end) AS last, headline
FROM mart.syndication WHERE agency = %(agency)s AND title = %(title)s AND kept < 0.95 ORDER BY kept, article_id LIMIT 10
