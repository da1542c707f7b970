-- An agency's story in a title: who ran it, how much was kept and added, how long after the origin. A title's best copy, if it has several.
SELECT DISTINCT ON (story.story_id, article.title_id)
    story.story_id,                                                 -- story
    story.agency,                                                   -- agency whose text it is
    title.title,                                                    -- key of the title that ran it
    title.name AS title_name,                                       -- name of the title
    title.owner,                                                    -- owner of the title
    title.country,                                                  -- country of the title
    article.article_id,                                             -- the title's article
    article.url,                                                    -- its address
    newest.headline,                                                -- its headline
    member.relation,                                                -- to the origin: origin, verbatim, trimmed, edited, expanded, partial
    member.kept,                                                    -- share of the origin's text that was kept
    member.own,                                                     -- share of the article that is the title's own
    member.lag,                                                     -- time after the origin; null where a time is not exact enough
    credit.agency IS NOT DISTINCT FROM story.agency AS credited,    -- whether the page itself names the agency
    title.agency IS NOT DISTINCT FROM story.agency AS by_agency,    -- whether the title is the agency's own site
    article.happened_at,                                            -- when it appeared
    newest.words                                                    -- words of the article
FROM core.story
    JOIN core.story_article AS member USING (story_id)
    JOIN core.article ON article.article_id = member.article_id
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    JOIN core.title ON title.title_id = article.title_id
    LEFT JOIN core.credit ON credit.article_id = article.article_id AND credit.number = article.version AND credit.rank = 1
        AND credit.method <> 'story'
WHERE story.agency IS NOT NULL
ORDER BY story.story_id, article.title_id, member.kept DESC, article.happened_at, article.article_id
