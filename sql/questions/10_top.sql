-- Top stories now, and why.
SELECT place, story_id, headline, stories, sources, articles, titles, owners, countries, best_rank, round(score::numeric, 2) AS score
FROM mart.top_story ORDER BY place LIMIT 10
