-- How fast does each title run an agency's copy, in minutes? not_seen: stories timed from a subscriber, the agency's own article was not seen.
-- agency: whose text; key or name
-- since: articles that appeared from then on
SELECT title_name, count(*) AS stories, count(*) FILTER (WHERE NOT agency_seen) AS not_seen,
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY lag_minutes)::numeric) AS median_minutes,
    round(percentile_cont(0.9) WITHIN GROUP (ORDER BY lag_minutes)::numeric) AS p90_minutes
FROM mart.syndication WHERE agency = %(agency)s AND happened_at >= %(since)s AND lag IS NOT NULL
GROUP BY title_name HAVING count(*) > 2 ORDER BY median_minutes, title_name LIMIT 10
