-- An edition: the moment up to which the kept figures of all views are counted. The newest says how fresh they are.
SELECT
    edition_id,                                                     -- identity, in order
    at::timestamptz AS at,                                          -- up to when things are counted
    articles,                                                       -- articles that are in a story
    stories,                                                        -- independent stories
    copies,                                                         -- articles that are copies
    refused,                                                        -- articles that were refused
    pending,                                                        -- articles still on their way
    counted AS stories_changed                                      -- stories that changed since the edition before
FROM ops.edition
