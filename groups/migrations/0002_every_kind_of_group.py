import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import groups.models.agreement
import groups.models.group
import people.sealed
import re
import uuid
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db import migrations, models

from groups.words import LANGUAGES


def languages_from_words(apps, schema_editor):
    """What was one line of words becomes codes; words that name no language we know become a line of its notes."""
    codes = {name.casefold(): code for code, name in LANGUAGES.items()} | {
        info["name"].casefold(): code for code, info in LANG_INFO.items() if "name" in info and code in LANGUAGES
    }
    for group in apps.get_model("groups", "Group").objects.exclude(language="English"):
        words = [word.strip() for word in re.split(r"[,;/&]| and ", group.language)]
        found = [codes[word.casefold()] for word in words if word.casefold() in codes]
        group.languages = list(dict.fromkeys(found)) or ["en"]
        if not found and group.language.strip():
            group.access_notes = f"{group.access_notes} {group.language}".strip()[:300]
        group.save(update_fields=["languages", "access_notes"])


def words_from_languages(apps, schema_editor):
    for group in apps.get_model("groups", "Group").objects.all():
        group.language = ", ".join(LANGUAGES.get(code, code) for code in group.languages)[:60]
        group.save(update_fields=["language"])


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Away',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='EndingReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('words', people.sealed.SealedField(null=True)),
                ('shared', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Farewell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('words', people.sealed.SealedField(null=True)),
                ('signed', models.CharField(blank=True, max_length=40)),
                ('month', models.DateField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='GroupLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PairAgreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveSmallIntegerField()),
                ('words', people.sealed.SealedField(null=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('extends', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('holds_since', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PairProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('shows', people.sealed.SealedField(null=True)),
                ('is_open', models.BooleanField(default=True)),
                ('at_most', models.PositiveSmallIntegerField(default=2)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='PairYes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('words', people.sealed.SealedField(null=True)),
                ('state', models.CharField(choices=[('open', 'Not read yet'), ('shown', 'Shown to the group'), ('taken_up', 'Taken up'), ('set_aside', 'Set aside')], default='open', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('topic', 'What it is about'), ('audience', 'Who it is for')], max_length=8)),
                ('name', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='WelcomeTalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('offered', 'Offered'), ('agreed', 'Agreed'), ('declined', 'Rather not'), ('held', 'You have talked')], default='offered', max_length=8)),
                ('at', models.DateTimeField()),
                ('how', people.sealed.SealedField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('wait', 'Tell me when a group like this opens'), ('suggest', 'Suggest a group to me'), ('start', 'I would like to help start one')], max_length=8)),
                ('format', models.CharField(blank=True, choices=[('online', 'Online'), ('in_person', 'In person'), ('hybrid', 'Online or in person')], max_length=10)),
                ('words', people.sealed.SealedField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='group',
            name='group_kind',
        ),
        migrations.RemoveConstraint(
            model_name='group',
            name='group_name_ci',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_state',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_role',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_one_open',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_alias_ci',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_ended_iff_closed',
        ),
        migrations.AddField(
            model_name='agreement',
            name='review_on',
            field=models.DateField(default=groups.models.agreement.review_day),
        ),
        migrations.AddField(
            model_name='group',
            name='access',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('step_free', 'Step-free'), ('quiet_room', 'Quiet room'), ('camera', 'Camera off is fine'), ('captions', 'Captions')], max_length=12), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='group',
            name='allows_visits',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='group',
            name='cost',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='group',
            name='ended_reason',
            field=models.CharField(blank=True, choices=[('completed', 'Came to its planned end'), ('moved_on', 'Moved on'), ('not_a_match', 'Was not a match')], max_length=12),
        ),
        migrations.AddField(
            model_name='group',
            name='ends_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='group',
            name='indexable',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='group',
            name='languages',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), default=groups.models.group._english, size=None),
        ),
        migrations.AlterField(
            model_name='group',
            name='language',
            field=models.CharField(default='English', max_length=60, blank=True),
        ),
        migrations.RunPython(languages_from_words, words_from_languages),
        migrations.RemoveField(
            model_name='group',
            name='language',
        ),
        migrations.AddField(
            model_name='group',
            name='last_ritual',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='group',
            name='offer_hours',
            field=models.PositiveSmallIntegerField(default=48),
        ),
        migrations.AddField(
            model_name='group',
            name='offers_talk',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='group',
            name='opens_again_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='group',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pairs', to='groups.group'),
        ),
        migrations.AddField(
            model_name='group',
            name='shared_openly',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='group',
            name='shows_members',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='group',
            name='starts_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='about',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='membership',
            name='duty',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='membership',
            name='ended_why',
            field=models.CharField(blank=True, choices=[('agreement', 'The agreement was broken'), ('safety', 'Somebody was not safe'), ('absence', 'Has not come for a long time'), ('other', 'Another reason, told to the person')], max_length=10),
        ),
        migrations.AddField(
            model_name='membership',
            name='fit',
            field=models.CharField(blank=True, choices=[('fits', 'Yes, it fits'), ('unsure', 'Not sure yet'), ('not', 'Not really')], max_length=6),
        ),
        migrations.AddField(
            model_name='membership',
            name='fit_asked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='hours',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='membership',
            name='instead_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='groups.membership'),
        ),
        migrations.AddField(
            model_name='membership',
            name='mentor_wanted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='offered_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='offers_lapsed',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='membership',
            name='paused_until',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='suggestion',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='groups.group'),
        ),
        migrations.AddField(
            model_name='membership',
            name='visit_wanted',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='group',
            name='intake',
            field=models.CharField(choices=[('open', 'Anyone can come, without asking'), ('request', 'People ask to join'), ('invitation', 'Only people who are invited'), ('closed', 'Nobody new at the moment')], default='request', max_length=10),
        ),
        migrations.AlterField(
            model_name='group',
            name='kind',
            field=models.CharField(choices=[('circle', 'Circle'), ('family', 'Circle for family and carers'), ('cohort', 'Course with a start and an end'), ('programme', 'Mentoring programme'), ('pair', 'Mentoring pair')], default='circle', max_length=10),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('member', 'Member'), ('facilitator', 'Facilitator'), ('mentor', 'Mentor')], default='member', max_length=12),
        ),
        migrations.AlterField(
            model_name='membership',
            name='state',
            field=models.CharField(choices=[('requested', 'Asking to join'), ('invited', 'Invited'), ('waitlisted', 'On the waitlist'), ('visiting', 'Comes once to see'), ('active', 'Belongs'), ('paused', 'Taking a break'), ('declined', 'Not this group'), ('left', 'Left'), ('removed', 'Removed'), ('blocked', 'Blocked'), ('lapsed', 'The offer ran out'), ('visited', 'Came once')], default='requested', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'invited', 'waitlisted', 'visiting', 'active', 'paused', 'blocked', 'declined', 'left', 'removed', 'lapsed', 'visited'])), name='membership_state'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['member', 'facilitator', 'mentor'])), name='membership_role'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('requested', 'invited', 'waitlisted', 'visiting', 'active', 'paused', 'blocked'))), fields=('group', 'user'), name='membership_one_open'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(models.F('group'), django.db.models.functions.text.Lower('alias'), condition=models.Q(('state__in', ('requested', 'invited', 'waitlisted', 'visiting', 'active', 'paused', 'blocked')), models.Q(('alias', ''), _negated=True)), name='membership_alias_ci', violation_error_message='Somebody in this group has this name. Choose another'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ('declined', 'left', 'removed', 'lapsed', 'visited'))), models.Q(models.Q(('state__in', ('declined', 'left', 'removed', 'lapsed', 'visited')), _negated=True), ('ended_at', None)), _connector='OR'), name='membership_ended_iff_closed'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('offered_until', None), ('state', 'invited'), _connector='OR'), name='membership_offer_only_invited'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('paused_until', None), ('state', 'paused'), _connector='OR'), name='membership_pause_only_paused'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('ended_why', ''), models.Q(('ended_why__in', ['agreement', 'safety', 'absence', 'other']), ('state__in', ['removed', 'blocked'])), _connector='OR'), name='membership_why_only_put_out'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('fit', ''), models.Q(('fit__in', ['fits', 'unsure', 'not']), ('fit_asked_at__isnull', False)), _connector='OR'), name='membership_fit_was_asked'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='area_name_ci', violation_error_message='This area is there already'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__gte', -85), ('latitude__lte', 85), ('longitude__gte', -180), ('longitude__lte', 180)), _connector='OR'), name='area_both_or_neither'),
        ),
        migrations.AddField(
            model_name='group',
            name='area',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='groups.area'),
        ),
        migrations.AddField(
            model_name='away',
            name='cover',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='covers', to='groups.membership'),
        ),
        migrations.AddField(
            model_name='away',
            name='seat',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aways', to='groups.membership'),
        ),
        migrations.AddField(
            model_name='endingreview',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ending_reviews', to='groups.group'),
        ),
        migrations.AddField(
            model_name='endingreview',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ending_reviews', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='farewell',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='farewells', to='groups.group'),
        ),
        migrations.AddField(
            model_name='grouplink',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='grouplink',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='groups.group'),
        ),
        migrations.AddField(
            model_name='pairagreement',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pair_agreements', to='groups.group'),
        ),
        migrations.AddField(
            model_name='pairagreement',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pairprofile',
            name='membership',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='profile', to='groups.membership'),
        ),
        migrations.AddField(
            model_name='pairyes',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='yeses', to='groups.pairagreement'),
        ),
        migrations.AddField(
            model_name='pairyes',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='groups.group'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['topic', 'audience'])), name='term_kind'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(models.F('kind'), django.db.models.functions.text.Lower('name'), name='term_once', violation_error_message='This word is there already'),
        ),
        migrations.AddField(
            model_name='group',
            name='terms',
            field=models.ManyToManyField(blank=True, related_name='groups', to='groups.term'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['circle', 'family', 'cohort', 'programme', 'pair'])), name='group_kind'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('format__in', ['online', 'in_person', 'hybrid'])), name='group_format'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('intake__in', ['open', 'request', 'invitation', 'closed'])), name='group_intake'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('archived_at__isnull', False), ('state', 'archived')), models.Q(models.Q(('state', 'archived'), _negated=True), ('archived_at__isnull', True)), _connector='OR'), name='group_archived_iff_time'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('starts_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='group_dates'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'cohort'), _negated=True), ('starts_on__isnull', False), _connector='OR'), name='group_cohort_has_start'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pair'), ('parent__isnull', False)), models.Q(models.Q(('kind', 'pair'), _negated=True), ('parent', None)), _connector='OR'), name='group_parent_iff_pair'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pair'), _negated=True), models.Q(('capacity', 1), ('indexable', False), ('listed', False), ('shared_openly', False)), _connector='OR'), name='group_pair_shape'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='group_not_own_parent'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('ended_reason', ''), models.Q(('ended_reason__in', ['completed', 'moved_on', 'not_a_match']), ('kind', 'pair'), ('state', 'archived')), _connector='OR'), name='group_ended_reason'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('offer_hours__gte', 12), ('offer_hours__lte', 336)), name='group_offer_hours'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('languages', []), _negated=True), name='group_speaks'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.CheckConstraint(condition=models.Q(('listed', True), models.Q(('indexable', False), ('shared_openly', False)), _connector='OR'), name='group_open_to_robots_is_listed'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(models.Q(('state', 'archived'), _negated=True), models.Q(('kind', 'pair'), _negated=True)), name='group_name_ci', violation_error_message='Another group has this name. Choose one that tells them apart'),
        ),
        migrations.AddField(
            model_name='welcometalk',
            name='membership',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='talk', to='groups.membership'),
        ),
        migrations.AddField(
            model_name='welcometalk',
            name='offered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='wish',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='wish',
            name='area',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='groups.area'),
        ),
        migrations.AddField(
            model_name='wish',
            name='suggestion',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='groups.group'),
        ),
        migrations.AddField(
            model_name='wish',
            name='term',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='groups.term'),
        ),
        migrations.AddField(
            model_name='wish',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wishes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='away',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='away_dates'),
        ),
        migrations.AddConstraint(
            model_name='away',
            constraint=models.CheckConstraint(condition=models.Q(('cover', None), models.Q(('cover', models.F('seat')), _negated=True), _connector='OR'), name='away_not_own_cover'),
        ),
        migrations.AddConstraint(
            model_name='endingreview',
            constraint=models.UniqueConstraint(fields=('group', 'user'), name='endingreview_once'),
        ),
        migrations.AddConstraint(
            model_name='grouplink',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('group',), name='grouplink_one_open'),
        ),
        migrations.AddConstraint(
            model_name='grouplink',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='grouplink_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='pairagreement',
            constraint=models.UniqueConstraint(fields=('group', 'version'), name='pairagreement_version'),
        ),
        migrations.AddConstraint(
            model_name='pairagreement',
            constraint=models.UniqueConstraint(condition=models.Q(('extends', True), ('holds_since__isnull', False)), fields=('group',), name='pairagreement_one_extension'),
        ),
        migrations.AddConstraint(
            model_name='pairagreement',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='pairagreement_dates'),
        ),
        migrations.AddConstraint(
            model_name='pairprofile',
            constraint=models.CheckConstraint(condition=models.Q(('at_most__gte', 1), ('at_most__lte', 10)), name='pairprofile_at_most'),
        ),
        migrations.AddConstraint(
            model_name='pairyes',
            constraint=models.UniqueConstraint(fields=('agreement', 'user'), name='pairyes_once'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'shown', 'taken_up', 'set_aside'])), name='proposal_state'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='proposal_decided_iff_closed'),
        ),
        migrations.AddConstraint(
            model_name='welcometalk',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['offered', 'agreed', 'declined', 'held'])), name='welcometalk_state'),
        ),
        migrations.AddConstraint(
            model_name='wish',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['wait', 'suggest', 'start'])), name='wish_kind'),
        ),
        migrations.AddConstraint(
            model_name='wish',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at', None), ('ended_at', None)), fields=('user', 'kind'), name='wish_one_open'),
        ),
    ]
