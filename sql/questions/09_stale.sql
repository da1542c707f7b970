-- Which titles still carry what the agency has since changed?
-- since: changes of the agency that we read from then on
SELECT title_name, agency, corrected_at, old_sentence, url
FROM mart.stale_copy WHERE corrected_at >= %(since)s ORDER BY corrected_at DESC, title_name LIMIT 20
