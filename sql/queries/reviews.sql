-- What people are asked about copies and canonical articles.

-- name: lock
SELECT pg_advisory_xact_lock(7005);

-- name: pairs
-- Matches of late articles that a little more or less would turn, with what their stories weigh. Within a story only what one of the two
-- hangs on by this match: whoever also matches others strictly is in no doubt.
WITH late AS (
    SELECT article_id FROM core.article WHERE happened_at > %(since)s AND happened_at <= %(now)s
), near AS (
    SELECT match.* FROM late JOIN core.match ON left_id = late.article_id
    UNION SELECT match.* FROM late JOIN core.match ON right_id = late.article_id
)
SELECT left_id AS left, right_id AS right, left_in_right, right_in_left, left_words, right_words, shared, longest, lead, told, differing, passages,
    level, abs(extract(epoch FROM one.happened_at - other.happened_at)) AS seconds, mine.story_id AS left_story, yours.story_id AS right_story
FROM near JOIN core.article AS one ON one.article_id = left_id JOIN core.article AS other ON other.article_id = right_id
    JOIN core.story_article AS mine ON mine.article_id = left_id JOIN core.story_article AS yours ON yours.article_id = right_id
WHERE level IN ('normal', 'loose') AND (level = 'normal' OR mine.story_id <> yours.story_id)
    AND NOT EXISTS (SELECT FROM core.decision WHERE decision.article_id = left_id AND other_id = right_id AND withdrawn_at IS NULL AND what IN ('must_link', 'cannot_link'))
    AND NOT EXISTS (
        SELECT FROM ops.review WHERE kind = 'copies' AND review.article_id = left_id AND other_id = right_id
            AND (answer IS DISTINCT FROM 'lapsed' OR answered_at > %(again)s)
    )
    AND (mine.story_id <> yours.story_id OR NOT EXISTS (
        SELECT FROM core.match AS firm JOIN core.story_article AS member ON member.article_id = firm.left_id + firm.right_id - near.left_id
        WHERE (firm.left_id = near.left_id OR firm.right_id = near.left_id) AND firm.level = 'strict' AND member.story_id = mine.story_id
    ) OR NOT EXISTS (
        SELECT FROM core.match AS firm JOIN core.story_article AS member ON member.article_id = firm.left_id + firm.right_id - near.right_id
        WHERE (firm.left_id = near.right_id OR firm.right_id = near.right_id) AND firm.level = 'strict' AND member.story_id = mine.story_id
    ))
ORDER BY left_id DESC, right_id DESC LIMIT 20000;

-- name: weights
SELECT story_id, count(*) AS copies, array_agg(DISTINCT title_id ORDER BY title_id) AS titles
FROM core.story_article JOIN core.article USING (article_id) WHERE story_id = ANY (%(stories)s) GROUP BY story_id;

-- name: large_stories
-- The stories of late that most ran, as the last edition counted them, of whose canonical article nobody has decided or been asked.
SELECT story_id FROM core.reach JOIN core.story USING (story_id)
WHERE last_at > %(since)s AND last_at <= %(now)s AND articles >= %(least)s
    AND NOT EXISTS (
        SELECT FROM core.story_article AS member JOIN core.decision USING (article_id)
        WHERE member.story_id = reach.story_id AND what = 'set_canonical' AND withdrawn_at IS NULL
    )
    AND NOT EXISTS (
        SELECT FROM ops.review WHERE kind = 'canonical' AND review.article_id = canonical_id AND (answer IS DISTINCT FROM 'lapsed' OR answered_at > %(again)s)
    )
ORDER BY articles DESC, story_id LIMIT 200;

-- name: members
SELECT story_id, article_id FROM core.story_article WHERE story_id = ANY (%(stories)s);

-- name: put
INSERT INTO ops.review (kind, article_id, other_id, one_story, doubt, copies, titles, why, asked_at)
VALUES (%(kind)s, %(article)s, %(other)s, %(one_story)s, %(doubt)s, %(copies)s, %(titles)s, %(why)s, %(at)s) ON CONFLICT DO NOTHING;

-- name: asked_since
SELECT count(*) FROM ops.review WHERE asked_at > %(since)s;

-- name: open
SELECT review_id, review.kind, review.article_id, other_id, one_story, doubt, copies, titles, why, asked_at, answer, who, note, answered_at, decision_id,
    one_title.name AS title_name, other_title.name AS other_name, one.happened_at, other.happened_at AS other_at, mine.story_id,
    yours.story_id AS other_story, said.headline, replied.headline AS other_headline
FROM ops.review JOIN core.article AS one ON one.article_id = review.article_id JOIN core.title AS one_title ON one_title.title_id = one.title_id
    JOIN core.article AS other ON other.article_id = other_id JOIN core.title AS other_title ON other_title.title_id = other.title_id
    LEFT JOIN core.story_article AS mine ON mine.article_id = review.article_id LEFT JOIN core.story_article AS yours ON yours.article_id = other_id
    LEFT JOIN core.article_version AS said ON said.article_id = one.article_id AND said.number = one.version
    LEFT JOIN core.article_version AS replied ON replied.article_id = other.article_id AND replied.number = other.version
WHERE answer IS NULL AND (%(kind)s::text IS NULL OR review.kind = %(kind)s) ORDER BY doubt * copies DESC, review_id LIMIT %(limit)s;

-- name: answered
SELECT review_id, review.kind, review.article_id, other_id, one_story, doubt, copies, titles, why, asked_at, answer, who, note, answered_at, decision_id,
    one_title.name AS title_name, other_title.name AS other_name, mine.story_id, said.headline, replied.headline AS other_headline
FROM ops.review JOIN core.article AS one ON one.article_id = review.article_id JOIN core.title AS one_title ON one_title.title_id = one.title_id
    JOIN core.article AS other ON other.article_id = other_id JOIN core.title AS other_title ON other_title.title_id = other.title_id
    LEFT JOIN core.story_article AS mine ON mine.article_id = review.article_id
    LEFT JOIN core.article_version AS said ON said.article_id = one.article_id AND said.number = one.version
    LEFT JOIN core.article_version AS replied ON replied.article_id = other.article_id AND replied.number = other.version
WHERE answer IS NOT NULL ORDER BY answered_at DESC, review_id DESC LIMIT %(limit)s;

-- name: one
SELECT review_id, kind, review.article_id, review.other_id, one_story, doubt, copies, titles, review.why, asked_at, answer, review.who, note, answered_at,
    decision_id, mine.story_id, yours.story_id AS other_story, decision.withdrawn_by, decision.withdrawn_at
FROM ops.review LEFT JOIN core.story_article AS mine ON mine.article_id = review.article_id
    LEFT JOIN core.story_article AS yours ON yours.article_id = review.other_id LEFT JOIN core.decision USING (decision_id)
WHERE review_id = %(review_id)s;

-- name: for_update
SELECT answer, who FROM ops.review WHERE review_id = %(review_id)s FOR UPDATE;

-- name: answer
UPDATE ops.review SET answer = %(answer)s, who = %(who)s, note = %(note)s, answered_at = greatest(asked_at, %(at)s::timestamptz),
    decision_id = %(decision_id)s
WHERE review_id = %(review_id)s AND answer IS NULL;

-- name: standing
SELECT member.article_id, member.article_id = canonical_id AS canonical FROM core.story_article AS member JOIN core.story USING (story_id)
WHERE story_id = %(story_id)s;
