-- What people are asked about doubtful copies and canonical articles, and what they answered; alarms remember that they were told.

CREATE TABLE ops.review (
    review_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('copies', 'canonical')),
    article_id bigint NOT NULL REFERENCES core.article,
    other_id bigint NOT NULL REFERENCES core.article,
    one_story boolean NOT NULL,
    doubt core.share NOT NULL,
    copies integer NOT NULL CHECK (copies > 0),
    titles integer NOT NULL CHECK (titles > 0),
    why core.plain NOT NULL,
    asked_at core.moment NOT NULL,
    answer text CHECK (answer IN ('keep', 'merge', 'split', 'swap', 'lapsed')),
    who core.plain NOT NULL DEFAULT '',
    note core.plain NOT NULL DEFAULT '',
    answered_at core.moment,
    decision_id bigint REFERENCES core.decision,
    CONSTRAINT two_articles CHECK (article_id <> other_id),
    CONSTRAINT pair_in_order CHECK (kind <> 'copies' OR other_id > article_id),
    CONSTRAINT answered_at_a_time CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CONSTRAINT answered_by_somebody CHECK (answer IS NULL OR (answer = 'lapsed') = (who = ''))
);
CREATE UNIQUE INDEX review_that_is_open ON ops.review (kind, article_id, other_id) WHERE answer IS NULL;
CREATE INDEX ON ops.review (article_id);
CREATE INDEX ON ops.review (other_id);
CREATE INDEX ON ops.review (decision_id);
CREATE INDEX ON ops.review (asked_at);
COMMENT ON TABLE ops.review IS 'A question to people on a doubtful copy or canonical article, and the answer. What follows from the answer is a row of core.decision.';
COMMENT ON COLUMN ops.review.review_id IS 'Identity.';
COMMENT ON COLUMN ops.review.kind IS 'copies (are these two one text?), canonical (which of these two stands for their story?).';
COMMENT ON COLUMN ops.review.article_id IS 'Of copies the article with the lower id; else the canonical article when it was asked.';
COMMENT ON COLUMN ops.review.other_id IS 'The other article.';
COMMENT ON COLUMN ops.review.one_story IS 'Whether both were in one story when it was asked.';
COMMENT ON COLUMN ops.review.doubt IS 'How near the evidence is to where it would say the opposite: 1 is on the line.';
COMMENT ON COLUMN ops.review.copies IS 'Articles of the stories that the answer is about: what it is worth.';
COMMENT ON COLUMN ops.review.titles IS 'Titles that these are from.';
COMMENT ON COLUMN ops.review.why IS 'Why it is doubtful, for people.';
COMMENT ON COLUMN ops.review.asked_at IS 'When it was first asked.';
COMMENT ON COLUMN ops.review.answer IS 'keep (as it is), merge (one story), split (two stories), swap (the other article stands for the story); lapsed (nobody answered in time); null: it is open.';
COMMENT ON COLUMN ops.review.who IS 'Who answered, by the name of the login.';
COMMENT ON COLUMN ops.review.note IS 'What they noted.';
COMMENT ON COLUMN ops.review.answered_at IS 'When it was answered or lapsed.';
COMMENT ON COLUMN ops.review.decision_id IS 'The decision that the answer became; null where it lapsed, or where what was wanted had been decided already.';

ALTER TABLE ops.alarm ADD told_at core.moment;
UPDATE ops.alarm SET told_at = since;
COMMENT ON COLUMN ops.alarm.told_at IS 'When people were told; null: not yet, as it is silenced or they could not be reached.';
COMMENT ON COLUMN ops.alarm.kind IS 'silent_title (nothing new against its own rhythm), layout_changed, refusals (its share of refused pages jumped), missed_entries (a feed lets go of entries before it is polled), copies_jumped (the share of copies among new articles jumped), late_run (a run did not end in its time).';
COMMENT ON COLUMN ops.alarm.subject IS 'What it is about: the key of a title, the address of a feed, the name of a DAG, or all.';
