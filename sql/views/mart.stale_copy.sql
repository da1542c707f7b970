-- A copy that still carries a sentence which the agency's own article has since lost or changed.
SELECT
    stale_copy.story_id,                                            -- story
    coverage.agency,                                                -- key of the agency
    agency.name::text AS agency_name,                               -- name of the agency
    title.title,                                                    -- key of the title that runs the copy
    title.name::text AS title_name,                                 -- name of the title
    stale_copy.article_id,                                          -- the copy
    article.url,                                                    -- its address
    stale_copy.corrected_at,                                        -- when we read the agency's change
    stale_copy.old_sentence                                         -- the first such sentence
FROM core.stale_copy
    JOIN core.coverage USING (article_id)
    JOIN core.title USING (title_id)
    JOIN core.article USING (article_id)
    LEFT JOIN core.agency ON agency.agency = coverage.agency
