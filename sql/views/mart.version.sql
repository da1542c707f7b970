-- A version: one text that an article has had. A story's versions in order of read_at are its timeline.
SELECT
    coverage.story_id,                                              -- story
    version.article_id,                                             -- article
    version.number AS version,                                      -- number of the version, from 1
    title.title,                                                    -- key of the title
    title.name::text AS title_name,                                 -- name of the title
    version.headline::text AS headline,                             -- headline of this version
    version.words,                                                  -- words of this version
    version.change,                                                 -- what it changed: headline, minor, substantive, correction, trim; null of a first version
    CASE WHEN version.number = 1 THEN coverage.happened_at ELSE version.extracted_at END AS read_at,  -- when it was out: the article's time, then when we read the change
    version.modified_at::timestamptz AS modified_at,                -- when the page says it was changed
    coverage.relation,                                              -- of the newest version to the story's origin
    coverage.kept,                                                  -- share of the origin's text found in the newest version; null of an origin
    coverage.lag,                                                   -- time of the article after the origin
    coverage.is_first                                               -- whether the article appeared in the story's first minute
FROM core.article_version AS version
    JOIN core.coverage USING (article_id)
    JOIN core.title USING (title_id)
