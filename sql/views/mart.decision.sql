-- A person's word that holds, whenever stories and events are made anew: on two articles, or on one.
SELECT
    decision.decision_id,                                           -- identity
    decision.what,                                                  -- must_link, cannot_link: one story or not; one_event, two_events: one happening or not; set_canonical, set_agency, pick
    decision.article_id,                                            -- the article; of two, the one that we had first
    one.url,                                                        -- its address
    mine.story_id,                                                  -- its story now
    decision.other_id AS other_article_id,                          -- the other article, where the word is on two
    other.url AS other_url,                                         -- its address
    yours.story_id AS other_story_id,                               -- its story now
    decision.agency,                                                -- of set_agency: whose text it is; null: no agency's
    decision.who::text AS decided_by,                               -- who decided
    decision.why::text AS why,                                      -- why
    decision.at::timestamptz AS decided_at,                         -- when
    decision.until::timestamptz AS holds_until                      -- of pick: how long
FROM core.decision
    JOIN core.article AS one ON one.article_id = decision.article_id
    LEFT JOIN core.article AS other ON other.article_id = decision.other_id
    LEFT JOIN core.story_article AS mine ON mine.article_id = decision.article_id
    LEFT JOIN core.story_article AS yours ON yours.article_id = decision.other_id
WHERE decision.withdrawn_at IS NULL
