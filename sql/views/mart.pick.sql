-- One of our picks now: people's first, then by rule from what is on top, mixed by event, owner and section.
SELECT
    pick.place,                                                     -- in the list, from 1
    story.story_id,                                                 -- story
    pick.event_id,                                                  -- its event; null: it stands alone
    version.headline::text AS headline,                             -- headline of the canonical article
    title.name::text AS title_name,                                 -- title of the canonical article
    pick.owner,                                                     -- owner of that title
    pick.section,                                                   -- section by which the picks are mixed; empty: none is known
    article.url,                                                    -- address of the canonical article
    pick.decision_id IS NOT NULL AS by_hand,                        -- whether a person picked it
    decision.who::text AS picked_by,                                -- who that was; null: picked by rule
    pick.why,                                                       -- the reason
    pick.at::timestamptz AS at                                      -- when that was so: the last run of events, or the last pick
FROM core.pick
    JOIN core.story AS placed USING (story_id)
    JOIN core.story ON story.story_id = coalesce(placed.merged_into, placed.story_id)
    JOIN core.article ON article.article_id = story.canonical_id
    JOIN core.article_version AS version ON version.article_id = article.article_id AND version.number = article.version
    JOIN core.title USING (title_id)
    LEFT JOIN core.decision USING (decision_id)
WHERE pick.at = (SELECT max(at) FROM core.pick)
    AND NOT EXISTS (  -- two that were merged since are one, at the place of the first
        SELECT FROM core.pick AS above JOIN core.story AS led USING (story_id)
        WHERE above.at = pick.at AND above.place < pick.place AND coalesce(led.merged_into, led.story_id) = story.story_id
    )
