from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower

# Folded alike on both sides: marks off the letters, no capitals, signs are spaces. The words people use with each
# other need no extension for that. Vowel marks of Arabic and Hebrew go too: hardly anybody types them.
PLAIN = r"""
CREATE FUNCTION groups_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT
AS $$
  SELECT replace(replace(replace(translate(lower(
    regexp_replace(
      regexp_replace(normalize(words, NFKD), '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+', '', 'g'),
      '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u2bff\u3000-\u3004\u3008-\u303f]+', ' ', 'g')
  ), 'øłđħı', 'oldhi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
$$;
"""
# Each word as it is written, and as its English stem where it has one.
LEXEMES = """
CREATE FUNCTION groups_lexemes(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT strip(to_tsvector('simple', groups_plain(words)) || to_tsvector('english', groups_plain(words)))
$$;
"""
# Every word has to be found: by how it begins, or by its English stem. NULL where there is no word, and no error ever.
ASKED = """
CREATE FUNCTION groups_asked(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(
    '(' || quote_literal(lexeme) || ':*' || coalesce(' | ' || nullif(plainto_tsquery('english', lexeme)::text, ''), '')
    || ')', ' & ')::tsquery
  FROM (
    SELECT lexeme FROM unnest(to_tsvector('simple', groups_plain(words))) ORDER BY positions[1] LIMIT 8
  ) AS first_words
$$;
"""
# What a group says of itself, and marks such as 'speaks:es' that nobody can type, for the filters.
SEARCH_OF = """
CREATE FUNCTION groups_search_of(g groups_group) RETURNS tsvector LANGUAGE sql STABLE AS $$
  SELECT groups_lexemes(concat_ws(' ', g.name, g.purpose, g.about, g.place, g.access_notes,
    (SELECT name FROM groups_area WHERE id = g.area_id),
    (SELECT string_agg(term.name, ' ') FROM groups_group_terms AS chosen
      JOIN groups_term AS term ON term.id = chosen.term_id WHERE chosen.group_id = g.id)))
  || array_to_tsvector(ARRAY(
    SELECT 'where:' || unnest(CASE g.format WHEN 'hybrid' THEN ARRAY['online', 'in_person'] ELSE ARRAY[g.format] END)
    UNION ALL SELECT 'speaks:' || unnest(g.languages)
    UNION ALL SELECT 'access:' || unnest(g.access)
    UNION ALL SELECT 'area:' || g.area_id WHERE g.area_id IS NOT NULL
    UNION ALL SELECT 'term:' || term_id FROM groups_group_terms WHERE group_id = g.id
  ))
$$;
"""
# No list of columns: PostgreSQL would then refuse to widen any of them later.
TRIGGERS = """
CREATE FUNCTION groups_keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.search IS NOT NULL
    AND (NEW.name, NEW.purpose, NEW.about, NEW.place, NEW.access_notes, NEW.area_id, NEW.format, NEW.languages,
      NEW.access) IS NOT DISTINCT FROM (OLD.name, OLD.purpose, OLD.about, OLD.place, OLD.access_notes, OLD.area_id,
      OLD.format, OLD.languages, OLD.access)
  THEN RETURN NEW; END IF;
  NEW.search := groups_search_of(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER groups_group_search BEFORE INSERT OR UPDATE ON groups_group
  FOR EACH ROW EXECUTE FUNCTION groups_keep_search();

CREATE FUNCTION groups_search_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'groups_area' THEN
    UPDATE groups_group SET search = NULL WHERE area_id = NEW.id;
  ELSIF TG_TABLE_NAME = 'groups_term' THEN
    UPDATE groups_group SET search = NULL
      WHERE id IN (SELECT group_id FROM groups_group_terms WHERE term_id = NEW.id);
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE groups_group SET search = NULL WHERE id = OLD.group_id;
  ELSE
    UPDATE groups_group SET search = NULL WHERE id = NEW.group_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER groups_area_search AFTER UPDATE ON groups_area
  FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION groups_search_again();
CREATE TRIGGER groups_term_search AFTER UPDATE ON groups_term
  FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION groups_search_again();
CREATE TRIGGER groups_group_terms_search AFTER INSERT OR UPDATE OR DELETE ON groups_group_terms
  FOR EACH ROW EXECUTE FUNCTION groups_search_again();
"""
COLUMN = "ALTER TABLE groups_group ADD COLUMN search tsvector"
FILL = "UPDATE groups_group SET search = NULL"
INDEX = (
    "CREATE INDEX group_search ON groups_group USING gin (search) WITH (fastupdate = off)"
    " WHERE listed AND state = 'open'"
)
UNDO = """
DROP TRIGGER groups_group_search ON groups_group;
DROP TRIGGER groups_area_search ON groups_area;
DROP TRIGGER groups_term_search ON groups_term;
DROP TRIGGER groups_group_terms_search ON groups_group_terms;
DROP FUNCTION groups_search_again();
DROP FUNCTION groups_keep_search();
DROP FUNCTION groups_search_of(groups_group);
DROP FUNCTION groups_asked(text);
DROP FUNCTION groups_lexemes(text);
DROP FUNCTION groups_plain(text);
"""


class Migration(migrations.Migration):
    """The database keeps what groups are found by (docs/decisions/0025-groups-are-found-in-the-database.md)."""

    dependencies = [("groups", "0004_fit_passed")]
    operations = [
        migrations.RunSQL(COLUMN, "ALTER TABLE groups_group DROP COLUMN search"),
        migrations.RunSQL(PLAIN + LEXEMES + ASKED + SEARCH_OF + TRIGGERS, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(INDEX, "DROP INDEX group_search"),
        migrations.AddIndex(
            "group",
            models.Index(Lower("name"), "id", name="group_by_name", condition=models.Q(listed=True, state="open")),
        ),
        migrations.AddIndex(
            "group",
            models.Index(
                Coalesce("area", 0),
                Lower("name"),
                "id",
                name="group_by_area",
                condition=models.Q(listed=True, state="open"),
            ),
        ),
    ]
