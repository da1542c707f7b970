-- A news agency whose text others run.
SELECT
    agency,                                                         -- key, as all views have it: afp
    name::text AS agency_name,                                      -- full name
    country,                                                        -- its home, ISO 3166-1 alpha-2
    languages                                                       -- languages that it writes in, ISO 639-1
FROM core.agency
