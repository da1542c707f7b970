-- The books are kept: an edition counts what moved since the last one, and no longer all articles of all time.
--
-- Whatever can move an item from one door to another notes that in its own transaction: the block of the article, or what it adds to a sum.
-- Notes are only ever added, so that no two writers meet; an edition takes those that it sees, and counts.

CREATE TABLE ops.block (
    block bigint PRIMARY KEY,
    articles integer NOT NULL,
    kept integer NOT NULL,
    refused integer NOT NULL,
    pending integer NOT NULL,
    texts integer NOT NULL,
    placed integer NOT NULL,
    waiting integer NOT NULL
);
COMMENT ON TABLE ops.block IS 'A thousand articles by their ids, and by how many doors they have left, as the last edition saw them.';
COMMENT ON COLUMN ops.block.block IS 'Id of the article by a thousand, rounded down.';
COMMENT ON COLUMN ops.block.articles IS 'Articles.';
COMMENT ON COLUMN ops.block.kept IS 'Of them, kept, with a text.';
COMMENT ON COLUMN ops.block.refused IS 'Of them, refused, with a reason.';
COMMENT ON COLUMN ops.block.pending IS 'Of them, on their way to a page or a text.';
COMMENT ON COLUMN ops.block.texts IS 'Articles with a text, whatever became of them later.';
COMMENT ON COLUMN ops.block.placed IS 'Of them, in a story.';
COMMENT ON COLUMN ops.block.waiting IS 'Of them, signed and not yet compared.';

CREATE TABLE ops.touched_block (block bigint);
COMMENT ON TABLE ops.touched_block IS 'A block in which an article came, or went from one door to another, since the last edition: publish counts it anew.';
COMMENT ON COLUMN ops.touched_block.block IS 'The block; null: everything is to be counted anew.';

CREATE TABLE ops.tally (
    stage text NOT NULL,
    door text NOT NULL,
    items bigint NOT NULL
);
COMMENT ON TABLE ops.tally IS 'Sums in parts: what each statement added to one, or took from it. An edition makes one row of the rows of a door.';
COMMENT ON COLUMN ops.tally.stage IS 'poll (entries in feeds); story; or the stage of a refusal: feed, entry, page, article.';
COMMENT ON COLUMN ops.tally.door IS 'Of polls: seen, new, known, refused; of stories: live; of refusals the reason.';
COMMENT ON COLUMN ops.tally.items IS 'How many; less than 0 where rows went.';

-- Articles: their blocks.
CREATE FUNCTION ops.touch_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched_block (block) VALUES (NEW.article_id / 1000);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_block IS 'Note the block of a row.';
CREATE FUNCTION ops.touch_new_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched_block (block) SELECT DISTINCT article_id / 1000 FROM new_rows;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_new_blocks IS 'Note the blocks of rows that came.';
CREATE FUNCTION ops.touch_old_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched_block (block) SELECT DISTINCT article_id / 1000 FROM old_rows;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_old_blocks IS 'Note the blocks of rows that went.';
CREATE FUNCTION ops.touch_homeless_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched_block (block) SELECT DISTINCT article_id / 1000 FROM new_rows
    WHERE NOT EXISTS (SELECT FROM core.story_article AS member WHERE member.article_id = new_rows.article_id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_homeless_blocks IS 'Note the blocks of signatures that came or changed, of articles that are in no story: of one that is, the signature decides nothing.';
CREATE FUNCTION ops.touch_everything() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.touched_block (block) VALUES (NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.touch_everything IS 'Note that everything is to be counted anew.';

CREATE TRIGGER touch_new_blocks AFTER INSERT ON core.article REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_new_blocks();
CREATE TRIGGER touch_block AFTER UPDATE ON core.article FOR EACH ROW
    WHEN ((OLD.version IS NULL) <> (NEW.version IS NULL)) EXECUTE FUNCTION ops.touch_block();
CREATE TRIGGER touch_old_blocks AFTER DELETE ON core.article REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_old_blocks();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON core.article FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();

CREATE TRIGGER touch_new_blocks AFTER INSERT ON ops.intake REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_new_blocks();
CREATE TRIGGER touch_block AFTER UPDATE ON ops.intake FOR EACH ROW  -- from its page to its text it is on its way
    WHEN (OLD.state <> NEW.state AND NOT (OLD.state IN ('waiting', 'fetched') AND NEW.state IN ('waiting', 'fetched'))) EXECUTE FUNCTION ops.touch_block();
CREATE TRIGGER touch_old_blocks AFTER DELETE ON ops.intake REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_old_blocks();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON ops.intake FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();

CREATE TRIGGER touch_new_blocks AFTER INSERT ON core.signature REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_homeless_blocks();
CREATE TRIGGER touch_changed_blocks AFTER UPDATE ON core.signature REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_homeless_blocks();
CREATE TRIGGER touch_old_blocks AFTER DELETE ON core.signature REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_old_blocks();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON core.signature FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();

CREATE TRIGGER touch_new_blocks AFTER INSERT ON core.story_article REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_new_blocks();
CREATE TRIGGER touch_old_blocks AFTER DELETE ON core.story_article REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_old_blocks();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON core.story_article FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();

-- Refusals: their sums, and the blocks of the articles that they are about.
CREATE FUNCTION ops.tally_refusals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO ops.tally (stage, door, items) SELECT stage, reason, count(*) FROM new_rows GROUP BY stage, reason;
        INSERT INTO ops.touched_block (block) SELECT DISTINCT article_id / 1000 FROM new_rows WHERE article_id IS NOT NULL;
    ELSE
        INSERT INTO ops.tally (stage, door, items) SELECT stage, reason, -count(*) FROM old_rows GROUP BY stage, reason;
        INSERT INTO ops.touched_block (block) SELECT DISTINCT article_id / 1000 FROM old_rows WHERE article_id IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.tally_refusals IS 'Add refusals that came, or take off those that went.';
CREATE FUNCTION ops.tally_changed_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.tally (stage, door, items) VALUES (OLD.stage, OLD.reason, -1), (NEW.stage, NEW.reason, 1);
    INSERT INTO ops.touched_block (block) SELECT article_id / 1000 FROM (VALUES (OLD.article_id), (NEW.article_id)) AS sides (article_id) WHERE article_id IS NOT NULL;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.tally_changed_refusal IS 'Move a refusal to another reason or article; nothing of ours does.';
CREATE TRIGGER tally_new AFTER INSERT ON ops.refusal REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_refusals();
CREATE TRIGGER tally_changed AFTER UPDATE ON ops.refusal FOR EACH ROW
    WHEN ((OLD.stage, OLD.reason, OLD.article_id) IS DISTINCT FROM (NEW.stage, NEW.reason, NEW.article_id)) EXECUTE FUNCTION ops.tally_changed_refusal();
CREATE TRIGGER tally_old AFTER DELETE ON ops.refusal REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_refusals();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON ops.refusal FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();

-- Stories that live.
CREATE FUNCTION ops.tally_stories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO ops.tally (stage, door, items) SELECT 'story', 'live', count(*) FROM new_rows WHERE merged_into IS NULL HAVING count(*) > 0;
    ELSE
        INSERT INTO ops.tally (stage, door, items) SELECT 'story', 'live', -count(*) FROM old_rows WHERE merged_into IS NULL HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.tally_stories IS 'Add stories that came, or take off those that went.';
CREATE FUNCTION ops.tally_merged_story() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.tally (stage, door, items) VALUES ('story', 'live', CASE WHEN NEW.merged_into IS NULL THEN 1 ELSE -1 END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.tally_merged_story IS 'Take off a story that was merged into another, or add one that lives again.';
CREATE TRIGGER tally_new AFTER INSERT ON core.story REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_stories();
CREATE TRIGGER tally_changed AFTER UPDATE ON core.story FOR EACH ROW
    WHEN ((OLD.merged_into IS NULL) <> (NEW.merged_into IS NULL)) EXECUTE FUNCTION ops.tally_merged_story();
CREATE TRIGGER tally_old AFTER DELETE ON core.story REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_stories();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON core.story FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();

-- Entries in feeds. When old polls are summed up, what leaves one table comes into the other.
CREATE FUNCTION ops.tally_polls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO ops.tally (stage, door, items) SELECT 'poll', line.door, items
        FROM (SELECT sum(seen) AS seen, sum(rows.new) AS fresh, sum(known) AS known, sum(refused) AS refused FROM new_rows AS rows) AS sums
            CROSS JOIN LATERAL (VALUES ('seen', seen), ('new', fresh), ('known', known), ('refused', refused)) AS line (door, items) WHERE items <> 0;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO ops.tally (stage, door, items) SELECT 'poll', line.door, -items
        FROM (SELECT sum(seen) AS seen, sum(rows.new) AS fresh, sum(known) AS known, sum(refused) AS refused FROM old_rows AS rows) AS sums
            CROSS JOIN LATERAL (VALUES ('seen', seen), ('new', fresh), ('known', known), ('refused', refused)) AS line (door, items) WHERE items <> 0;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ops.tally_polls IS 'Add the entries of polls that came, and take off those of polls that went.';
CREATE TRIGGER tally_new AFTER INSERT ON ops.poll REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_polls();
CREATE TRIGGER tally_changed AFTER UPDATE ON ops.poll REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_polls();
CREATE TRIGGER tally_old AFTER DELETE ON ops.poll REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_polls();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON ops.poll FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();
CREATE TRIGGER tally_new AFTER INSERT ON ops.poll_day REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_polls();
CREATE TRIGGER tally_changed AFTER UPDATE ON ops.poll_day REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_polls();
CREATE TRIGGER tally_old AFTER DELETE ON ops.poll_day REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ops.tally_polls();
CREATE TRIGGER touch_everything AFTER TRUNCATE ON ops.poll_day FOR EACH STATEMENT EXECUTE FUNCTION ops.touch_everything();

INSERT INTO ops.touched_block (block) VALUES (NULL);  -- what is there is counted by the first edition from now on
