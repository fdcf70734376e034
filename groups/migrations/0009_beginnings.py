from django.db import migrations

# PostgreSQL gathers whatever begins with a word for each question anew, posting by posting, and cannot skip as it does
# between whole words. So the words are kept in a list of their own, and a beginning becomes the words that begin so.
# Only words of groups that the directory shows: what anybody may read. Two writers may add one twice, and neither waits.
WORDS = """
CREATE TABLE groups_word (word text COLLATE "C" NOT NULL);
CREATE FUNCTION groups_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT NEW.listed OR NEW.state <> 'open' THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.listed AND OLD.state = 'open' AND NEW.search = OLD.search THEN RETURN NULL; END IF;
  END IF;
  INSERT INTO groups_word SELECT lexeme FROM unnest(NEW.search) AS own
    WHERE lexeme NOT LIKE ':%' AND NOT EXISTS (SELECT FROM groups_word WHERE word = own.lexeme COLLATE "C");
  RETURN NULL;
END $$;
CREATE TRIGGER groups_group_words AFTER INSERT OR UPDATE ON groups_group
  FOR EACH ROW EXECUTE FUNCTION groups_keep_words();
"""
FILL = """
INSERT INTO groups_word SELECT DISTINCT lexeme FROM groups_group, unnest(search)
  WHERE listed AND state = 'open' AND lexeme NOT LIKE ':%';
"""
INDEX = "CREATE INDEX group_word ON groups_word (word)"
# As groups_asked, but with the words that begin so, if they are at most 20; no character comes after the last one.
FULL = """
CREATE FUNCTION groups_asked_in_full(words text) RETURNS tsquery LANGUAGE sql STABLE AS $$
  SELECT string_agg(
    '(' || coalesce(begun.words, quote_literal(lexeme) || ':*')
    || coalesce(' | ' || nullif(plainto_tsquery('english', lexeme)::text, ''), '') || ')', ' & ')::tsquery
  FROM (
    SELECT lexeme FROM unnest(to_tsvector('simple', groups_plain(words))) ORDER BY positions[1] LIMIT 8
  ) AS first_words LEFT JOIN LATERAL (
    SELECT string_agg(quote_literal(word), ' | ') AS words FROM (
      SELECT DISTINCT word FROM groups_word
      WHERE word >= lexeme COLLATE "C" AND word < (lexeme || chr(1114111)) COLLATE "C" ORDER BY word LIMIT 21
    ) AS found HAVING count(*) <= 20
  ) AS begun ON true
$$;
"""
UNDO = """
DROP FUNCTION groups_asked_in_full(text);
DROP TRIGGER groups_group_words ON groups_group;
DROP FUNCTION groups_keep_words();
DROP TABLE groups_word;
"""
# One in eight, for a quick look whether many match. Without the statistics PostgreSQL takes it for one in two hundred.
SAMPLE = (
    "CREATE INDEX group_search_sample ON groups_group USING gin (search) WITH (fastupdate = off)"
    " WHERE listed AND state = 'open' AND mod(id, 8) = 0"
)
STATISTICS = "CREATE STATISTICS group_sample ON (mod(id, 8)) FROM groups_group"


class Migration(migrations.Migration):
    """Beginnings become whole words, and an eighth of the groups tells whether many match (decision 0025)."""

    dependencies = [("groups", "0008_hides_place")]
    operations = [
        migrations.RunSQL(WORDS + FULL, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(INDEX, "DROP INDEX group_word"),
        migrations.RunSQL(SAMPLE, "DROP INDEX group_search_sample"),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS group_sample"),
    ]
