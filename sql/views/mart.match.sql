-- Two articles that share text, with the setting of the dial at which they are copies: read level, and no text need be compared again.
SELECT
    match.left_id AS article_id,                                    -- one article
    match.right_id AS other_id,                                     -- the other
    match.level,                                                    -- the strictest setting at which they are copies; none: they share text and are not
    match.level = 'strict' AS strict,                               -- whether they are copies at the strict setting
    match.level IN ('strict', 'normal') AS normal,                  -- at the normal one, by which stories are told
    match.level IN ('strict', 'normal', 'loose') AS loose,          -- at the loose one
    match.left_in_right::double precision AS article_in_other,      -- share of the one found in the other
    match.right_in_left::double precision AS other_in_article,      -- share of the other found in the one
    match.longest,                                                  -- longest shared passage, in words
    match.differing::double precision AS differing,                 -- numbers and names that stand in the same place and differ
    mine.story_id,                                                  -- story of the one
    yours.story_id AS other_story_id,                               -- story of the other
    match.compared_at::timestamptz AS compared_at                   -- when they were last compared
FROM core.match
    LEFT JOIN core.story_article AS mine ON mine.article_id = match.left_id
    LEFT JOIN core.story_article AS yours ON yours.article_id = match.right_id
