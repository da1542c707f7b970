-- A story: one text and all its copies, as the last edition counted them.
SELECT
    story.story_id,                                                 -- identity; it stays when copies arrive
    story.canonical_id AS canonical_article_id,                     -- the article that stands for it
    canonical.headline::text AS headline,                           -- headline of the canonical article
    canonical.language,                                             -- language of the canonical article
    story.agency,                                                   -- key of the agency whose text it is, from the evidence of all copies; null: no agency's
    agency.name::text AS agency_name,                               -- name of that agency
    reach.agency_seen,                                              -- whether the agency's own article was seen; false: a subscriber's stands for it; null: no agency's story
    reach.articles,                                                 -- articles that run it, the canonical one included
    reach.titles,                                                   -- titles that run it
    reach.owners,                                                   -- owners of these titles
    reach.countries,                                                -- countries of these titles
    reach.best_rank,                                                -- highest place that a feed gave it; 1 is the top
    reach.first_at,                                                 -- when its first article appeared
    reach.last_at,                                                  -- when its last article appeared
    canonical.words,                                                -- words of the canonical article
    story.created_at::timestamptz AS created_at,                    -- when we first had it
    story.changed_at::timestamptz AS changed_at                     -- when its members, canonical article or agency last changed
FROM core.story
    JOIN core.reach USING (story_id)
    -- left joins by a key: what a query does not name is not read
    LEFT JOIN core.article ON article.article_id = story.canonical_id
    LEFT JOIN core.article_version AS canonical ON canonical.article_id = article.article_id AND canonical.number = article.version
    LEFT JOIN core.agency ON agency.agency = story.agency
