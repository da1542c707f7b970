-- From articles to stories: what is kept of a text to find its copies, the matches, the stories and their members.

CREATE TABLE core.signature (
    article_id bigint PRIMARY KEY REFERENCES core.article,
    number integer NOT NULL,
    version integer NOT NULL,
    packed bytea,
    at core.moment NOT NULL,
    clustered_at core.moment,
    FOREIGN KEY (article_id, number) REFERENCES core.article_version
);
ALTER TABLE core.signature ALTER COLUMN packed SET STORAGE EXTERNAL;
CREATE INDEX signature_to_cluster ON core.signature (at, article_id) WHERE clustered_at IS NULL;
COMMENT ON TABLE core.signature IS 'What is kept of an article''s newest text to find its copies.';
COMMENT ON COLUMN core.signature.article_id IS 'The article.';
COMMENT ON COLUMN core.signature.number IS 'The version that was signed.';
COMMENT ON COLUMN core.signature.version IS 'Version of the signature: only equal ones are compared.';
COMMENT ON COLUMN core.signature.packed IS 'The signature as pipeline/stories/signatures.py packs it; null where the text is too short to have copies.';
COMMENT ON COLUMN core.signature.at IS 'When the article was first seen: copies are looked for around this time.';
COMMENT ON COLUMN core.signature.clustered_at IS 'When it was last put into a story; null: it waits.';

CREATE TABLE core.sample (
    shingle bigint NOT NULL,
    at core.moment NOT NULL,
    article_id bigint NOT NULL REFERENCES core.article,
    PRIMARY KEY (shingle, at, article_id)
);
CREATE INDEX ON core.sample (article_id);
COMMENT ON TABLE core.sample IS 'The rare shingles of a text by which candidates are found: articles that share two of them are compared.';
COMMENT ON COLUMN core.sample.shingle IS 'Hash of a few consecutive words.';
COMMENT ON COLUMN core.sample.at IS 'When the article was first seen.';
COMMENT ON COLUMN core.sample.article_id IS 'The article that has it.';

CREATE TABLE core.match (
    left_id bigint NOT NULL REFERENCES core.article,
    right_id bigint NOT NULL REFERENCES core.article,
    left_in_right core.share NOT NULL,
    right_in_left core.share NOT NULL,
    left_words integer NOT NULL,
    right_words integer NOT NULL,
    shared integer NOT NULL,
    longest integer NOT NULL,
    lead core.share NOT NULL,
    told core.share NOT NULL,
    differing core.share NOT NULL,
    passages integer[] NOT NULL,
    level text NOT NULL CHECK (level IN ('strict', 'normal', 'loose', 'none')),
    version integer NOT NULL,
    compared_at core.moment NOT NULL,
    PRIMARY KEY (left_id, right_id),
    CHECK (left_id < right_id)
);
CREATE INDEX ON core.match (right_id);
COMMENT ON TABLE core.match IS 'Two articles that share text, with the evidence. Never deleted by the machine.';
COMMENT ON COLUMN core.match.left_id IS 'The article with the lower id.';
COMMENT ON COLUMN core.match.right_id IS 'The other article.';
COMMENT ON COLUMN core.match.left_in_right IS 'Share of the left text found in the right one; boilerplate does not count.';
COMMENT ON COLUMN core.match.right_in_left IS 'Share of the right text found in the left one.';
COMMENT ON COLUMN core.match.left_words IS 'Words of the left text that are no boilerplate.';
COMMENT ON COLUMN core.match.right_words IS 'Words of the right text that are no boilerplate.';
COMMENT ON COLUMN core.match.shared IS 'Narrated words that both have.';
COMMENT ON COLUMN core.match.longest IS 'Longest shared passage, in words.';
COMMENT ON COLUMN core.match.lead IS 'Share of the first words of one text found in the other; the higher of the two.';
COMMENT ON COLUMN core.match.told IS 'The share that is judged: quotations weigh little.';
COMMENT ON COLUMN core.match.differing IS 'Numbers and names that stand in the same place and differ, among all in shared passages.';
COMMENT ON COLUMN core.match.passages IS 'The longest shared passages, three numbers each: first word left, first word right, words.';
COMMENT ON COLUMN core.match.level IS 'The strictest setting of the dial at which the two are copies; none: they share text and are not.';
COMMENT ON COLUMN core.match.version IS 'Version of the signatures that were compared.';
COMMENT ON COLUMN core.match.compared_at IS 'When.';

CREATE TABLE core.story (
    story_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    canonical_id bigint REFERENCES core.article,
    agency text REFERENCES core.agency,
    merged_into bigint REFERENCES core.story,
    created_at core.moment NOT NULL,
    changed_at core.moment NOT NULL,
    CONSTRAINT canonical_of_one_story UNIQUE (canonical_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT live_or_merged CHECK ((canonical_id IS NULL) = (merged_into IS NOT NULL)),
    CHECK (merged_into <> story_id)
);
CREATE INDEX ON core.story (merged_into);
CREATE INDEX ON core.story (agency);
COMMENT ON TABLE core.story IS 'One text and all its copies.';
COMMENT ON COLUMN core.story.story_id IS 'Identity; it stays, also when the story is merged into another.';
COMMENT ON COLUMN core.story.canonical_id IS 'Its canonical article; also the origin from which kept, own and lag are measured. Null once merged.';
COMMENT ON COLUMN core.story.agency IS 'Whose text it is, from the evidence of all copies; null: no agency''s.';
COMMENT ON COLUMN core.story.merged_into IS 'The story in which its copies are now.';
COMMENT ON COLUMN core.story.created_at IS 'When it came to be.';
COMMENT ON COLUMN core.story.changed_at IS 'When its members, canonical article or agency last changed.';

CREATE TABLE core.story_article (
    article_id bigint PRIMARY KEY REFERENCES core.article,
    story_id bigint NOT NULL REFERENCES core.story,
    relation text NOT NULL CHECK (relation IN ('origin', 'verbatim', 'trimmed', 'edited', 'expanded', 'partial')),
    kept core.share NOT NULL,
    own core.share NOT NULL,
    lag interval CHECK (lag IS NULL OR lag = '0' OR relation <> 'origin')
);
CREATE INDEX ON core.story_article (story_id);
COMMENT ON TABLE core.story_article IS 'An article in its story: every kept article is in exactly one.';
COMMENT ON COLUMN core.story_article.article_id IS 'The article.';
COMMENT ON COLUMN core.story_article.story_id IS 'Its story.';
COMMENT ON COLUMN core.story_article.relation IS 'To the origin: origin, verbatim, trimmed, edited, expanded or partial.';
COMMENT ON COLUMN core.story_article.kept IS 'Share of the origin''s text found in the article.';
COMMENT ON COLUMN core.story_article.own IS 'Share of the article not in the origin.';
COMMENT ON COLUMN core.story_article.lag IS 'Time after the origin; null where a time is not exact enough.';

CREATE TABLE core.story_event (
    story_id bigint NOT NULL REFERENCES core.story,
    at core.moment NOT NULL,
    what text NOT NULL CHECK (what IN ('created', 'canonical', 'merged')),
    from_article_id bigint REFERENCES core.article,
    to_article_id bigint REFERENCES core.article,
    into_story_id bigint REFERENCES core.story,
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE INDEX ON core.story_event (story_id, at);
CREATE INDEX ON core.story_event (from_article_id);
CREATE INDEX ON core.story_event (to_article_id);
CREATE INDEX ON core.story_event (into_story_id);
COMMENT ON TABLE core.story_event IS 'What became of a story: no canonical article changes without a row here.';
COMMENT ON COLUMN core.story_event.story_id IS 'The story.';
COMMENT ON COLUMN core.story_event.at IS 'When.';
COMMENT ON COLUMN core.story_event.what IS 'created; canonical (another article became canonical); merged (into another story).';
COMMENT ON COLUMN core.story_event.from_article_id IS 'The canonical article before.';
COMMENT ON COLUMN core.story_event.to_article_id IS 'The canonical article after.';
COMMENT ON COLUMN core.story_event.into_story_id IS 'The story that it was merged into.';
COMMENT ON COLUMN core.story_event.event_id IS 'Identity, in order of writing.';

-- A live story has members, and its canonical article is one of them; a merged one has none.
CREATE FUNCTION core.check_story(story bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    live record;
BEGIN
    SELECT s.canonical_id, s.merged_into, m.story_id IS NOT DISTINCT FROM s.story_id AS is_member,
           EXISTS (SELECT FROM core.story_article WHERE story_id = s.story_id) AS has_members
      INTO live
      FROM core.story s LEFT JOIN core.story_article m ON m.article_id = s.canonical_id
     WHERE s.story_id = story;
    IF FOUND AND live.merged_into IS NULL AND NOT live.is_member THEN
        RAISE integrity_constraint_violation USING MESSAGE = format('story %s: its canonical article is not one of its members', story);
    ELSIF FOUND AND live.merged_into IS NOT NULL AND live.has_members THEN
        RAISE integrity_constraint_violation USING MESSAGE = format('story %s: merged, but it has members', story);
    END IF;
END $$;
COMMENT ON FUNCTION core.check_story IS 'Refuse a live story whose canonical article is no member, and a merged one with members.';

CREATE FUNCTION core.check_changed_story() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM core.check_story(OLD.story_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM core.check_story(NEW.story_id); END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION core.check_changed_story IS 'Check the stories that a row belonged to before and belongs to after, at commit.';

CREATE CONSTRAINT TRIGGER story_is_whole AFTER INSERT OR UPDATE ON core.story
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core.check_changed_story();
CREATE CONSTRAINT TRIGGER story_is_whole AFTER INSERT OR UPDATE OF story_id OR DELETE ON core.story_article
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core.check_changed_story();

CREATE TABLE ops.edition (
    edition_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at core.moment NOT NULL,
    articles bigint NOT NULL,
    stories bigint NOT NULL,
    copies bigint NOT NULL,
    refused bigint NOT NULL,
    pending bigint NOT NULL,
    CHECK (articles = stories + copies)
);
CREATE INDEX ON ops.edition (at);
COMMENT ON TABLE ops.edition IS 'A publication: the books balanced at that moment, with these figures.';
COMMENT ON COLUMN ops.edition.edition_id IS 'Identity.';
COMMENT ON COLUMN ops.edition.at IS 'When.';
COMMENT ON COLUMN ops.edition.articles IS 'Articles that are in a story.';
COMMENT ON COLUMN ops.edition.stories IS 'Live stories: independent texts.';
COMMENT ON COLUMN ops.edition.copies IS 'Articles that are a copy of their story''s canonical article.';
COMMENT ON COLUMN ops.edition.refused IS 'Articles that were refused.';
COMMENT ON COLUMN ops.edition.pending IS 'Articles still on their way: to a page, to a text, to a story.';

CREATE TABLE ops.deployment (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seed bigint NOT NULL
);
INSERT INTO ops.deployment (seed) VALUES (('x' || substr(md5(gen_random_uuid()::text), 1, 16))::bit(64)::bigint);
COMMENT ON TABLE ops.deployment IS 'What is this deployment''s own.';
COMMENT ON COLUMN ops.deployment.one IS 'There is one row.';
COMMENT ON COLUMN ops.deployment.seed IS 'Seed of the signatures: nobody outside can craft texts that collide.';
