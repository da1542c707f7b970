-- What a question is asked about where nothing is said.

-- name: freshness
SELECT at, articles, stories FROM mart.edition ORDER BY edition_id DESC LIMIT 1;

-- name: agency
SELECT agency FROM mart.agency WHERE lower(%(said)s) IN (agency, lower(agency_name)) ORDER BY agency = lower(%(said)s) DESC LIMIT 1;

-- name: title
SELECT title FROM core.title WHERE lower(%(said)s) IN (title, lower(name)) ORDER BY title = lower(%(said)s) DESC LIMIT 1;

-- name: near_agency
SELECT agency AS key, name, count(*) OVER () - 5 AS more FROM core.agency LEFT JOIN (SELECT agency, sum(stories) AS stories FROM core.title_day GROUP BY agency) AS ran USING (agency)
WHERE active ORDER BY greatest(word_similarity(lower(%(said)s), lower(name)), similarity(lower(%(said)s), agency)) > 0.4 DESC, stories DESC NULLS LAST, key
LIMIT 5;

-- name: near_title
SELECT title AS key, name, count(*) OVER () - 5 AS more FROM core.title
ORDER BY greatest(word_similarity(lower(%(said)s), lower(name)), similarity(lower(%(said)s), title)) DESC, key LIMIT 5;

-- name: busiest_agency
SELECT agency FROM core.title_day WHERE agency <> '' GROUP BY agency ORDER BY sum(stories) DESC, agency LIMIT 1;

-- name: story
SELECT story_id FROM mart.story WHERE story_id = %(story)s;

-- name: top_story
SELECT story_id FROM mart.top_story WHERE agency_name IS NOT NULL ORDER BY place LIMIT 1;

-- name: top_word
SELECT word[1] FROM (SELECT headline FROM mart.top_story WHERE agency_name IS NOT NULL ORDER BY place LIMIT 1) AS top
    CROSS JOIN LATERAL regexp_matches(headline, '\w{4,}', 'g') AS word
ORDER BY length(word[1]) DESC, 1 LIMIT 1;

-- name: related_story
SELECT story_id FROM mart.top_story CROSS JOIN LATERAL (SELECT count(*) AS others FROM mart.related(story_id)) AS related
ORDER BY others >= 3 DESC, place LIMIT 1;
