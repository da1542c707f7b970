-- Turns at sites and addresses, what robots.txt decided, editions of a feed that take turns, and polls summed up by day.

CREATE TABLE ops.turn (
    name text PRIMARY KEY,
    next_at core.moment NOT NULL,
    until timestamptz[] NOT NULL DEFAULT '{}',
    CONSTRAINT two_at_once CHECK (cardinality(until) <= 2)
);
CREATE INDEX ON ops.turn (next_at);
COMMENT ON TABLE ops.turn IS 'A site or an address that we read from, and when it may be asked next: two requests at once at most, over all tasks and workers.';
COMMENT ON COLUMN ops.turn.name IS 'A registrable domain (example.org) or a public IP address; hosts that share either wait for each other.';
COMMENT ON COLUMN ops.turn.next_at IS 'Nobody may begin to ask before then, by the wall clock.';
COMMENT ON COLUMN ops.turn.until IS 'For each request under way, when it must have ended: a place that a killed worker held is free then.';

ALTER TABLE ops.host DROP next_at;
ALTER TABLE ops.host ADD crawl_delay interval CHECK (crawl_delay BETWEEN '0' AND '1 minute');
ALTER TABLE ops.host ADD robots_reason text CHECK (robots_reason IS NULL OR robots_state = 'unreachable');
COMMENT ON COLUMN ops.host.robots_reason IS 'Where the host itself could not be reached, why: then that is the reason for which nothing of it is read. Else null.';
COMMENT ON TABLE ops.host IS 'A server that we read from, and its robots.txt.';
COMMENT ON COLUMN ops.host.crawl_delay IS 'The Crawl-delay that its rules ask of us, a minute at most; null: none.';

ALTER TABLE ops.poll ADD robots text CHECK (robots IN ('allowed', 'no_rules', 'denied', 'unreachable'));
COMMENT ON COLUMN ops.poll.robots IS 'What robots.txt of the last host that we wanted to ask decided: allowed by its rules; no_rules (it has none); denied; unreachable (which means no). Null: it was not asked.';
ALTER TABLE raw.page ADD robots text CHECK (robots IN ('allowed', 'no_rules'));
COMMENT ON COLUMN raw.page.robots IS 'What robots.txt of the final host decided: allowed by its rules, or no_rules (it has none). Null: not known. A page that was not fetched has a refusal robots_denied or robots_unreachable.';

ALTER TABLE ops.schedule ADD bodies bytea[] NOT NULL DEFAULT '{}' CHECK (cardinality(bodies) <= 4);
UPDATE ops.schedule SET bodies = ARRAY[body_sha::bytea] WHERE body_sha IS NOT NULL;
ALTER TABLE ops.schedule DROP body_sha;
COMMENT ON COLUMN ops.schedule.bodies IS 'Digests of the last bodies that were read, the latest first: caches may hand out several editions in turn, and none is parsed twice.';

CREATE TABLE ops.poll_day (
    feed_id bigint NOT NULL REFERENCES core.feed,
    day date NOT NULL,
    polls integer NOT NULL CHECK (polls > 0),
    failed integer NOT NULL CHECK (failed BETWEEN 0 AND polls),
    unchanged integer NOT NULL CHECK (unchanged BETWEEN 0 AND polls),
    bytes bigint NOT NULL,
    seconds double precision NOT NULL,
    seen bigint NOT NULL,
    new bigint NOT NULL,
    known bigint NOT NULL,
    refused bigint NOT NULL,
    PRIMARY KEY (feed_id, day),
    CONSTRAINT every_entry_leaves_by_one_door CHECK (seen = new + known + refused)
);
COMMENT ON TABLE ops.poll_day IS 'The polls of a feed on a day, summed up when they are too old to be kept one by one. The two tables share no poll.';
COMMENT ON COLUMN ops.poll_day.feed_id IS 'The feed.';
COMMENT ON COLUMN ops.poll_day.day IS 'The day, UTC.';
COMMENT ON COLUMN ops.poll_day.polls IS 'How often it was polled.';
COMMENT ON COLUMN ops.poll_day.failed IS 'Of these, polls that could not read it.';
COMMENT ON COLUMN ops.poll_day.unchanged IS 'Of these, polls that found nothing changed.';
COMMENT ON COLUMN ops.poll_day.bytes IS 'Size of the decoded bodies.';
COMMENT ON COLUMN ops.poll_day.seconds IS 'Time from the request to the parsed feed, in all.';
COMMENT ON COLUMN ops.poll_day.seen IS 'Entries in the feed, summed over polls.';
COMMENT ON COLUMN ops.poll_day.new IS 'Of them, articles never seen before.';
COMMENT ON COLUMN ops.poll_day.known IS 'Of them, articles seen before.';
COMMENT ON COLUMN ops.poll_day.refused IS 'Of them, not kept.';
