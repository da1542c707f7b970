-- An article: one address of one title, in its newest version, with the story it belongs to.
SELECT
    article.article_id,                                             -- identity
    title.title,                                                    -- key of the title: le-monde
    title.name::text AS title_name,                                 -- name of the title
    title.owner::text AS owner,                                     -- owner of the title
    title.country,                                                  -- country of the title, ISO 3166-1 alpha-2
    title.kind AS title_kind,                                       -- newspaper, broadcaster, portal, magazine, agency or republisher
    article.url,                                                    -- address
    newest.language,                                                -- language of the text, ISO 639-1
    newest.headline::text AS headline,                              -- headline
    newest.standfirst::text AS standfirst,                          -- line or two between headline and text
    newest.text::text AS text,                                      -- text, paragraphs divided by one blank line
    newest.words,                                                   -- words of the text
    newest.authors,                                                 -- people named as authors
    newest.section::text AS section,                                -- section, as the title calls it; mart.coverage.section has one name in all languages
    newest.tags,                                                    -- keywords that the page gives
    newest.access,                                                  -- full, stub or paywall
    newest.number AS version,                                       -- number of the newest version, from 1
    article.published_at::timestamptz AS published_at,              -- time of publication that the page claims, UTC
    article.published_precision,                                    -- how exact that is: second, minute or day
    article.published_from,                                         -- who says so: json-ld, meta, html, feed, url
    newest.modified_at::timestamptz AS modified_at,                 -- time of the last change that the page claims, UTC
    article.first_seen_at::timestamptz AS first_seen_at,            -- when we first saw it in a feed
    article.happened_at,                                            -- for ordering: the earlier of claimed and first seen
    coalesce(title.agency, credit.agency) AS agency,                -- key of the agency that the page credits most surely; null: none
    named.name::text AS agency_name,                                -- name of that agency
    CASE WHEN title.agency IS NOT NULL THEN 'full' ELSE credit.extent END AS agency_extent,  -- full: all of the text; mixed: a part
    CASE WHEN title.agency IS NOT NULL THEN 'domain' ELSE credit.method END AS agency_method,  -- how we know: byline, dateline, json_ld ...
    credit.evidence::text AS agency_evidence,                       -- the words that say it
    credit.confidence::double precision AS agency_confidence,       -- how sure, 0 to 1
    member.story_id,                                                -- story that it is a copy of; null until it is compared
    member.relation,                                                -- to the text that stands for its story: origin, or how it copies: verbatim (all of it, at most 5 % of its own), trimmed (cut, at most 10 % of its own), edited (half or more kept, and rewritten or added to), expanded (90 % or more kept, and more than 10 % of its own), partial (less than half kept, with more of its own)
    member.relation = 'origin' AS is_canonical,                     -- whether it stands for its story: count these to count news
    member.kept::double precision AS kept,                          -- share of the origin's text found in it
    member.own::double precision AS own,                            -- share of it that is not in the origin
    member.lag,                                                     -- time after the origin; null where a time is not exact enough
    newest.images,                                                  -- pictures: a list of {url, caption, credit, agency}
    newest.copyright_holder::text AS copyright_holder,              -- who holds the copyright, where the page states it
    newest.licence::text AS licence,                                -- terms of use, where the page states them: an address or a name
    newest.flags                                                    -- live_blog, roundup: texts that hold several others
FROM core.article
    JOIN core.title USING (title_id)
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    LEFT JOIN core.credit ON credit.article_id = article.article_id AND credit.number = article.version AND credit.rank = 1
    LEFT JOIN core.story_article AS member ON member.article_id = article.article_id
    LEFT JOIN core.agency AS named ON named.agency = coalesce(title.agency, credit.agency)
