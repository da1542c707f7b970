-- An article in figures, without its texts: for counting. Article by article, or independent stories where a column says once.
SELECT
    coverage.article_id,                                            -- identity
    coverage.story_id,                                              -- story that it runs
    title.title,                                                    -- key of the title: le-monde
    title.name::text AS title_name,                                 -- name of the title
    title.kind AS title_kind,                                       -- newspaper, broadcaster, portal, magazine, agency or republisher
    coverage.owner,                                                 -- owner of the title when the article appeared
    coverage.country,                                               -- country of the title then, ISO 3166-1 alpha-2
    coverage.agency,                                                -- key of the agency whose text the story is; null: no agency's
    agency.name::text AS agency_name,                               -- name of that agency
    coverage.by_agency,                                             -- whether the title is that agency's own site
    coverage.credited,                                              -- whether the page itself names that agency first
    coverage.language,                                              -- language of the text, ISO 639-1
    coalesce(section.section, coverage.section) AS section,         -- section, under one name in all languages: sport, not Deportes; in the title's own word where it is not known
    coverage.section AS title_section,                              -- section in small letters, as the title calls it
    coverage.access,                                                -- full, stub or paywall
    coverage.happened_at,                                           -- when it appeared, UTC
    coverage.relation,                                              -- to the text that stands for its story: origin, or how it copies: verbatim (all of it, at most 5 % of its own), trimmed (cut, at most 10 % of its own), edited (half or more kept, and rewritten or added to), expanded (90 % or more kept, and more than 10 % of its own), partial (less than half kept, with more of its own)
    coverage.kept,                                                  -- share of the origin's text found in it, 0 to 1; null of an origin
    coverage.own,                                                   -- share of it that is not in the origin, 0 to 1; null of an origin
    coverage.lag,                                                   -- time after the origin, negative where it was out before; null of an origin, or where a time is not exact
    (extract(epoch FROM coverage.lag) / 60)::double precision AS lag_minutes,  -- the same in minutes
    coverage.words,                                                 -- words of the text
    coverage.wire_words,                                            -- of them, words of an agency's text, unless the title is the agency
    coverage.version AS versions,                                   -- texts that it has had, from 1
    coverage.relation = 'origin' AS is_canonical,                   -- count these: independent stories
    coverage.once_per_title,                                        -- count these: stories of a title (its fullest copy of each)
    coverage.once_per_owner,                                        -- count these: stories of an owner (its first copy of each)
    coverage.once_per_country,                                      -- count these: stories of a country (its first copy of each)
    coverage.is_first,                                              -- whether it appeared in the story's first minute; ties are ties
    coverage.is_alone                                               -- whether no other title runs the story
FROM core.coverage
    JOIN core.title USING (title_id)
    LEFT JOIN core.agency ON agency.agency = coverage.agency
    LEFT JOIN core.section ON section.name = coverage.section
