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

-- name: functions
SELECT format('%%s(%%s)', proname, pg_get_function_arguments(pg_proc.oid)) AS call, obj_description(pg_proc.oid, 'pg_proc') AS says
FROM pg_proc WHERE pronamespace = 'mart'::regnamespace ORDER BY call;

-- name: references
SELECT child.relname AS child, parent.relname AS parent, string_agg(DISTINCT attname, ', ') AS columns
FROM pg_constraint JOIN pg_class AS child ON child.oid = conrelid JOIN pg_class AS parent ON parent.oid = confrelid
    JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'f' AND child.relnamespace = 'core'::regnamespace AND parent.relnamespace = 'core'::regnamespace AND conparentid = 0
GROUP BY child.relname, parent.relname ORDER BY child.relname, parent.relname;
