-- A canonical article: the one article that stands for a story. Count these to count news.
SELECT
    article.story_id,                                               -- story that it stands for
    article.article_id,                                             -- identity
    article.title,                                                  -- key of the title: le-monde
    article.title_name,                                             -- name of the title
    article.owner,                                                  -- owner of the title
    article.country,                                                -- country of the title
    article.url,                                                    -- address
    article.language,                                               -- language of the text
    article.headline,                                               -- headline
    article.standfirst,                                             -- line or two between headline and text
    article.text,                                                   -- text, paragraphs divided by one blank line
    article.words,                                                  -- words of the text
    article.authors,                                                -- people named as authors
    article.section,                                                -- section of the title
    article.access,                                                 -- full, stub or paywall
    article.published_at,                                           -- time of publication that the page claims, UTC
    article.published_precision,                                    -- how exact that is: second, minute or day
    article.first_seen_at,                                          -- when we first saw it in a feed
    article.happened_at,                                            -- for ordering: the earlier of claimed and first seen
    story.agency,                                                   -- whose text the story is; null: no agency's
    story.agency_name,                                              -- name of that agency
    story.articles,                                                 -- articles that run the story, this one included
    story.titles,                                                   -- titles that run it
    story.owners,                                                   -- owners of these titles
    story.last_at                                                   -- when its last article appeared
FROM mart.story AS story JOIN mart.article AS article ON article.article_id = story.canonical_article_id
