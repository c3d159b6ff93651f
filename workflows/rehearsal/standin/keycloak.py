"""As much of Keycloak as the activities use: tokens of a service, and users in groups (Keycloak 26's admin API)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from starlette.requests import Request

from workflows.rehearsal.standin.refusals import Refusal
from workflows.rehearsal.standin.state import State, User

Answer = tuple[int, Any]
GROUPS: Final = ("free", "pro", "enterprise")


class Keycloak:
    """Each method is an endpoint: the request, its body, and what the path says."""

    def __init__(self, state: State) -> None:
        self.state = state

    def get_users(self, request: Request, _: Mapping[str, Any]) -> Answer:
        """The users of a name."""
        name = request.query_params["username"]
        return 200, [self._document(user) for user in self.state.users.values() if user.fields["username"] == name]

    def post_user(self, _: Request, body: Mapping[str, Any]) -> Answer:
        """Create a user."""
        for user in self.state.users.values():
            for field in ("username", "email"):
                if user.fields.get(field) == body.get(field):
                    raise Refusal(409, f"User exists with same {field}")
        identity = str(uuid4())
        self.state.users[identity] = User(identity, dict(body))
        self.state.did(f"create user {body['username']}")
        return 201, None

    def get_user(self, _: Request, __: Mapping[str, Any], user: str) -> Answer:
        """A user."""
        return 200, self._document(self._user(user))

    def put_user(self, _: Request, body: Mapping[str, Any], user: str) -> Answer:
        """Change a user."""
        self._user(user).fields = dict(body)
        self.state.did(f"change user {body['username']}")
        return 204, None

    def delete_user(self, _: Request, __: Mapping[str, Any], user: str) -> Answer:
        """Remove a user."""
        self.state.did(f"remove user {self._user(user).fields['username']}")
        del self.state.users[user]
        return 204, None

    def get_groups(self, request: Request, _: Mapping[str, Any]) -> Answer:
        """The groups of a name."""
        name = request.query_params["search"]
        return 200, [_group(each) for each in GROUPS if each == name]

    def get_groups_of(self, _: Request, __: Mapping[str, Any], user: str) -> Answer:
        """The groups of a user."""
        return 200, [_group(each) for each in sorted(self._user(user).groups)]

    def put_into(self, _: Request, __: Mapping[str, Any], user: str, group: str) -> Answer:
        """Put a user into a group."""
        self._user(user).groups.add(group.removeprefix("group-"))
        return 204, None

    def take_from(self, _: Request, __: Mapping[str, Any], user: str, group: str) -> Answer:
        """Take a user from a group."""
        self._user(user).groups.discard(group.removeprefix("group-"))
        return 204, None

    def _user(self, user: str) -> User:
        if user not in self.state.users:
            raise Refusal(404, "User not found")
        return self.state.users[user]

    def _document(self, user: User) -> Mapping[str, Any]:
        return {**user.fields, "id": user.id}


def _group(name: str) -> Mapping[str, Any]:
    return {"id": f"group-{name}", "name": name, "path": f"/{name}"}
