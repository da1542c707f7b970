-- What an update changed, pages read again, and what each title's pages repeat.

ALTER TABLE core.article_version ADD change text CHECK (change IN ('headline', 'minor', 'substantive', 'correction', 'trim'));
ALTER TABLE core.article_version ADD boilerplate integer CHECK (boilerplate > 0);
CREATE INDEX ON core.article_version (extracted_at);
COMMENT ON COLUMN core.article_version.change IS 'What it changed: headline (only that), minor (a few words), substantive, correction (says that it corrects), trim (only shorter). Null: the first version, or one older than this column.';
COMMENT ON COLUMN core.article_version.boilerplate IS 'Edition of core.boilerplate by which it was cleaned; null: nothing was known yet.';

ALTER TABLE core.article ADD gone_at core.moment;
COMMENT ON COLUMN core.article.gone_at IS 'When its page was found gone (404 or 410) as it was read again; its texts stay. Null: it was there when last looked.';

ALTER TABLE raw.page ADD etag text CHECK (octet_length(etag) <= 1024);
ALTER TABLE raw.page ADD last_modified text CHECK (octet_length(last_modified) <= 256);
COMMENT ON COLUMN raw.page.etag IS 'ETag of the answer; null: none.';
COMMENT ON COLUMN raw.page.last_modified IS 'Last-Modified of the answer; null: none.';

CREATE TABLE ops.reread (
    article_id bigint PRIMARY KEY REFERENCES core.article,
    host text NOT NULL,
    since core.moment NOT NULL,
    due_at core.moment,
    reads integer NOT NULL DEFAULT 0 CHECK (reads >= 0),
    last_at core.moment,
    outcome text,
    etag text CHECK (octet_length(etag) <= 1024),
    last_modified text CHECK (octet_length(last_modified) <= 256),
    fence bigint NOT NULL DEFAULT 0,
    lease_until core.moment NOT NULL DEFAULT '2000-01-01Z'
);
CREATE INDEX ON ops.reread (due_at);
COMMENT ON TABLE ops.reread IS 'When an article''s page is read again: 1 hour, 24 hours and 7 days after it was first fetched, sooner when another copy of its story changes.';
COMMENT ON COLUMN ops.reread.article_id IS 'The article.';
COMMENT ON COLUMN ops.reread.host IS 'Host and port of its address.';
COMMENT ON COLUMN ops.reread.since IS 'When its page was first fetched: the times count from then.';
COMMENT ON COLUMN ops.reread.due_at IS 'It is due from then on; null: no more.';
COMMENT ON COLUMN ops.reread.reads IS 'How often it was read again.';
COMMENT ON COLUMN ops.reread.last_at IS 'When last.';
COMMENT ON COLUMN ops.reread.outcome IS 'What came of it then: unchanged, changed:<class>, withdrawn, back, unreadable:<reason>, put_off:<reason>, refused:<reason>.';
COMMENT ON COLUMN ops.reread.etag IS 'ETag of the last answer.';
COMMENT ON COLUMN ops.reread.last_modified IS 'Last-Modified of the last answer.';
COMMENT ON COLUMN ops.reread.fence IS 'Number of the claim: who holds an older one stores nothing.';
COMMENT ON COLUMN ops.reread.lease_until IS 'Somebody works on it until then, by the wall clock.';

INSERT INTO ops.reread (article_id, host, since, due_at)
SELECT article_id, host, first_seen_at, first_seen_at + interval '7 days' FROM ops.intake JOIN core.article USING (article_id) WHERE state = 'kept';

CREATE TABLE core.boilerplate (
    title_id bigint NOT NULL REFERENCES core.title,
    block_key core.sha256 NOT NULL,
    block core.plain NOT NULL,
    articles integer NOT NULL CHECK (articles >= 2),
    since integer NOT NULL CHECK (since > 0),
    learnt_at core.moment NOT NULL,
    PRIMARY KEY (title_id, block_key)
);
COMMENT ON TABLE core.boilerplate IS 'A block that a title''s pages repeat, whatever the article: no part of its texts. What was learnt once stays known.';
COMMENT ON COLUMN core.boilerplate.title_id IS 'The title.';
COMMENT ON COLUMN core.boilerplate.block_key IS 'SHA-256 of the block''s letters and digits, in lower case.';
COMMENT ON COLUMN core.boilerplate.block IS 'The block, as it was first seen.';
COMMENT ON COLUMN core.boilerplate.articles IS 'Different articles in which it stood when it was learnt.';
COMMENT ON COLUMN core.boilerplate.since IS 'Edition, of this title, from which it is known: a text says by which edition it was cleaned.';
COMMENT ON COLUMN core.boilerplate.learnt_at IS 'When.';

CREATE TABLE ops.title_event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title_id bigint NOT NULL REFERENCES core.title,
    at core.moment NOT NULL,
    what text NOT NULL CHECK (what IN ('layout_changed', 'layout_settled')),
    detail core.plain NOT NULL
);
CREATE INDEX ON ops.title_event (title_id, at);
COMMENT ON TABLE ops.title_event IS 'What became of a title''s pages: layout_changed (its newest texts are unlike its own history), layout_settled.';
COMMENT ON COLUMN ops.title_event.event_id IS 'Identity, in order of writing.';
COMMENT ON COLUMN ops.title_event.title_id IS 'The title.';
COMMENT ON COLUMN ops.title_event.at IS 'When.';
COMMENT ON COLUMN ops.title_event.what IS 'layout_changed or layout_settled.';
COMMENT ON COLUMN ops.title_event.detail IS 'Which rates moved, from what to what.';
