-- How heavily do titles edit the wire, and who trims it most: what they keep, add, leave of the last third, and usually do?
-- agency: whose text; key or name; any if none is given
-- since: articles that appeared from then on
SELECT title_name, count(*) AS stories, count(*) FILTER (WHERE kept < 0.95) AS cut, round(100 * avg(kept)) AS kept_percent,
    round(100 * avg(own)) AS own_percent, round(100 * avg(kept_end)) AS end_percent, mode() WITHIN GROUP (ORDER BY relation) AS usually
FROM mart.syndication WHERE agency = coalesce(%(agency)s, agency) AND happened_at >= %(since)s AND kept IS NOT NULL
GROUP BY title_name HAVING count(*) > 2 ORDER BY avg(kept), title_name LIMIT 10
