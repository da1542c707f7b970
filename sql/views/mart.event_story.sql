-- A story in its event, with what it shares with the others. A story that nothing else is about is not here.
SELECT
    member.event_id,                                                -- event
    member.story_id,                                                -- story
    version.headline::text AS headline,                             -- headline of its canonical article
    version.language,                                               -- language of that article
    title.name::text AS title_name,                                 -- title of that article
    story.agency,                                                   -- key of the agency whose text it is; null: no agency's
    reach.articles,                                                 -- articles that run it
    reach.titles,                                                   -- titles that run it
    reach.first_at,                                                 -- when its first article appeared
    member.likeness::double precision AS likeness,                  -- how alike it is to the others, 0 to 1, their mean; from 0.15 two stories are linked
    member.because,                                                 -- what it shares with them: names first
    ARRAY(
        SELECT format('%s (%s, %s): %s', replace(what, '_', ' '), who, at::date, why)
        FROM core.story_article AS ran JOIN core.decision ON decision.article_id = ran.article_id OR decision.other_id = ran.article_id
        WHERE ran.story_id = member.story_id AND what IN ('one_event', 'two_events') AND withdrawn_at IS NULL ORDER BY decision_id
    ) AS decisions,                                                 -- what people said of its event: one event, two events; by whom, when, why
    member.joined_at::timestamptz AS joined_at                      -- when it was put into this event
FROM core.event_story AS member
    JOIN core.story USING (story_id)
    JOIN core.reach USING (story_id)
    JOIN core.article ON article.article_id = story.canonical_id
    JOIN core.article_version AS version ON version.article_id = article.article_id AND version.number = article.version
    JOIN core.title USING (title_id)
WHERE EXISTS (SELECT FROM core.event_story AS other WHERE other.event_id = member.event_id AND other.story_id <> member.story_id)
