-- What the schema says about itself.

-- name: schemas
SELECT nspname AS name, obj_description(oid, 'pg_namespace') AS says FROM pg_namespace
WHERE nspname IN ('raw', 'core', 'mart', 'ops') ORDER BY array_position(ARRAY['mart', 'core', 'raw', 'ops'], nspname::text);

-- name: columns
SELECT nspname AS schema, relname AS relation, obj_description(pg_class.oid, 'pg_class') AS relation_says, attname AS name,
    format_type(atttypid, atttypmod) AS type, attnotnull AS required, col_description(pg_class.oid, attnum) AS says,
    coalesce((SELECT true FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary AND attnum = ANY (indkey::smallint[])), false) AS key
FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid JOIN pg_attribute ON attrelid = pg_class.oid
WHERE nspname IN ('raw', 'core', 'mart', 'ops') AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped
ORDER BY schema, relation, attnum;
