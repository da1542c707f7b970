-- What a feed said when a version was read stays while the version's page does: a day that is read anew is read from what was known then.
-- Kept is only what a version was read beside: an entry that changes at every poll leaves no more rows than its article has versions.

CREATE TABLE raw.past_entry (
    LIKE raw.entry INCLUDING COMMENTS,
    until core.moment NOT NULL,
    PRIMARY KEY (article_id, feed_id, until),
    FOREIGN KEY (article_id) REFERENCES core.article,
    FOREIGN KEY (feed_id) REFERENCES core.feed
);
CREATE INDEX ON raw.past_entry (feed_id);
COMMENT ON TABLE raw.past_entry IS 'What a feed said about an article before it said otherwise, where a version was read meanwhile; for 30 days.';
COMMENT ON COLUMN raw.past_entry.until IS 'When it said otherwise.';

CREATE FUNCTION raw.keep_past_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO raw.past_entry (article_id, feed_id, seen_at, guid, headline, summary, published_at, published_precision, updated_at,
        updated_precision, authors, language, section, markup, until)
    SELECT OLD.article_id, OLD.feed_id, OLD.seen_at, OLD.guid, OLD.headline, OLD.summary, OLD.published_at, OLD.published_precision,
        OLD.updated_at, OLD.updated_precision, OLD.authors, OLD.language, OLD.section, OLD.markup, NEW.seen_at
    WHERE EXISTS (
        SELECT FROM core.article_version AS version WHERE version.article_id = OLD.article_id AND version.extracted_at >= OLD.seen_at
    )
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION raw.keep_past_entry IS 'Keep an entry that changes, if a version was read since it was seen.';
CREATE TRIGGER keep_past_entry AFTER UPDATE ON raw.entry FOR EACH ROW
    WHEN (NEW.seen_at > OLD.seen_at) EXECUTE FUNCTION raw.keep_past_entry();
