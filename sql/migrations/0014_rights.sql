-- Whose a text is and on what terms, where its page states it.

ALTER TABLE core.article_version ADD COLUMN copyright_holder core.plain, ADD COLUMN licence core.plain;
COMMENT ON COLUMN core.article_version.copyright_holder IS 'Who holds the copyright, as the page states it; null: it does not.';
COMMENT ON COLUMN core.article_version.licence IS 'Terms on which the text may be used, as the page states them: an address, or a name; null: it does not.';
COMMENT ON COLUMN core.article_version.images IS 'Pictures as a list of {url, caption, credit, agency}; the agency is that of the picture, not of the text.';
