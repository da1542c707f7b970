-- What the registry says: agencies, titles, feeds. A block that leaves the registry stays here, inactive, for what was read from it.

CREATE SCHEMA raw;
CREATE SCHEMA core;
CREATE SCHEMA IF NOT EXISTS ops;
CREATE SCHEMA mart;
COMMENT ON SCHEMA raw IS 'As received; pruned after a while.';
COMMENT ON SCHEMA core IS 'Facts: articles, versions, matches, stories.';
COMMENT ON SCHEMA ops IS 'How the work goes: polls, fetches, refusals, the ledger.';
COMMENT ON SCHEMA mart IS 'Views for analysts; the only schema whose columns are a promise.';

CREATE DOMAIN core.plain AS text CHECK (VALUE !~ '[\x01-\x09\x0b-\x1f\x7f-\x9f]');
COMMENT ON DOMAIN core.plain IS 'Text that people can read: no control characters except the line feed (Postgres itself refuses NUL).';
CREATE DOMAIN core.moment AS timestamptz CHECK (VALUE >= '1990-01-01Z' AND VALUE < '2200-01-01Z');
COMMENT ON DOMAIN core.moment IS 'A time that every client can read back and that news can have.';
CREATE DOMAIN core.share AS double precision CHECK (VALUE >= 0 AND VALUE <= 1);
COMMENT ON DOMAIN core.share IS 'A share, 0 to 1.';
CREATE DOMAIN core.sha256 AS bytea CHECK (octet_length(VALUE) = 32);
COMMENT ON DOMAIN core.sha256 IS 'A SHA-256 digest.';

CREATE TABLE core.agency (
    agency text PRIMARY KEY CHECK (agency ~ '^[a-z0-9][a-z0-9-]*$'),
    name core.plain NOT NULL,
    languages text[] NOT NULL,
    country text CHECK (country ~ '^[a-z]{2}$'),
    domains text[] NOT NULL,
    active boolean NOT NULL
);
COMMENT ON TABLE core.agency IS 'A news agency whose text others run.';
COMMENT ON COLUMN core.agency.agency IS 'Its key in the registry: afp, reuters, dpa.';
COMMENT ON COLUMN core.agency.name IS 'Its full name.';
COMMENT ON COLUMN core.agency.languages IS 'Languages that it writes in, ISO 639-1.';
COMMENT ON COLUMN core.agency.country IS 'Its home, ISO 3166-1 alpha-2 in lower case.';
COMMENT ON COLUMN core.agency.domains IS 'Its own sites.';
COMMENT ON COLUMN core.agency.active IS 'Whether it is in the registry now.';

CREATE TABLE core.title (
    title_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL UNIQUE CHECK (title ~ '^[a-z0-9][a-z0-9-]*$'),
    name core.plain NOT NULL,
    owner core.plain NOT NULL,
    country text NOT NULL CHECK (country ~ '^[a-z]{2}$'),
    language text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
    kind text NOT NULL,
    domains text[] NOT NULL CHECK (cardinality(domains) > 0),
    agency text REFERENCES core.agency,
    weight integer NOT NULL,
    active boolean NOT NULL
);
CREATE INDEX ON core.title (agency);
COMMENT ON TABLE core.title IS 'A publication.';
COMMENT ON COLUMN core.title.title_id IS 'Identity.';
COMMENT ON COLUMN core.title.title IS 'Its key in the registry: le-monde.';
COMMENT ON COLUMN core.title.name IS 'Its name as readers know it.';
COMMENT ON COLUMN core.title.owner IS 'Who owns it; titles of one owner often share their pages.';
COMMENT ON COLUMN core.title.country IS 'ISO 3166-1 alpha-2 in lower case.';
COMMENT ON COLUMN core.title.language IS 'Its main language, ISO 639-1.';
COMMENT ON COLUMN core.title.kind IS 'newspaper, broadcaster, portal, magazine, agency or republisher.';
COMMENT ON COLUMN core.title.domains IS 'Hosts or registrable domains of its own articles; the first is the main one.';
COMMENT ON COLUMN core.title.agency IS 'The agency that this title is the site of; null for all others.';
COMMENT ON COLUMN core.title.weight IS 'The last but one tie-breaker when a canonical article is chosen; higher wins.';
COMMENT ON COLUMN core.title.active IS 'Whether it is in the registry now.';

CREATE TABLE core.feed (
    feed_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title_id bigint NOT NULL REFERENCES core.title,
    url text NOT NULL UNIQUE CHECK (octet_length(url) <= 2048),
    host text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('feed', 'news_sitemap')),
    section core.plain,
    active boolean NOT NULL
);
CREATE INDEX ON core.feed (title_id);
COMMENT ON TABLE core.feed IS 'An address polled for entries.';
COMMENT ON COLUMN core.feed.feed_id IS 'Identity.';
COMMENT ON COLUMN core.feed.title_id IS 'Whose feed it is.';
COMMENT ON COLUMN core.feed.url IS 'Its address as the registry gives it; its key there.';
COMMENT ON COLUMN core.feed.host IS 'Host and port of the address: feeds of one host are polled one after the other.';
COMMENT ON COLUMN core.feed.kind IS 'feed (RSS, RDF, Atom, JSON Feed: told apart from the bytes) or news_sitemap.';
COMMENT ON COLUMN core.feed.section IS 'Section of the title that the feed stands for, where the registry says so.';
COMMENT ON COLUMN core.feed.active IS 'Whether it is in the registry now; only active feeds are polled.';

CREATE TABLE ops.schedule (
    feed_id bigint PRIMARY KEY REFERENCES core.feed,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'probation', 'gone')),
    interval interval NOT NULL,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    next_poll_at core.moment NOT NULL,
    polled_at core.moment,
    etag text NOT NULL DEFAULT '',
    last_modified text NOT NULL DEFAULT '',
    body_sha core.sha256,
    moved_to text CHECK (octet_length(moved_to) <= 2048),
    fence bigint NOT NULL DEFAULT 0,
    lease_until core.moment NOT NULL DEFAULT '2000-01-01Z'
);
CREATE INDEX ON ops.schedule (next_poll_at) WHERE state <> 'gone';
COMMENT ON TABLE ops.schedule IS 'When a feed is polled next, and what the last poll left for it. Written last in the transaction of a poll.';
COMMENT ON COLUMN ops.schedule.feed_id IS 'The feed.';
COMMENT ON COLUMN ops.schedule.state IS 'active; probation (it kept failing and is asked seldom); gone (410: never asked again).';
COMMENT ON COLUMN ops.schedule.interval IS 'Time between two polls, adapted to how often the feed has something new.';
COMMENT ON COLUMN ops.schedule.failures IS 'Failed polls in a row.';
COMMENT ON COLUMN ops.schedule.next_poll_at IS 'It is due from then on.';
COMMENT ON COLUMN ops.schedule.polled_at IS 'Start of the last poll that ended.';
COMMENT ON COLUMN ops.schedule.etag IS 'Validator of the last complete answer that was read, sent back as it came.';
COMMENT ON COLUMN ops.schedule.last_modified IS 'Validator of the last complete answer that was read, sent back as it came.';
COMMENT ON COLUMN ops.schedule.body_sha IS 'Digest of the last body that was read: the same body is not parsed again.';
COMMENT ON COLUMN ops.schedule.moved_to IS 'Where the feed has moved for good, once its new address has been read as a feed.';
COMMENT ON COLUMN ops.schedule.fence IS 'Number of the claim: who holds an older one has lost the feed to somebody else and stores nothing.';
COMMENT ON COLUMN ops.schedule.lease_until IS 'Somebody is polling it until then, by the wall clock.';

CREATE TABLE ops.host (
    host text PRIMARY KEY,
    next_at core.moment NOT NULL DEFAULT '2000-01-01Z',
    robots_state text CHECK (robots_state IN ('rules', 'allow_all', 'unreachable')),
    robots_text text,
    robots_at core.moment,
    CHECK ((robots_state IS NULL) = (robots_at IS NULL))
);
COMMENT ON TABLE ops.host IS 'A server that we read from: its next free slot and its robots.txt.';
COMMENT ON COLUMN ops.host.host IS 'Host, and port unless it is the scheme''s.';
COMMENT ON COLUMN ops.host.next_at IS 'Nobody may ask it before then, by the wall clock; whoever asks moves it on first.';
COMMENT ON COLUMN ops.host.robots_state IS 'What its robots.txt came to: rules; allow_all (there is none); unreachable (which means no). Null: not asked yet.';
COMMENT ON COLUMN ops.host.robots_text IS 'The rules; of an unreachable one, what happened.';
COMMENT ON COLUMN ops.host.robots_at IS 'When it was read; good for a day.';
