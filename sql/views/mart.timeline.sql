-- One version of one article, in time within its event (or its story, where that stands alone): a timeline is WHERE event_id = ... ORDER BY read_at.
SELECT
    member.event_id,                                                -- event; null: the story stands alone
    coverage.story_id,                                              -- story
    version.article_id,                                             -- article
    version.number AS version,                                      -- number of the version, from 1
    CASE WHEN version.number = 1 THEN coverage.happened_at ELSE version.extracted_at END AS read_at,  -- when it was out: the article's time, then when we read the change
    CASE WHEN version.number = 1 THEN coverage.happened_at ELSE version.extracted_at END - coalesce(event.first_at, story.first_at) AS after,  -- time after the event's first article
    version.number = 1 AND date_trunc('minute', coverage.happened_at) = date_trunc('minute', coalesce(event.first_at, story.first_at)) AS broke_it,  -- whether it is a first version, of the event's first minute; ties are ties. Where agency_seen is false, an agency was before
    coalesce(article.published_precision IN ('second', 'minute'), false) AS is_exact,  -- whether the page gives that time to the minute; else it is when we saw it
    title.title,                                                    -- key of the title
    title.name::text AS title_name,                                 -- name of the title
    title.kind AS title_kind,                                       -- newspaper, broadcaster, portal, magazine, agency or republisher
    coverage.owner,                                                 -- its owner then
    coverage.country,                                               -- its country then
    coverage.language,                                              -- language of the text
    version.headline::text AS headline,                             -- headline of this version
    version.words,                                                  -- words of this version
    version.change,                                                 -- what it changed: headline, minor, substantive, correction, trim; null of a first version
    coverage.agency,                                                -- key of the agency whose text the story is; null: no agency's
    story.agency_seen,                                              -- whether the agency's own article was seen; false: who is first here had it from the agency; null: no agency's story
    coverage.relation,                                              -- to its story's origin: origin (an independent account), or how it copies
    coverage.kept,                                                  -- share of the origin's text found in it; null of an origin
    coverage.lag                                                    -- time after the origin of its own story
FROM core.coverage
    JOIN core.reach AS story ON story.story_id = coverage.story_id
    JOIN core.article ON article.article_id = coverage.article_id
    JOIN core.article_version AS version ON version.article_id = coverage.article_id
    JOIN core.title ON title.title_id = coverage.title_id
    LEFT JOIN core.event_story AS member ON member.story_id = coverage.story_id
    LEFT JOIN core.event_reach AS event ON event.event_id = member.event_id
