-- Of a poll's entries, those that the feed had not listed before: of two feeds of a title only the first to list an article has it as new.

ALTER TABLE ops.poll ADD COLUMN fresh integer CHECK (fresh >= 0);
COMMENT ON COLUMN ops.poll.fresh IS 'Of the entries kept, those that this feed had not listed before: new, and those that only another feed had had. Null: polled before this was counted.';
COMMENT ON COLUMN ops.poll.new IS 'Of them, articles that no feed had listed before: new to us. What a sibling feed had first is fresh here, and known.';

COMMENT ON COLUMN ops.alarm.kind IS 'silent_title (nothing new against its own rhythm), layout_changed, refusals (its share of refused pages jumped), missed_entries (a feed lets go of entries before it is polled), copies_jumped (the share of copies among new articles jumped), late_run (a run did not end in its time), dag_paused (Airflow does not run it).';
COMMENT ON COLUMN ops.alarm.subject IS 'What it is about: the key of a title, the address of a feed, a DAG, or all.';
