-- A title that ran an agency's story: how much it kept and added, how long after. One row per story and title, its fullest copy; never the agency's own site.
SELECT
    coverage.story_id,                                              -- story
    coverage.agency,                                                -- key of the agency whose text it is
    agency.name AS agency_name,                                     -- name of the agency
    title.title,                                                    -- key of the title that ran it
    title.name AS title_name,                                       -- name of the title
    coverage.owner,                                                 -- owner of the title then
    coverage.country,                                               -- country of the title then
    coverage.section,                                               -- section in small letters, as the title calls it
    coverage.language,                                              -- language of the text
    coverage.article_id,                                            -- the title's article
    article.url,                                                    -- its address
    newest.headline,                                                -- its headline
    coverage.relation,                                              -- to the origin: verbatim, trimmed, edited, expanded, partial; origin: the agency's own was not seen
    coverage.kept,                                                  -- share of the origin's text that was kept, 0 to 1; null of an origin
    coverage.own,                                                   -- share of the article that is the title's own, 0 to 1; null of an origin
    coverage.lag,                                                   -- time after the origin; null of an origin, or where a time is not exact
    (extract(epoch FROM coverage.lag) / 60)::double precision AS lag_minutes,  -- the same in minutes
    coverage.kept_start,                                            -- share kept of the first third of the agency's text
    coverage.kept_middle,                                           -- share kept of its second third
    coverage.kept_end,                                              -- share kept of its last third
    coverage.credited,                                              -- whether the page itself names the agency first
    coverage.happened_at,                                           -- when it appeared
    coverage.words,                                                 -- words of the article
    coverage.wire_words                                             -- of them, the agency's
FROM core.coverage
    JOIN core.title USING (title_id)
    -- left joins by a key: what a query does not name is not read
    LEFT JOIN core.agency ON agency.agency = coverage.agency
    LEFT JOIN core.article ON article.article_id = coverage.article_id
    LEFT JOIN core.article_version AS newest ON newest.article_id = coverage.article_id AND newest.number = coverage.version
WHERE coverage.agency IS NOT NULL AND NOT coverage.by_agency AND coverage.once_per_title
