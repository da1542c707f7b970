-- What an operator is told and may do: alarms and their silences, feeds that people pause or ask for now, and indexes for the pages.

ALTER TABLE ops.schedule ADD paused boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN ops.schedule.paused IS 'Somebody has paused the feed: it is not polled until it is resumed. Who and why: ops.feed_event.';

ALTER TABLE ops.feed_event
    ADD who core.plain NOT NULL DEFAULT '',
    DROP CONSTRAINT feed_event_what_check,
    ADD CONSTRAINT feed_event_what_check
        CHECK (what IN ('probation', 'recovered', 'gone', 'moved', 'retired', 'returned', 'asked', 'paused', 'resumed'));
COMMENT ON COLUMN ops.feed_event.who IS 'The person who did it, by the name of the login; empty: the machine.';
COMMENT ON COLUMN ops.feed_event.what IS 'probation (it kept failing); recovered (read again after probation); gone (410); moved (its new address was read as a feed, or given up); retired, returned (from and to the registry); asked (somebody had it polled at once); paused, resumed (by somebody).';
COMMENT ON COLUMN ops.feed_event.was IS 'Before: a state of ops.schedule, an address if it moved, listed or unlisted for the registry, running or paused.';

CREATE TABLE ops.alarm (
    alarm_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    subject core.plain NOT NULL,
    title_id bigint REFERENCES core.title,
    cause core.plain NOT NULL,
    step core.plain NOT NULL,
    anchor text NOT NULL CHECK (anchor ~ '^[a-z0-9-]+$'),
    since core.moment NOT NULL,
    seen_at core.moment NOT NULL,
    ended_at core.moment,
    CHECK (since <= seen_at)
);
CREATE UNIQUE INDEX alarm_that_holds ON ops.alarm (kind, subject) WHERE ended_at IS NULL;
CREATE INDEX ON ops.alarm (title_id);
CREATE INDEX ON ops.alarm (since);
COMMENT ON TABLE ops.alarm IS 'Something that somebody should look at: from when to when, why, and what to do first. One row for as long as it holds.';
COMMENT ON COLUMN ops.alarm.alarm_id IS 'Identity, in order of beginning.';
COMMENT ON COLUMN ops.alarm.kind IS 'silent_title (nothing new against its own rhythm), layout_changed, refusals (its share of refused pages jumped).';
COMMENT ON COLUMN ops.alarm.subject IS 'What it is about: the key of a title, or all.';
COMMENT ON COLUMN ops.alarm.title_id IS 'The title, where it is about one.';
COMMENT ON COLUMN ops.alarm.cause IS 'What was found, for people, with its figures.';
COMMENT ON COLUMN ops.alarm.step IS 'What to do first.';
COMMENT ON COLUMN ops.alarm.anchor IS 'The section of docs/runbook.md.';
COMMENT ON COLUMN ops.alarm.since IS 'When it was first found.';
COMMENT ON COLUMN ops.alarm.seen_at IS 'When it was last found.';
COMMENT ON COLUMN ops.alarm.ended_at IS 'When it was found no more; null: it holds.';

CREATE TABLE ops.silence (
    silence_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    subject core.plain NOT NULL,
    who core.plain NOT NULL CHECK (who <> ''),
    why core.plain NOT NULL CHECK (why <> ''),
    at core.moment NOT NULL,
    until core.moment NOT NULL,
    CONSTRAINT ends_within_90_days CHECK (until > at AND until <= at + interval '90 days')
);
CREATE INDEX ON ops.silence (kind, subject, until);
COMMENT ON TABLE ops.silence IS 'An alarm that nobody is to be told of for a while. It has a reason and an end.';
COMMENT ON COLUMN ops.silence.silence_id IS 'Identity.';
COMMENT ON COLUMN ops.silence.kind IS 'Kind of the alarm.';
COMMENT ON COLUMN ops.silence.subject IS 'What the alarm is about.';
COMMENT ON COLUMN ops.silence.who IS 'Who wants it silent.';
COMMENT ON COLUMN ops.silence.why IS 'The reason, for people.';
COMMENT ON COLUMN ops.silence.at IS 'From when.';
COMMENT ON COLUMN ops.silence.until IS 'Until when: 90 days at most.';

CREATE INDEX ON ops.refusal (reason, last_at);
CREATE INDEX ON ops.refusal USING hash (url);
