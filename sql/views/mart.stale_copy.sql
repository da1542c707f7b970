-- A copy that still carries a sentence which the agency's own article has since lost or changed.
SELECT
    coverage.story_id,                                              -- story
    coverage.agency,                                                -- key of the agency
    title.title,                                                    -- key of the title that runs the copy
    title.name AS title_name,                                       -- name of the title
    copy.article_id,                                                -- the copy
    article.url,                                                    -- its address
    newest.extracted_at AS copy_read_at,                            -- when we last read a new text of it
    fixed.extracted_at AS corrected_at,                             -- when we read the agency's change
    lost.sentence AS old_sentence                                   -- the first such sentence
FROM core.article_version AS fixed
    JOIN core.article_version AS before ON before.article_id = fixed.article_id AND before.number = fixed.number - 1
    JOIN core.coverage ON coverage.article_id = fixed.article_id AND coverage.by_agency
    JOIN core.coverage AS copy ON copy.story_id = coverage.story_id AND NOT copy.by_agency
    JOIN core.title ON title.title_id = copy.title_id
    JOIN core.article ON article.article_id = copy.article_id
    JOIN core.article_version AS newest ON newest.article_id = article.article_id AND newest.number = article.version
    CROSS JOIN LATERAL (
        SELECT sentence FROM regexp_split_to_table(before.text, '(?<=[.!?])\s+') WITH ORDINALITY AS each (sentence, place)
        WHERE length(sentence) >= 30 AND strpos(fixed.text, sentence) = 0 AND strpos(newest.text, sentence) > 0
        ORDER BY place LIMIT 1
    ) AS lost
WHERE fixed.number > 1
