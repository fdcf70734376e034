"""Every model field, how confidential it is, and whose it is. Reviewed like code.

public      anybody may see it
internal    about no person: keys, clocks, the machine's own
personal    about a person: they may have a copy
sensitive   about a person and could hurt them if read: answers, attendance, who was written about
sealed      a person's own words (or how to reach them), encrypted; they may have a copy
secret      opens something: encrypted, hashed or wrapped; nobody gets a copy
"""

CLASSES = {"public", "internal", "personal", "sensitive", "sealed", "secret"}
EXPORTED = {"personal", "sensitive", "sealed"}  # what a person gets when they ask for a copy (R110)

FIELDS: dict[str, dict[str, str]] = {
    "people.User": {
        "internal": "id public_id",
        "personal": "email display_name pronouns time_zone locale quiet_from quiet_to discreet theme is_admin"
        " is_safety_lead state is_active joined_at last_login no_mail no_calls no_voicemail no_texts",
        "secret": "password",
    },
    "people.Organisation": {
        "public": "name sender signup time_zone answer_days contact hours confidentiality_limits note_months"
        " needs_two_hosts cover_hours open_days opens closes unseen_hours hello_by_itself quiet_from quiet_to",
        "internal": "id public_id crisis_confirmed_at crisis_confirmed_by exit_checked_at help_phrases news_an_hour",
    },
    "people.Consent": {"internal": "id", "personal": "user purpose version channel given_at withdrawn_at"},
    "people.SubjectKey": {
        "internal": "id subject_kind subject_public_id master_version created_at destroyed_at",
        "secret": "wrapped",
    },
    "people.MasterKeyCheck": {"internal": "id version", "secret": "check_value"},
    "people.AuditEntry": {"internal": "id object_kind object_id", "personal": "at actor action about reason"},
    "people.Heartbeat": {"internal": "id name at"},
    "notices.Notice": {"internal": "id public_id key ids", "personal": "user topic created_at read_at"},
    "notices.Delivery": {
        "internal": "id public_id notice channel state send_at urgent tries trouble sent_at dropped_for carried_by",
        "personal": "address",
        "sealed": "body",
    },
    "notices.Preference": {"internal": "id", "personal": "user area channel wanted changed_at"},
    "notices.MailTrouble": {"internal": "id", "personal": "user address kind at"},
    "groups.Term": {"public": "kind name", "internal": "id public_id"},
    "groups.Area": {"public": "name latitude longitude", "internal": "id public_id"},
    "groups.Group": {
        "public": "slug name kind state purpose about format place hides_place area languages access access_notes cost"
        " capacity intake starts_on ends_on opens_again_on offer_hours allows_visits offers_talk adults_only"
        " shows_members listed indexable shared_openly time_zone meets last_ritual opened_at archived_at",
        "internal": "id public_id parent created_at created_by ended_reason",
        "secret": "door",
    },
    "groups.Membership": {
        "internal": "id public_id",
        "personal": "alias pronouns by_mail visit_wanted created_at queued_at offered_until offers_lapsed joined_at"
        " decided_by decided_at paused_until ended_at",
        "public": "about duty hours",  # what somebody who runs the group says of themself on its page
        "sensitive": "group user role state suggestion instead_of ended_why fit_asked_at fit mentor_wanted_at",
        "sealed": "words",
    },
    "groups.WelcomeTalk": {
        "internal": "id public_id",
        "sensitive": "membership state at offered_by created_at answered_at",
        "sealed": "how",
    },
    "groups.Away": {"internal": "id public_id", "personal": "seat cover starts_on ends_on created_at ended_at"},
    "groups.Farewell": {"internal": "id public_id group month signed read_at", "secret": "words"},
    "groups.Agreement": {
        "public": "version sections published_at review_on",
        "internal": "id public_id group published_by",
    },
    "groups.Acceptance": {"internal": "id", "personal": "agreement user at"},
    "groups.Proposal": {
        "internal": "id public_id group",
        "sensitive": "user state created_at decided_by decided_at",
        "sealed": "words",
    },
    "groups.Invitation": {
        "internal": "id public_id",
        "personal": "email group role invited_by created_at expires_at accepted_at accepted_by revoked_at",
    },
    "groups.GroupLink": {"internal": "id public_id group created_at expires_at revoked_at", "personal": "created_by"},
    "groups.Announcement": {
        "internal": "id public_id group people goes_at told_at",
        "personal": "author written_at taken_back_at taken_back_by",
        "sealed": "words",
    },
    "groups.Wish": {
        "internal": "id public_id",
        "sensitive": "user kind term area format created_at answered_at answered_by suggestion told_at ended_at",
        "sealed": "words",
    },
    "groups.PairProfile": {
        "internal": "id public_id",
        "sensitive": "membership is_open at_most updated_at",
        "sealed": "shows",
    },
    "groups.PairAgreement": {
        "internal": "id public_id version",
        "sensitive": "group starts_on ends_on extends written_by written_at holds_since",
        "sealed": "words",
    },
    "groups.PairYes": {"internal": "id", "sensitive": "agreement user at"},
    "groups.EndingReview": {
        "internal": "id public_id",
        "sensitive": "group user shared written_at",
        "sealed": "words",
    },
    "group_sessions.Room": {
        "public": "name address capacity access_notes",
        "internal": "id public_id created_at retired_at",
    },
    "group_sessions.Series": {
        "public": "starts_on starts_at minutes interval nth skips ends_on time_zone capacity kept_for_new plan",
        "internal": "id public_id group created_at created_by ended_at lead co room continues",
    },
    "group_sessions.GroupSession": {
        "public": "local_date local_time time_zone minutes starts_at ends_at capacity kept_for_new plan"
        " moved_from state",
        "internal": "id public_id group series slot cancelled_at cancelled_by held_at held_by headcount opened_at"
        " opened_by live sequence changed_at",
    },
    "group_sessions.Booking": {
        "internal": "id public_id session room starts_at ends_at live created_at",
        "personal": "host duty",
    },
    "group_sessions.StandIn": {"internal": "id group added_by", "personal": "user created_at"},
    "group_sessions.CoverCall": {
        "internal": "id public_id session duty until state closed_at taken_by others_at others_asked_at declined_by",
        "personal": "asked_by asked_at",
    },
    "group_sessions.CalendarLink": {
        "internal": "id",
        "personal": "user titles made_at used_at",
        "secret": "token_hash",
    },
    "group_sessions.ReminderChoice": {"internal": "id", "personal": "user day_before hour_before"},
    "group_sessions.Seat": {
        "internal": "id public_id",
        "sensitive": "session user state queue offered_until standing answered_at came marked_by marked_at",
    },
    "group_sessions.StandingSeat": {"internal": "id", "sensitive": "series user since ended_at"},
    "group_sessions.Guest": {  # about people of whom we know a name and no more: nobody can ask for a copy
        "internal": "id public_id group called regular kept_by created_at forgotten_at"
    },
    "group_sessions.GuestSeat": {"internal": "id session guest came marked_by marked_at"},
    "group_sessions.Tick": {"internal": "id session item", "personal": "user at"},
    "group_sessions.Closing": {
        "internal": "id public_id session closed_at themes",
        "personal": "closed_by talked wants_talk",
        "sealed": "win tool",
    },
    "group_sessions.Summary": {
        "internal": "id public_id session shared_at",
        "personal": "written_by written_at",
        "sealed": "words agreed",
    },
    "group_sessions.Feedback": {"internal": "id session given shown"},  # how often, and nobody's name
    "group_sessions.FeedbackGiven": {"internal": "id", "sensitive": "session user"},
    "checkins.Rhythm": {
        "internal": "id next_at",
        "personal": "user on every weekday part hour remind rest_asked_at heard_at paused_at paused_until",
    },
    "checkins.Prompt": {"public": "group language text retired_at", "internal": "id public_id created_by created_at"},
    "checkins.CheckIn": {
        "internal": "id public_id told_at reminded_at",
        "personal": "user week prompt asked_at",
        "sensitive": "state answered_at skipped_at mood support share group",
    },
    "checkins.Answer": {"internal": "id public_id", "sensitive": "checkin written_at", "sealed": "words"},
    "checkins.FollowUp": {
        "internal": "id public_id key",
        "sensitive": "about group checkin session cause state owner created_at due_at seen_at closed_at closed_by"
        " outcome methods hello_at said said_at",
        "sealed": "reach why",
    },
    "checkins.Reply": {
        "internal": "id public_id",
        "sensitive": "followup author written_at taken_back_at",
        "sealed": "words",
    },
    "checkins.Escalation": {"internal": "id", "sensitive": "followup step planned_at due_at happened_at dropped_at"},
    "checkins.Duty": {"internal": "id group days opens closes takes_words set_by set_at", "personal": "reader"},
    "resources.Resource": {
        "public": "slug name kind what_for who_for how_to_start good_to_know cost hours area languages access_notes"
        " phone url email published checked_on",
        "internal": "id public_id checked_by created_at",
    },
    "resources.CrisisLine": {
        "public": "position name channel number url words emergency country elsewhere confirmed_at",
        "internal": "id public_id replaces confirmed_by retired_at",
    },
    "notes.Note": {
        "internal": "id public_id",
        "sensitive": "group author member session readers created_at retain_until emptied_at",
    },
    "notes.NoteVersion": {"internal": "id public_id", "sensitive": "note number author created_at", "sealed": "words"},
    "notes.NoteKey": {"internal": "id version note master_version", "secret": "wrapped"},
    "notes.Concern": {
        "internal": "id public_id",
        "sensitive": "author about group session happened_at told written_at sent_at seen_at seen_by closed_at"
        " closed_by reminded_at left_at alone_at retain_until emptied_at",
        "sealed": "facts done shared",
    },
    "notes.ConcernAddition": {
        "internal": "id public_id",
        "sensitive": "concern written_at seen_at",
        "sealed": "words",
    },
    "notes.Report": {
        "internal": "id public_id",
        "sensitive": "reporter about group session reply announcement may_contact created_at state handler seen_at"
        " left_at closed_at closed_by outcome",
        "sealed": "words",
    },
}

# Whose the personal fields of a model are: the way from the row to the person.
SUBJECT = {
    "people.User": "",
    "people.Consent": "user",
    "people.AuditEntry": "about",
    "notices.Notice": "user",
    "notices.Delivery": "notice.user",
    "notices.Preference": "user",
    "notices.MailTrouble": "user",
    "groups.Membership": "user",
    "groups.Acceptance": "user",
    "groups.WelcomeTalk": "membership.user",
    "groups.Away": "seat.user",
    "groups.Proposal": "user",
    "groups.Invitation": "accepted_by",
    "groups.GroupLink": "created_by",
    "groups.Wish": "user",
    "groups.Announcement": "author",
    "groups.PairProfile": "membership.user",
    "groups.PairAgreement": "written_by",
    "groups.PairYes": "user",
    "groups.EndingReview": "user",
    "group_sessions.Booking": "host",
    "group_sessions.StandIn": "user",
    "group_sessions.CoverCall": "asked_by",
    "group_sessions.CalendarLink": "user",
    "group_sessions.ReminderChoice": "user",
    "group_sessions.StandingSeat": "user",
    "group_sessions.Tick": "user",
    "group_sessions.Closing": "closed_by",
    "group_sessions.Summary": "written_by",
    "group_sessions.FeedbackGiven": "user",
    "group_sessions.Seat": "user",
    "checkins.Rhythm": "user",
    "checkins.CheckIn": "user",
    "checkins.Answer": "checkin.user",
    "checkins.FollowUp": "about",
    "checkins.Reply": "followup.about",
    "checkins.Escalation": "followup.about",
    "checkins.Duty": "reader",
    "notes.Concern": "about",
    "notes.ConcernAddition": "concern.about",
    "notes.Report": "about",
    "notes.Note": "member",
    "notes.NoteVersion": "note.member",
}
