-- People's word on articles.

-- name: about
SELECT decision_id, what, article_id, other_id, agency, who, why, at FROM core.decision
WHERE withdrawn_at IS NULL AND (article_id = ANY (%(articles)s) OR other_id = ANY (%(articles)s)) ORDER BY decision_id;
