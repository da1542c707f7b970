-- An event: what happened, as several independent stories tell it, in titles and languages.
SELECT
    event.event_id,                                                 -- identity; it stays when stories join
    story.story_id,                                                 -- the story most like all others: it stands for the event
    lead.headline::text AS headline,                                -- headline of that story's canonical article
    lead.language,                                                  -- language of that article
    reach.stories,                                                  -- independent stories about it
    reach.sources,                                                  -- who these are by: agencies, and owners with a text of their own
    reach.articles,                                                 -- articles that run them, copies included
    reach.titles,                                                   -- titles of these articles
    reach.owners,                                                   -- owners of these titles
    reach.countries,                                                -- countries of these titles
    reach.languages,                                                -- languages of the articles
    reach.best_rank,                                                -- highest place that a feed gave one; 1 is the top
    reach.first_at,                                                 -- when the first article appeared
    reach.last_at,                                                  -- when the last one appeared
    event.created_at::timestamptz AS created_at,                    -- when we first had it
    event.changed_at::timestamptz AS changed_at                     -- when its stories last changed
FROM core.event
    JOIN core.event_reach AS reach USING (event_id)
    JOIN core.story AS placed ON placed.story_id = event.lead_id
    JOIN core.story ON story.story_id = coalesce(placed.merged_into, placed.story_id)
    LEFT JOIN core.article ON article.article_id = story.canonical_id
    LEFT JOIN core.article_version AS lead ON lead.article_id = article.article_id AND lead.number = article.version
WHERE reach.stories > 1
