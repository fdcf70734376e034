from importlib import import_module

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

before = import_module("groups.migrations.0005_finding")
KEEP_SEARCH_BEFORE, _, _ = before.TRIGGERS.partition("CREATE TRIGGER")

# Marks begin with a sign that no word can begin with: "area" is looked for as area:* and would find 'area:7'.
SEARCH_OF = """
CREATE FUNCTION groups_search_of(g groups_group) RETURNS tsvector LANGUAGE sql STABLE AS $$
  SELECT groups_lexemes(concat_ws(' ', g.name, g.purpose, g.about, g.place, g.access_notes,
    (SELECT name FROM groups_area WHERE id = g.area_id),
    (SELECT string_agg(term.name, ' ') FROM groups_group_terms AS chosen
      JOIN groups_term AS term ON term.id = chosen.term_id WHERE chosen.group_id = g.id)))
  || array_to_tsvector(ARRAY(
    SELECT ':where:' || unnest(CASE g.format WHEN 'hybrid' THEN ARRAY['online', 'in_person'] ELSE ARRAY[g.format] END)
    UNION ALL SELECT ':speaks:' || unnest(g.languages)
    UNION ALL SELECT ':access:' || unnest(g.access)
    UNION ALL SELECT ':meets:' || unnest(g.meets)
    UNION ALL SELECT ':area:' || g.area_id WHERE g.area_id IS NOT NULL
    UNION ALL SELECT ':term:' || term_id FROM groups_group_terms WHERE group_id = g.id
  ))
$$;
"""
KEEP_SEARCH = """
CREATE FUNCTION groups_keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.search IS NOT NULL
    AND (NEW.name, NEW.purpose, NEW.about, NEW.place, NEW.access_notes, NEW.area_id, NEW.format, NEW.languages,
      NEW.access, NEW.meets) IS NOT DISTINCT FROM (OLD.name, OLD.purpose, OLD.about, OLD.place, OLD.access_notes,
      OLD.area_id, OLD.format, OLD.languages, OLD.access, OLD.meets)
  THEN RETURN NEW; END IF;
  NEW.search := groups_search_of(NEW);
  RETURN NEW;
END $$;
"""


# What indexes are built from, PostgreSQL counts only for whole tables; without it, it takes any area for a small one
# and the last page for a third of all.
STATISTICS = """
CREATE STATISTICS group_names ON (LOWER(name)) FROM groups_group;
CREATE STATISTICS group_areas ON (COALESCE(area_id, 0)) FROM groups_group;
"""


def _instead(functions: str) -> str:
    return functions.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    """Days and times of meeting are looked up where words are, and languages in use in a moment (decision 0025)."""

    dependencies = [("groups", "0005_finding")]
    operations = [
        migrations.AddField(
            "group",
            "meets",
            ArrayField(models.CharField(max_length=9), blank=True, default=list, editable=False),
        ),
        migrations.RunSQL(
            _instead(SEARCH_OF + KEEP_SEARCH),
            _instead(before.SEARCH_OF + KEEP_SEARCH_BEFORE) + before.FILL,
        ),
        migrations.RunSQL(before.FILL, migrations.RunSQL.noop),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS group_names, group_areas"),
        migrations.AddIndex(
            "group",
            models.Index(
                fields=["languages"], name="group_by_languages", condition=models.Q(listed=True, state="open")
            ),
        ),
    ]
