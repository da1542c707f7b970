-- People's word on articles.

-- name: lock
SELECT pg_advisory_xact_lock(7001);

-- name: about
SELECT decision_id, what, article_id, other_id, agency, who, why, at FROM core.decision
WHERE withdrawn_at IS NULL AND (article_id = ANY (%(articles)s) OR other_id = ANY (%(articles)s)) ORDER BY decision_id;

-- name: all
SELECT decision_id, what, article_id, other_id, agency, who, why, at FROM core.decision WHERE withdrawn_at IS NULL ORDER BY decision_id;

-- name: article
SELECT article_id, EXISTS (SELECT FROM core.story_article AS member WHERE member.article_id = found.article_id) AS told
FROM (SELECT coalesce(same_as, article_id) AS article_id FROM core.article LEFT JOIN ops.intake USING (article_id) WHERE url_key = %(url_key)s
      UNION ALL SELECT article_id FROM core.alias WHERE url_key = %(url_key)s LIMIT 1) AS found;

-- name: story
SELECT theirs.article_id FROM core.story_article AS mine JOIN core.story_article AS theirs USING (story_id)
WHERE mine.article_id = %(article_id)s;

-- name: add
INSERT INTO core.decision (what, article_id, other_id, agency, who, why, at)
VALUES (%(what)s, %(article_id)s, %(other_id)s, %(agency)s, %(who)s, %(why)s, %(at)s) RETURNING decision_id;

-- name: withdraw
UPDATE core.decision SET withdrawn_at = %(at)s, withdrawn_by = %(who)s, withdrawn_why = %(why)s
WHERE decision_id = %(decision_id)s AND withdrawn_at IS NULL AND what NOT IN ('one_event', 'two_events') RETURNING article_id, other_id;

-- name: broken
SELECT decision_id FROM core.decision JOIN core.story_article AS mine ON mine.article_id = decision.article_id
    JOIN core.story ON story.story_id = mine.story_id LEFT JOIN core.story_article AS yours ON yours.article_id = decision.other_id
WHERE decision.withdrawn_at IS NULL AND NOT CASE what
    WHEN 'must_link' THEN mine.story_id = yours.story_id
    WHEN 'cannot_link' THEN mine.story_id <> yours.story_id
    WHEN 'set_canonical' THEN story.canonical_id = decision.article_id
    WHEN 'pick' THEN true
    WHEN 'one_event' THEN true
    WHEN 'two_events' THEN true
    ELSE story.agency IS NOT DISTINCT FROM decision.agency END
ORDER BY decision_id;

-- name: listed
SELECT decision_id, what, one.url, other.url AS other_url, decision.agency, who, why, at, decision.withdrawn_at, withdrawn_by, withdrawn_why
FROM core.decision JOIN core.article AS one USING (article_id) LEFT JOIN core.article AS other ON other.article_id = other_id
WHERE %(withdrawn)s OR decision.withdrawn_at IS NULL ORDER BY decision_id;
