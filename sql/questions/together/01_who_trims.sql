-- Who trims an agency most, and what do they cut?
-- agency: whose text; key or name
SELECT title, count(*) AS stories, count(*) FILTER (WHERE kept < 0.95) AS cut, round(100 * avg(kept)) AS kept_percent,
    round(100 * avg(kept_start)) AS start_percent, round(100 * avg(kept_middle)) AS middle_percent, round(100 * avg(kept_end)) AS end_percent
FROM mart.syndication WHERE agency = %(agency)s AND kept IS NOT NULL
GROUP BY title HAVING count(*) > 2 ORDER BY avg(kept), title LIMIT 5
