-- What signatures discount: the shingles that each title's pages repeat.

CREATE TABLE core.repetition (
    title_id bigint NOT NULL REFERENCES core.title,
    version bigint NOT NULL CHECK (version <> 0),
    signed integer NOT NULL,
    shingles bytea NOT NULL CHECK (octet_length(shingles) > 0 AND octet_length(shingles) % 8 = 0),
    learnt_at core.moment NOT NULL,
    PRIMARY KEY (title_id, version)
);
CREATE INDEX ON core.repetition (title_id, learnt_at);
COMMENT ON TABLE core.repetition IS 'The shingles that a title''s articles repeat, as they were learnt at one moment; the newest is discounted in what is signed from then on.';
COMMENT ON COLUMN core.repetition.title_id IS 'The title.';
COMMENT ON COLUMN core.repetition.version IS 'Follows from the shingles: two of one version are the same.';
COMMENT ON COLUMN core.repetition.signed IS 'Version of the signatures from which they are, and for which alone they count.';
COMMENT ON COLUMN core.repetition.shingles IS 'The shingles, 8 bytes each, in ascending order.';
COMMENT ON COLUMN core.repetition.learnt_at IS 'When that was last found to be so.';

ALTER TABLE core.signature ADD boilerplate bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN core.signature.boilerplate IS 'Version of core.repetition of its title that was discounted; 0: none.';
