-- A story: one text and all its copies.
SELECT
    story.story_id,                                                 -- identity; it stays when copies arrive
    story.canonical_id AS canonical_article_id,                     -- the article that stands for it
    canonical.headline,                                             -- headline of the canonical article
    canonical.language,                                             -- language of the canonical article
    story.agency,                                                   -- whose text it is, from the evidence of all copies; null: no agency's
    members.articles,                                               -- articles that run it, the canonical one included
    members.titles,                                                 -- titles that run it
    members.owners,                                                 -- owners of these titles
    members.first_at,                                               -- when its first article appeared
    members.last_at,                                                -- when its last article appeared
    canonical.words,                                                -- words of the canonical article
    story.created_at,                                               -- when we first had it
    story.changed_at                                                -- when its members, canonical article or agency last changed
FROM core.story
    JOIN core.article ON article.article_id = story.canonical_id
    JOIN core.article_version AS canonical ON canonical.article_id = article.article_id AND canonical.number = article.version
    CROSS JOIN LATERAL (
        SELECT count(*) AS articles, count(DISTINCT title_id) AS titles, count(DISTINCT title.owner) AS owners,
            min(member_article.happened_at) AS first_at, max(member_article.happened_at) AS last_at
        FROM core.story_article AS member
            JOIN core.article AS member_article USING (article_id)
            JOIN core.title USING (title_id)
        WHERE member.story_id = story.story_id
    ) AS members
WHERE story.merged_into IS NULL
