-- Who runs whom, as the page Agencies shows it: kept, since the days of a month are too many to be added up while somebody waits.

CREATE TABLE core.syndication (
    days smallint NOT NULL,
    title_id bigint NOT NULL,
    agency text NOT NULL,
    until date NOT NULL,
    articles integer NOT NULL,
    words bigint NOT NULL,
    wire_words bigint NOT NULL,
    PRIMARY KEY (days, title_id, agency)
);
COMMENT ON TABLE core.syndication IS 'What a title ran of late, by agency: kept by publish.';
COMMENT ON COLUMN core.syndication.days IS '1, 7 or 30: so many days before the last one count, too.';
COMMENT ON COLUMN core.syndication.title_id IS 'The title.';
COMMENT ON COLUMN core.syndication.agency IS 'The agency whose text it is; empty: none, or the title''s own.';
COMMENT ON COLUMN core.syndication.until IS 'The last day that counts, UTC: that of the last edition.';
COMMENT ON COLUMN core.syndication.articles IS 'Articles.';
COMMENT ON COLUMN core.syndication.words IS 'Their words.';
COMMENT ON COLUMN core.syndication.wire_words IS 'Of them, the agency''s.';
INSERT INTO core.syndication
SELECT days, title_id, agency, until, sum(articles), sum(words), sum(wire_words)
FROM (SELECT (max(at) AT TIME ZONE 'UTC')::date AS until FROM ops.edition) AS edition CROSS JOIN unnest(ARRAY[1, 7, 30]) AS days
    JOIN core.title_day ON day BETWEEN until - days AND until
GROUP BY days, title_id, agency, until;
