-- What is on top now: an event, or a story that stands alone, with the parts of its score. Independent sources and owners count, not copies.
SELECT
    top.place,                                                      -- 1 is the top
    story.story_id,                                                 -- story; of an event, the one that stands for it
    top.event_id,                                                   -- event; null: the story stands alone
    version.headline::text AS headline,                             -- headline of the canonical article
    title.name::text AS title_name,                                 -- title of the canonical article
    agency.name::text AS agency_name,                               -- name of the agency whose text it is; null: no agency's
    top.stories,                                                    -- independent stories about it
    top.sources,                                                    -- who these are by: agencies, and owners with a text of their own
    top.articles,                                                   -- articles that run them
    top.titles,                                                     -- titles that run them
    top.owners,                                                     -- their owners
    top.countries,                                                  -- their countries
    top.best_rank,                                                  -- highest place in a feed; 1 is the top
    top.owners_lately,                                              -- owners that ran it in the last three hours
    top.owners_before,                                              -- owners that ran it in the three hours before
    top.hours,                                                      -- hours since its last article
    top.sources_part,                                               -- part of the score: 2 x log2(1 + sources)
    top.owners_part,                                                -- part of the score: log2(1 + owners)
    top.countries_part,                                             -- part of the score: log2(countries) / 2
    top.rank_part,                                                  -- part of the score: log2(1 + the sum over owners of 1 / their best place)
    top.growth_part,                                                -- part of the score: log2 of (1 + owners lately) / (1 + owners before), 0 to 2
    top.age_part,                                                   -- factor of the score: it halves in 6 hours
    top.score,                                                      -- the sum of the parts x age_part
    top.at::timestamptz AS at                                       -- when that was so: the last run of events
FROM core.top_story AS top
    JOIN core.story AS placed USING (story_id)
    JOIN core.story ON story.story_id = coalesce(placed.merged_into, placed.story_id)
    JOIN core.article ON article.article_id = story.canonical_id
    JOIN core.article_version AS version ON version.article_id = article.article_id AND version.number = article.version
    JOIN core.title USING (title_id)
    LEFT JOIN core.agency ON agency.agency = story.agency
WHERE top.at = (SELECT max(at) FROM core.top_story)
    AND NOT EXISTS (  -- two that were merged since are one, at the place of the first
        SELECT FROM core.top_story AS above JOIN core.story AS led USING (story_id)
        WHERE above.at = top.at AND above.place < top.place AND coalesce(led.merged_into, led.story_id) = story.story_id
    )
