-- A title's day and the agency whose text it ran then (null: its own or nobody's): articles, stories, words.
SELECT
    title.title,                                                    -- key of the title: le-monde
    title.name::text AS title_name,                                 -- name of the title
    title.kind AS title_kind,                                       -- newspaper, broadcaster, portal, magazine, agency or republisher
    title_day.owner,                                                -- owner of the title then
    title_day.country,                                              -- country of the title then, ISO 3166-1 alpha-2
    title_day.day,                                                  -- day, UTC
    nullif(title_day.agency, '') AS agency,                         -- key of the agency; null: the title's own text, or nobody's
    agency.name::text AS agency_name,                               -- name of the agency
    title_day.articles,                                             -- articles
    title_day.stories,                                              -- stories, each counted once per title
    title_day.alone,                                                -- of them, full texts that no other title has
    title_day.words::integer AS words,                              -- words of the articles
    title_day.wire_words::integer AS wire_words                     -- of them, words of the agency's text
FROM core.title_day
    JOIN core.title USING (title_id)
    LEFT JOIN core.agency ON agency.agency = title_day.agency
