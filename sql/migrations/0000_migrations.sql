-- What has been applied. Run at the start of every migration, so it must stay repeatable.
CREATE SCHEMA IF NOT EXISTS ops;
CREATE TABLE IF NOT EXISTS ops.migration (
    name text PRIMARY KEY,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ops.migration IS 'The files of sql/migrations that have been applied, and the views as they were last made.';
COMMENT ON COLUMN ops.migration.name IS 'Name of the file; "views" for all of sql/views.';
COMMENT ON COLUMN ops.migration.sha256 IS 'Digest of what was applied: a file must not change afterwards.';
COMMENT ON COLUMN ops.migration.applied_at IS 'When.';
