#!/bin/sh
# Run once by Postgres's image, on an empty volume: the news and Airflow's metadata, each a database of a role of its own that cannot
# enter the other. Passwords come by the environment: a command line can be read by everybody.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv news NEWS_PASSWORD
\getenv airflow AIRFLOW_PASSWORD
CREATE ROLE news LOGIN PASSWORD :'news';
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE DATABASE news OWNER news ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE airflow OWNER airflow ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE news, airflow, postgres FROM PUBLIC;
SQL
