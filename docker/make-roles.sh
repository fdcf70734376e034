#!/bin/sh
# Runs once, when the database is made: an owner for migrations and an unprivileged role for the app.
# The app refuses to start with more power than this.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set owner_password `cat "${SECRETS:-/run/secrets}/database_owner_password"`
\set app_password `cat "${SECRETS:-/run/secrets}/database_app_password"`
CREATE ROLE peerhub_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE peerhub_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE peerhub OWNER peerhub_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE peerhub FROM PUBLIC;
GRANT CONNECT ON DATABASE peerhub TO peerhub_app;
SQL
