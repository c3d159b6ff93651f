"""A real Keycloak for the tests: fetched through Maven, started on this machine with the realm of `keycloak/`."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from tests.e2e.identity.realm import Realm

VERSION: Final = "26.5.1"
REALM_FILE: Final = Path(__file__).parents[3] / "keycloak" / "omnify-realm.json"
_ARTIFACT: Final = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
_DOWNLOAD: Final = 150
"""Seconds for 159 MB (12 were measured); Maven keeps them in its own repository, so only the first run fetches them."""
_START: Final = 300
"""Seconds; 38 were measured on two cores, 14 of them Keycloak's own build, and four times that on busy ones."""
_LISTENING: Final = re.compile(r"Listening on: (http://127\.0\.0\.1:\d+)")
_ADMINISTRATOR: Final = "administrator"


class KeycloakMissingError(Exception):
    """Keycloak cannot be had on this machine; the text says why."""


def unpacked(folder: Path) -> Path:
    """The distribution, unpacked below a folder.

    Raises:
        KeycloakMissingError: Java or Maven is missing, or Maven cannot fetch it.
    """
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise KeycloakMissingError(f"{tool} is not on PATH, and a real Keycloak needs it")
    command = ("mvn", "-q", "-B", "dependency:unpack", f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}")
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, timeout=_DOWNLOAD)
    except subprocess.TimeoutExpired as slow:
        raise KeycloakMissingError(f"Maven did not fetch {_ARTIFACT} in {_DOWNLOAD} s") from slow
    except subprocess.CalledProcessError as failed:
        said = f"{failed.stdout}{failed.stderr}".strip().splitlines() or ["nothing"]
        raise KeycloakMissingError(f"Maven cannot fetch {_ARTIFACT}; it says: {said[0]}") from failed
    return folder / f"keycloak-{VERSION}"


class Keycloak:
    """A running Keycloak, asked as its administrator."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self._password = password
        self._token = ""
        self._expires = 0.0

    def realm(self, name: str = "omnify") -> Realm:
        """A realm that is there."""
        admin = httpx.Client(base_url=f"{self.url}/admin/realms/{name}", auth=self, timeout=30)
        return Realm(f"{self.url}/realms/{name}", admin)

    def create(self, representation: dict[str, Any]) -> Realm:
        """Another realm."""
        httpx.post(f"{self.url}/admin/realms", json=representation, auth=self, timeout=60).raise_for_status()
        return self.realm(representation["realm"])

    def __call__(self, request: httpx.Request) -> httpx.Request:
        """Sign a request as the administrator, with a token that is kept for half of its minute."""
        if time.monotonic() > self._expires:
            self._token, self._expires = self._signed_in(), time.monotonic() + 30
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _signed_in(self) -> str:
        credentials = {"username": _ADMINISTRATOR, "password": self._password}
        answer = httpx.post(
            f"{self.url}/realms/master/protocol/openid-connect/token",
            data={"grant_type": "password", "client_id": "admin-cli", **credentials},
            timeout=30,
        )
        return answer.raise_for_status().json()["access_token"]


@contextmanager
def running(home: Path) -> Generator[Keycloak]:
    """Keycloak with the realm of the file imported, its database in memory, as long as the block lasts."""
    imported = home / "data" / "import"
    imported.mkdir(parents=True)
    shutil.copy(REALM_FILE, imported)
    password = secrets.token_urlsafe()
    environment = {
        **os.environ,
        "KC_BOOTSTRAP_ADMIN_USERNAME": _ADMINISTRATOR,
        "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
        "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1 -Xmx768m",
    }
    options = ("--import-realm", "--db=dev-mem", "--cache=local", "--http-host=127.0.0.1", "--http-port=0")
    log = home / "keycloak.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            (str(home / "bin" / "kc.sh"), "start-dev", *options),
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Keycloak(_address(process, log), password)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Where it listens, as soon as it does."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        if listening := _LISTENING.search(log.read_text()):
            return listening[1]
        time.sleep(0.2)
    raise AssertionError(f"Keycloak did not start:\n{log.read_text()[-2000:]}")
