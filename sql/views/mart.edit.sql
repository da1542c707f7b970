-- An edit: a change of an article's headline or text that we have read.
SELECT
    version.article_id,                                             -- article
    coverage.story_id,                                              -- its story
    title.title,                                                    -- key of the title
    title.name::text AS title_name,                                 -- name of the title
    coverage.agency,                                                -- agency whose text it is; null: no agency's
    version.number AS version,                                      -- number of the version that the edit made
    version.extracted_at::timestamptz AS read_at,                   -- when we read it: it was made since we last had
    before.headline::text AS headline_before,                       -- headline before
    version.headline::text AS headline,                             -- headline after
    before.words AS words_before,                                   -- words before
    version.words,                                                  -- words after
    version.headline IS DISTINCT FROM before.headline AS headline_changed,  -- whether the headline changed
    version.text IS DISTINCT FROM before.text AS text_changed,      -- whether the text changed
    version.change,                                                 -- what it was: headline, minor, substantive, correction, trim; null: not known
    version.change IS DISTINCT FROM 'correction' AND (version.modified_at IS NULL OR version.modified_at IS NOT DISTINCT FROM before.modified_at) AS is_silent,  -- whether the page does not say that it was changed
    article.url                                                     -- address
FROM core.article_version AS version
    JOIN core.article_version AS before ON before.article_id = version.article_id AND before.number = version.number - 1
    JOIN core.coverage ON coverage.article_id = version.article_id
    JOIN core.title USING (title_id)
    JOIN core.article ON article.article_id = version.article_id
WHERE version.number > 1
