#!/usr/bin/env python3
"""Makes the secrets and the .env that docker-compose.yml needs. Run it once; it never overwrites.

python3 docker/prepare.py https://groups.example.org hello@example.org 'smtp://name:password@host:587?tls=1'

Keep a copy of docker/secrets apart from the backups of the database: without master_keys nobody can
read the sealed words, and with both together anybody can.
"""

import base64
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main(arguments: list[str]) -> None:
    if len(arguments) != 3 or not arguments[0].startswith("https://") or "@" not in arguments[1]:
        sys.exit(__doc__)
    site, sender, mail = arguments
    made = FOLDER / "secrets", FOLDER.parent / ".env"
    for path in made:
        if path.exists():
            sys.exit(f"{path} is there already. Nothing was changed.")
    write(made[0], contents(mail))
    made[1].write_text(f"SITE_URL={site.rstrip('/')}\nDEFAULT_FROM_EMAIL={sender}\n")
    print("The secrets are in docker/secrets, the rest in .env. Next: docker compose up --detach --build")


def contents(mail: str) -> dict[str, str]:
    """One secret a file. Passwords are safe in a URL as they are."""
    owner, app, broker = (secrets.token_urlsafe(32) for _ in range(3))
    return {
        "postgres_password": secrets.token_urlsafe(32),
        "database_owner_password": owner,
        "database_app_password": app,
        "database_owner_url": f"postgres://peerhub_owner:{owner}@db:5432/peerhub",
        "database_url": f"postgres://peerhub_app:{app}@db:5432/peerhub",
        "broker_password": broker,
        "redis_url": f"redis://:{broker}@broker:6379/0",
        "secret_key": secrets.token_urlsafe(50),
        "master_keys": f"1:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}",
        "email_url": mail,
    }


def write(folder: Path, files: dict[str, str]) -> None:
    """The folder is closed; inside, each container's own account must be able to read its files."""
    folder.mkdir(mode=0o700)
    for name, text in files.items():
        path = folder / name
        path.write_text(text)
        path.chmod(0o444)


if __name__ == "__main__":
    main(sys.argv[1:])
