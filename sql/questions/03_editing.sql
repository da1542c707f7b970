-- How heavily do titles edit the wire: what they keep, what they add, what they usually do?
-- since: articles that appeared from then on
SELECT title_name, count(*) AS stories, round(100 * avg(kept)) AS kept_percent, round(100 * avg(own)) AS own_percent,
    mode() WITHIN GROUP (ORDER BY relation) AS usually
FROM mart.syndication WHERE happened_at >= %(since)s AND relation <> 'origin'
GROUP BY title_name HAVING count(*) > 2 ORDER BY avg(kept), title_name LIMIT 10
