-- Operator: where did everything go in the last run?
SELECT stage, door, new_items, items
FROM mart.door WHERE edition_id = (SELECT max(edition_id) FROM mart.edition) ORDER BY stage, door = 'kept' DESC, items DESC, door
