-- A title that ran an agency's story: how much it kept and added, how long after. One row per story and title, its fullest copy; never the agency's own site.
SELECT
    coverage.story_id,                                              -- story
    coverage.agency,                                                -- key of the agency whose text it is
    agency.name::text AS agency_name,                               -- name of the agency
    title.title,                                                    -- key of the title that ran it
    title.name::text AS title_name,                                 -- name of the title
    coverage.owner,                                                 -- owner of the title then
    coverage.country,                                               -- country of the title then
    coalesce(section.section, coverage.section) AS section,         -- section, under one name in all languages: sport, not Deportes; in the title's own word where it is not known
    coverage.section AS title_section,                              -- section in small letters, as the title calls it
    coverage.language,                                              -- language of the text
    coverage.article_id,                                            -- the title's article
    article.url,                                                    -- its address
    newest.headline::text AS headline,                              -- its headline
    coverage.relation,                                              -- to the text that stands for the story: origin (the agency's own was not seen, and this copy stands for it), or how it copies: verbatim (all of it, at most 5 % of its own), trimmed (cut, at most 10 % of its own), edited (half or more kept, and rewritten or added to), expanded (90 % or more kept, and more than 10 % of its own), partial (less than half kept, with more of its own)
    coverage.agency_seen,                                           -- whether the agency's own article was seen; false: kept, own and lag are measured from a subscriber's copy
    coverage.kept,                                                  -- share of the origin's text that was kept, 0 to 1, the newest version of the copy against the newest of the origin: a copy of an older version (mart.stale_copy) looks trimmed; null of an origin
    coverage.own,                                                   -- share of the article that is the title's own, 0 to 1; null of an origin
    coverage.lag,                                                   -- time after the origin, negative where it was out before; null where relation is origin, and else where one of the two times is not exact
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
    LEFT JOIN core.section ON section.name = coverage.section
WHERE coverage.agency IS NOT NULL AND NOT coverage.by_agency AND coverage.once_per_title
