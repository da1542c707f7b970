-- A story that ran within the day before the last edition, with what its place is made of: own reports and copies count by owners, not by copies.
SELECT
    row_number() OVER (ORDER BY scored.score DESC, scored.story_id) AS place,  -- 1 is the top
    scored.story_id,                                                -- story
    version.headline,                                               -- headline of the canonical article
    title.name AS title_name,                                       -- title of the canonical article
    agency.name AS agency_name,                                     -- name of the agency whose text it is; null: no agency's
    scored.articles,                                                -- articles that run it
    scored.titles,                                                  -- titles that run it
    scored.owners,                                                  -- their owners
    scored.countries,                                               -- their countries
    scored.best_rank,                                               -- highest place in a feed; 1 is the top
    scored.hours,                                                   -- hours since its last article
    scored.owners_part,                                             -- part of the score: 2 x log2(1 + owners)
    scored.countries_part,                                          -- part of the score: log2(countries)
    scored.rank_part,                                               -- part of the score: 1 / best rank
    scored.age_part,                                                -- factor of the score: it halves in 6 hours
    scored.score                                                    -- (owners_part + countries_part + rank_part) x age_part
FROM (
    SELECT *, (owners_part + countries_part + rank_part) * age_part AS score
    FROM (
        SELECT reach.*, extract(epoch FROM latest.at - last_at) / 3600 AS hours, 2 * ln(1 + owners) / ln(2) AS owners_part,
            ln(countries) / ln(2) AS countries_part, coalesce(1.0 / best_rank, 0) AS rank_part,
            0.5 ^ (extract(epoch FROM latest.at - last_at) / 3600 / 6)::double precision AS age_part
        FROM (SELECT max(at) AS at FROM ops.edition) AS latest JOIN core.reach ON last_at > latest.at - interval '1 day' AND last_at <= latest.at
    ) AS parts
) AS scored
    JOIN core.story USING (story_id)
    JOIN core.article ON article.article_id = story.canonical_id
    JOIN core.article_version AS version ON version.article_id = article.article_id AND version.number = article.version
    JOIN core.title USING (title_id)
    LEFT JOIN core.agency ON agency.agency = story.agency
