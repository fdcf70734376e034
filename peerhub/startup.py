"""What must be true of the world before PeerHub serves anybody."""

from django.db import DatabaseError, connection

from peerhub.environment import Trouble
from people.sealed import WrongMasterKey, check_master_keys

_QUESTION = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_HINT = "Check DATABASE_URL, and run `manage.py migrate` if this is a new database."


def verify() -> None:
    """Refuse to start with a role that ignores row-level security, or with a foreign master key.

    Raises Trouble (a SystemExit with one sentence).
    """
    try:
        _refuse_a_mighty_role()
        check_master_keys()
    except WrongMasterKey as problem:
        raise Trouble(str(problem)) from None
    except DatabaseError as problem:
        raise Trouble(f"the database does not answer as it should ({type(problem).__name__}). {_HINT}") from None


def _refuse_a_mighty_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        row = cursor.fetchone()
    if row is None or row[0]:
        raise Trouble(
            "DATABASE_URL names a role that is superuser or may bypass row-level security. "
            "Give it an ordinary role and put the owner in DATABASE_OWNER_URL."
        )
