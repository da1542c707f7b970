-- Why two articles are one story, or are not.

-- name: sides
SELECT article.article_id, title.name AS title, article.url, newest.headline, newest.text, newest.language, newest.words, happened_at, story_id, relation, kept, own
FROM core.article JOIN core.title USING (title_id)
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    LEFT JOIN core.story_article AS member ON member.article_id = article.article_id
WHERE article.article_id = ANY (%(articles)s);

-- name: summary
SELECT * FROM mart.why(%(one)s::bigint, %(other)s::bigint);
