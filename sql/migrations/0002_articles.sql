-- From a poll to an article: sightings, pages, versions, credits; and every door by which an item leaves.

CREATE TABLE core.article (
    article_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url_key core.sha256 NOT NULL UNIQUE,
    url text NOT NULL CHECK (octet_length(url) <= 2048),
    title_id bigint NOT NULL REFERENCES core.title,
    first_seen_at core.moment NOT NULL,
    version integer CHECK (version > 0),
    published_at core.moment,
    published_precision text CHECK (published_precision IN ('second', 'minute', 'day')),
    published_from text,
    happened_at timestamptz NOT NULL GENERATED ALWAYS AS (
        CASE WHEN published_precision IN ('second', 'minute') THEN least(published_at, first_seen_at) ELSE first_seen_at END
    ) STORED,
    CONSTRAINT published_not_in_the_future CHECK (published_at <= first_seen_at + interval '1 day'),
    CONSTRAINT published_with_precision_and_source CHECK (
        (published_at IS NULL) = (published_precision IS NULL) AND (published_at IS NULL) = (published_from IS NULL)
    )
);
CREATE INDEX ON core.article (title_id, first_seen_at);
CREATE INDEX ON core.article (happened_at);
COMMENT ON TABLE core.article IS 'One address of one title. Its texts are its versions.';
COMMENT ON COLUMN core.article.article_id IS 'Identity.';
COMMENT ON COLUMN core.article.url_key IS 'SHA-256 of the normalised address: what makes two sightings the same article.';
COMMENT ON COLUMN core.article.url IS 'The address, without tracking parameters.';
COMMENT ON COLUMN core.article.title_id IS 'Whose article it is.';
COMMENT ON COLUMN core.article.first_seen_at IS 'When we first saw it in a feed, by our clock.';
COMMENT ON COLUMN core.article.version IS 'Number of its newest version; null until a page was read as an article.';
COMMENT ON COLUMN core.article.published_at IS 'The time of publication that its first version claimed, UTC; midnight where only the day is known.';
COMMENT ON COLUMN core.article.published_precision IS 'How exact published_at is: second, minute or day.';
COMMENT ON COLUMN core.article.published_from IS 'Who says so: json-ld, meta, html, feed, url.';
COMMENT ON COLUMN core.article.happened_at IS 'For ordering: the earlier of claimed and first seen; first seen where only the day is known.';

CREATE TABLE core.alias (
    url_key core.sha256 PRIMARY KEY,
    url text NOT NULL CHECK (octet_length(url) <= 2048),
    article_id bigint NOT NULL REFERENCES core.article
);
CREATE INDEX ON core.alias (article_id);
COMMENT ON TABLE core.alias IS 'Another address of an article: what the page itself calls canonical, on the same title.';
COMMENT ON COLUMN core.alias.url_key IS 'SHA-256 of the normalised address.';
COMMENT ON COLUMN core.alias.url IS 'The address.';
COMMENT ON COLUMN core.alias.article_id IS 'The article that it leads to.';

CREATE TABLE core.sighting (
    article_id bigint NOT NULL REFERENCES core.article,
    feed_id bigint NOT NULL REFERENCES core.feed,
    first_seen_at core.moment NOT NULL,
    last_seen_at core.moment NOT NULL,
    best_rank integer NOT NULL CHECK (best_rank >= 1),
    last_rank integer NOT NULL CHECK (last_rank >= best_rank),
    PRIMARY KEY (article_id, feed_id),
    CHECK (first_seen_at <= last_seen_at)
);
CREATE INDEX ON core.sighting (feed_id, last_seen_at);
COMMENT ON TABLE core.sighting IS 'An article in a feed.';
COMMENT ON COLUMN core.sighting.article_id IS 'The article.';
COMMENT ON COLUMN core.sighting.feed_id IS 'The feed.';
COMMENT ON COLUMN core.sighting.first_seen_at IS 'First poll that listed it.';
COMMENT ON COLUMN core.sighting.last_seen_at IS 'Last poll that listed it; polls without a change list what the one before did.';
COMMENT ON COLUMN core.sighting.best_rank IS 'Its highest place in the feed; 1 is the top.';
COMMENT ON COLUMN core.sighting.last_rank IS 'Its place at last.';

CREATE TABLE raw.entry (
    article_id bigint NOT NULL REFERENCES core.article,
    feed_id bigint NOT NULL REFERENCES core.feed,
    seen_at core.moment NOT NULL,
    guid text NOT NULL,
    headline text NOT NULL,
    summary text NOT NULL,
    published_at core.moment,
    published_precision text,
    updated_at core.moment,
    updated_precision text,
    authors text[] NOT NULL,
    language text,
    section text,
    markup text,
    PRIMARY KEY (article_id, feed_id)
);
CREATE INDEX ON raw.entry (feed_id);
COMMENT ON TABLE raw.entry IS 'What a feed last said about an article.';
COMMENT ON COLUMN raw.entry.article_id IS 'The article.';
COMMENT ON COLUMN raw.entry.feed_id IS 'The feed.';
COMMENT ON COLUMN raw.entry.seen_at IS 'When it said so.';
COMMENT ON COLUMN raw.entry.guid IS 'The feed''s own identifier; a hint, and never a key.';
COMMENT ON COLUMN raw.entry.headline IS 'The entry''s title.';
COMMENT ON COLUMN raw.entry.summary IS 'Its summary, without markup.';
COMMENT ON COLUMN raw.entry.published_at IS 'The time of publication that the feed claims, UTC.';
COMMENT ON COLUMN raw.entry.published_precision IS 'How exact that is: second, minute or day.';
COMMENT ON COLUMN raw.entry.updated_at IS 'The time of the last change that the feed claims, UTC.';
COMMENT ON COLUMN raw.entry.updated_precision IS 'How exact that is.';
COMMENT ON COLUMN raw.entry.authors IS 'Names as the feed gives them.';
COMMENT ON COLUMN raw.entry.language IS 'As the feed says, ISO 639-1.';
COMMENT ON COLUMN raw.entry.section IS 'The entry''s first category.';
COMMENT ON COLUMN raw.entry.markup IS 'The full text as HTML, where the feed carries one; never shown as it is.';

CREATE TABLE ops.poll (
    feed_id bigint NOT NULL REFERENCES core.feed,
    fence bigint NOT NULL,
    at core.moment NOT NULL,
    status integer,
    reason text,
    detail core.plain NOT NULL DEFAULT '',
    unchanged boolean NOT NULL DEFAULT false,
    form text,
    bytes integer NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    seen integer NOT NULL DEFAULT 0,
    new integer NOT NULL DEFAULT 0,
    known integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    next_poll_at core.moment NOT NULL,
    PRIMARY KEY (feed_id, fence),
    CONSTRAINT every_entry_leaves_by_one_door CHECK (seen = new + known + refused AND least(new, known, refused) >= 0)
);
CREATE INDEX ON ops.poll (at);
COMMENT ON TABLE ops.poll IS 'One look at one feed.';
COMMENT ON COLUMN ops.poll.feed_id IS 'The feed.';
COMMENT ON COLUMN ops.poll.fence IS 'Number of the claim under which it was polled.';
COMMENT ON COLUMN ops.poll.at IS 'When the look began.';
COMMENT ON COLUMN ops.poll.status IS 'Status of the answer; null where there was none.';
COMMENT ON COLUMN ops.poll.reason IS 'Why the feed could not be read (see docs/runbook.md); null: it was read.';
COMMENT ON COLUMN ops.poll.detail IS 'More about the reason, for people.';
COMMENT ON COLUMN ops.poll.unchanged IS 'The answer was 304, or the very bytes of the last poll.';
COMMENT ON COLUMN ops.poll.form IS 'rss, atom, rdf, json or news_sitemap.';
COMMENT ON COLUMN ops.poll.bytes IS 'Size of the decoded body.';
COMMENT ON COLUMN ops.poll.seconds IS 'Time from the request to the parsed feed.';
COMMENT ON COLUMN ops.poll.seen IS 'Entries in the feed.';
COMMENT ON COLUMN ops.poll.new IS 'Of them, articles never seen before.';
COMMENT ON COLUMN ops.poll.known IS 'Of them, articles seen before, here or in another feed.';
COMMENT ON COLUMN ops.poll.refused IS 'Of them, not kept; each is a row of ops.refusal.';
COMMENT ON COLUMN ops.poll.next_poll_at IS 'When the feed is due again.';

CREATE TABLE ops.refusal (
    refusal_key core.sha256 PRIMARY KEY,
    stage text NOT NULL CHECK (stage IN ('feed', 'entry', 'page', 'article')),
    reason text NOT NULL,
    detail core.plain NOT NULL,
    url text CHECK (octet_length(url) <= 8192),
    feed_id bigint REFERENCES core.feed,
    article_id bigint REFERENCES core.article,
    first_at core.moment NOT NULL,
    last_at core.moment NOT NULL,
    times integer NOT NULL DEFAULT 1 CHECK (times >= 1),
    CHECK (first_at <= last_at),
    CHECK (feed_id IS NOT NULL OR article_id IS NOT NULL)
);
CREATE INDEX ON ops.refusal (last_at);
CREATE INDEX ON ops.refusal (feed_id);
CREATE INDEX ON ops.refusal (article_id);
COMMENT ON TABLE ops.refusal IS 'A feed, entry, page or article that was not kept, once per reason, however often it came.';
COMMENT ON COLUMN ops.refusal.refusal_key IS 'SHA-256 of stage, reason, feed or article, address.';
COMMENT ON COLUMN ops.refusal.stage IS 'What was refused: feed, entry, page or article.';
COMMENT ON COLUMN ops.refusal.reason IS 'The named reason; docs/runbook.md says what each means and what to do.';
COMMENT ON COLUMN ops.refusal.detail IS 'More about it, for people.';
COMMENT ON COLUMN ops.refusal.url IS 'The address in question, as far as there is one.';
COMMENT ON COLUMN ops.refusal.feed_id IS 'The feed in which it was.';
COMMENT ON COLUMN ops.refusal.article_id IS 'The article whose page it was.';
COMMENT ON COLUMN ops.refusal.first_at IS 'First time.';
COMMENT ON COLUMN ops.refusal.last_at IS 'Last time.';
COMMENT ON COLUMN ops.refusal.times IS 'How often.';

CREATE TABLE ops.intake (
    article_id bigint PRIMARY KEY REFERENCES core.article,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'fetched', 'kept', 'refused')),
    host text NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    claims integer NOT NULL DEFAULT 0 CHECK (claims >= 0),
    next_try_at core.moment NOT NULL,
    reason text,
    same_as bigint REFERENCES core.article,
    fence bigint NOT NULL DEFAULT 0,
    lease_until core.moment NOT NULL DEFAULT '2000-01-01Z',
    CONSTRAINT refused_for_a_reason CHECK (state <> 'refused' OR reason IS NOT NULL)
);
CREATE INDEX ON ops.intake (host, next_try_at) WHERE state = 'waiting';
CREATE INDEX ON ops.intake (article_id) WHERE state = 'fetched';
CREATE INDEX ON ops.intake (same_as);
COMMENT ON TABLE ops.intake IS 'Where an article is on its way from an address to a text. Every article has one row and leaves by one door: kept or refused.';
COMMENT ON COLUMN ops.intake.article_id IS 'The article.';
COMMENT ON COLUMN ops.intake.state IS 'waiting for its page; fetched (the page waits to be read); kept; refused.';
COMMENT ON COLUMN ops.intake.host IS 'Host and port of its address: pages of one host are fetched one after the other.';
COMMENT ON COLUMN ops.intake.attempts IS 'Fetches that were tried.';
COMMENT ON COLUMN ops.intake.claims IS 'Claims since its state last changed: whoever held all but the last died, or lost it.';
COMMENT ON COLUMN ops.intake.next_try_at IS 'It is due from then on.';
COMMENT ON COLUMN ops.intake.reason IS 'Why it was refused, or why the last try failed.';
COMMENT ON COLUMN ops.intake.same_as IS 'The article whose other address this is, where it was refused as same_page.';
COMMENT ON COLUMN ops.intake.fence IS 'Number of the claim: who holds an older one stores nothing.';
COMMENT ON COLUMN ops.intake.lease_until IS 'Somebody works on it until then, by the wall clock.';

CREATE TABLE raw.page (
    article_id bigint NOT NULL REFERENCES core.article,
    fence bigint NOT NULL,
    url text NOT NULL CHECK (octet_length(url) <= 2048),
    content_type text NOT NULL,
    bytes integer NOT NULL,
    body bytea NOT NULL,
    fetched_at core.moment NOT NULL,
    PRIMARY KEY (article_id, fence)
);
ALTER TABLE raw.page ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX ON raw.page (fetched_at);
COMMENT ON TABLE raw.page IS 'The bytes fetched for an article.';
COMMENT ON COLUMN raw.page.article_id IS 'The article.';
COMMENT ON COLUMN raw.page.fence IS 'Number of the claim under which it was fetched.';
COMMENT ON COLUMN raw.page.url IS 'The final address, after redirects.';
COMMENT ON COLUMN raw.page.content_type IS 'As the server gave it.';
COMMENT ON COLUMN raw.page.bytes IS 'Size of the body before compression.';
COMMENT ON COLUMN raw.page.body IS 'The decoded body, compressed with zlib.';
COMMENT ON COLUMN raw.page.fetched_at IS 'When it was fetched.';

CREATE TABLE core.article_version (
    article_id bigint NOT NULL REFERENCES core.article,
    number integer NOT NULL CHECK (number > 0),
    headline core.plain NOT NULL CHECK (headline <> ''),
    standfirst core.plain NOT NULL,
    text core.plain NOT NULL CHECK (length(text) <= 500000),
    words integer NOT NULL CHECK (words >= 0),
    language text NOT NULL,
    method text NOT NULL,
    access text NOT NULL CHECK (access IN ('full', 'stub', 'paywall')),
    authors text[] NOT NULL,
    published_at core.moment,
    published_precision text,
    published_from text,
    modified_at core.moment,
    modified_precision text,
    modified_from text,
    section core.plain,
    tags text[] NOT NULL,
    canonical_url text CHECK (octet_length(canonical_url) <= 2048),
    images jsonb NOT NULL,
    flags text[] NOT NULL,
    text_sha core.sha256 NOT NULL,
    fence bigint NOT NULL,
    extracted_at core.moment NOT NULL,
    PRIMARY KEY (article_id, number)
);
ALTER TABLE core.article ADD FOREIGN KEY (article_id, version) REFERENCES core.article_version DEFERRABLE INITIALLY DEFERRED;
COMMENT ON TABLE core.article_version IS 'A text of an article: a new one only where the cleaned text or the headline has changed.';
COMMENT ON COLUMN core.article_version.article_id IS 'The article.';
COMMENT ON COLUMN core.article_version.number IS 'From 1.';
COMMENT ON COLUMN core.article_version.headline IS 'The headline, without the site''s name.';
COMMENT ON COLUMN core.article_version.standfirst IS 'The line or two between headline and text.';
COMMENT ON COLUMN core.article_version.text IS 'The text, paragraphs divided by one blank line; no menus, captions or notices.';
COMMENT ON COLUMN core.article_version.words IS 'Words of the text.';
COMMENT ON COLUMN core.article_version.language IS 'Language of the text, ISO 639-1.';
COMMENT ON COLUMN core.article_version.method IS 'How the text was found in the page.';
COMMENT ON COLUMN core.article_version.access IS 'full; stub (only the beginning is there); paywall (the rest is for subscribers).';
COMMENT ON COLUMN core.article_version.authors IS 'People named as authors.';
COMMENT ON COLUMN core.article_version.published_at IS 'The time of publication that this version claims, UTC.';
COMMENT ON COLUMN core.article_version.published_precision IS 'How exact that is: second, minute or day.';
COMMENT ON COLUMN core.article_version.published_from IS 'Who says so: json-ld, meta, html, feed, url.';
COMMENT ON COLUMN core.article_version.modified_at IS 'The time of the last change that this version claims, UTC.';
COMMENT ON COLUMN core.article_version.modified_precision IS 'How exact that is.';
COMMENT ON COLUMN core.article_version.modified_from IS 'Who says so.';
COMMENT ON COLUMN core.article_version.section IS 'Section of the title.';
COMMENT ON COLUMN core.article_version.tags IS 'Keywords that the page gives.';
COMMENT ON COLUMN core.article_version.canonical_url IS 'What the page calls its own address; never another host''s.';
COMMENT ON COLUMN core.article_version.images IS 'Pictures: a list of {url, caption, credit}.';
COMMENT ON COLUMN core.article_version.flags IS 'live_blog, roundup: texts that hold several others.';
COMMENT ON COLUMN core.article_version.text_sha IS 'SHA-256 of headline and text: the same means no new version.';
COMMENT ON COLUMN core.article_version.fence IS 'The page that it was read from (raw.page).';
COMMENT ON COLUMN core.article_version.extracted_at IS 'When the page was read.';

CREATE TABLE core.credit (
    article_id bigint NOT NULL,
    number integer NOT NULL,
    rank integer NOT NULL CHECK (rank >= 1),
    agency text NOT NULL REFERENCES core.agency,
    extent text NOT NULL CHECK (extent IN ('full', 'mixed')),
    method text NOT NULL,
    evidence core.plain NOT NULL,
    confidence core.share NOT NULL,
    PRIMARY KEY (article_id, number, rank),
    FOREIGN KEY (article_id, number) REFERENCES core.article_version
);
CREATE INDEX ON core.credit (agency);
COMMENT ON TABLE core.credit IS 'Which agency a version''s text is from, and how we know.';
COMMENT ON COLUMN core.credit.article_id IS 'The article.';
COMMENT ON COLUMN core.credit.number IS 'The version.';
COMMENT ON COLUMN core.credit.rank IS '1 is the surest.';
COMMENT ON COLUMN core.credit.agency IS 'The agency.';
COMMENT ON COLUMN core.credit.extent IS 'full: the whole text; mixed: a part of it.';
COMMENT ON COLUMN core.credit.method IS 'byline, dateline, json_ld, meta, signoff, copyright, self_reference, source_line, feed or domain.';
COMMENT ON COLUMN core.credit.evidence IS 'The words that say it.';
COMMENT ON COLUMN core.credit.confidence IS 'How sure, 0 to 1.';
