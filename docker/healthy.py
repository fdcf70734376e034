"""The web's health check inside its container: exit 0 when /healthz answers. Needs only Python."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def main() -> int:
    port = int(os.environ.get("WEB_BIND", ":8000").rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(os.environ["SITE_URL"]).netloc})
        return 0 if connection.getresponse().status == http.client.OK else 1
    except (OSError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
