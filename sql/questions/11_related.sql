-- Which stories are related to one, and by what?
-- story: its story_id, as in questions 10 and 12; the top story if none is given
SELECT story_id, headline, title_name, articles, titles, same_event, because FROM mart.related(%(story)s) ORDER BY score DESC
