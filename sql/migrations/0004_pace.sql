-- What is remembered of a feed to poll it in time, and what became of it.

ALTER TABLE ops.schedule
    ADD pace interval,
    ADD usual interval,
    ADD skips smallint[] NOT NULL DEFAULT '{}' CHECK (0 <= ALL (skips) AND 168 > ALL (skips)),
    ADD read_at core.moment,
    ADD depth integer NOT NULL DEFAULT 0 CHECK (depth >= 0),
    ADD came double precision[] NOT NULL DEFAULT '{}' CHECK (cardinality(came) IN (0, 31)),
    ADD watched double precision[] NOT NULL DEFAULT '{}' CHECK (cardinality(watched) = cardinality(came)),
    ADD lately double precision NOT NULL DEFAULT 0,
    ADD awaited double precision NOT NULL DEFAULT 0;
COMMENT ON COLUMN ops.schedule.pace IS 'At most this often, the feed asks (ttl, sy:updatePeriod); null: it does not say.';
COMMENT ON COLUMN ops.schedule.usual IS 'The same, in the words that WordPress writes into every feed; ignored where a feed is plainly faster.';
COMMENT ON COLUMN ops.schedule.skips IS 'Hours of the week in which it asks not to be polled (skipHours, skipDays), UTC; Monday''s first is 0.';
COMMENT ON COLUMN ops.schedule.read_at IS 'The last time that it could be read, or was unchanged.';
COMMENT ON COLUMN ops.schedule.depth IS 'Entries that it held then.';
COMMENT ON COLUMN ops.schedule.came IS 'Entries that came, by hour of the day (24) and then by day of the week (7, from Monday), UTC; old ones fade in weeks.';
COMMENT ON COLUMN ops.schedule.watched IS 'Hours for which those were counted, fading likewise: came / watched is what to expect in an hour.';
COMMENT ON COLUMN ops.schedule.lately IS 'Entries that came lately; they fade in hours.';
COMMENT ON COLUMN ops.schedule.awaited IS 'Entries that were to be expected in that time: lately above it is a burst.';

CREATE TABLE ops.feed_event (
    feed_event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id bigint NOT NULL REFERENCES core.feed,
    at core.moment NOT NULL,
    what text NOT NULL CHECK (what IN ('probation', 'recovered', 'gone', 'moved', 'retired', 'returned')),
    was core.plain NOT NULL,
    now core.plain NOT NULL,
    detail core.plain NOT NULL DEFAULT ''
);
CREATE INDEX ON ops.feed_event (feed_id, at);
CREATE INDEX ON ops.feed_event (at);
COMMENT ON TABLE ops.feed_event IS 'A change of a feed''s state. Written in the transaction that changes it; nothing changes without a row here.';
COMMENT ON COLUMN ops.feed_event.feed_event_id IS 'Identity, in order of writing.';
COMMENT ON COLUMN ops.feed_event.feed_id IS 'The feed.';
COMMENT ON COLUMN ops.feed_event.at IS 'When: of a poll, its start.';
COMMENT ON COLUMN ops.feed_event.what IS 'probation (it kept failing); recovered (read again after probation); gone (410); moved (its new address was read as a feed, or given up); retired, returned (from and to the registry).';
COMMENT ON COLUMN ops.feed_event.was IS 'Before: a state of ops.schedule, an address if it moved, listed or unlisted for the registry.';
COMMENT ON COLUMN ops.feed_event.now IS 'After, likewise.';
COMMENT ON COLUMN ops.feed_event.detail IS 'Why, for people: the reason of the last failure.';
