"""OmniFy's API, as the activities use it."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from workflows.rehearsal.standin.refusals import Refusal
from workflows.rehearsal.standin.state import Client, State, Training

Answer = tuple[int, Any]
_PAGES = 3
_RECORDS = 10


class OmniFy:
    """Each method is an endpoint: the request, its body, and what the path says."""

    def __init__(self, state: State) -> None:
        self.state = state

    # Clients

    def put_client(self, request: Request, body: Mapping[str, Any], client: str) -> Answer:
        """Create a client, once."""
        if client in self.state.clients:
            raise Refusal(409, f"client {client} is there already")
        self.state.clients[client] = Client(request.headers["Idempotency-Key"], dict(body))
        self.state.did(f"create {client}")
        return 201, {}

    def patch_client(self, _: Request, body: Mapping[str, Any], client: str) -> Answer:
        """Change a client."""
        self._client(client).fields.update(body)
        self.state.did(f"change {client}")
        return 200, {}

    def delete_client(self, request: Request, _: Mapping[str, Any], client: str) -> Answer:
        """Remove a client, if whoever asks knows who has created it."""
        if self._client(client).created_by != request.query_params["createdBy"]:
            raise Refusal(412, f"client {client} was created by another")
        del self.state.clients[client]
        self.state.did(f"remove {client}")
        return 204, None

    def post_message(self, _: Request, body: Mapping[str, Any], client: str) -> Answer:
        """Write to a client."""
        self._client(client)
        what = [str(body[part]) for part in ("kind", "platform", "number") if part in body]
        self.state.did(f"{' '.join(what)} to {client}")
        return 202, {}

    # Platforms

    def post_consent(self, _: Request, __: Mapping[str, Any], client: str, platform: str) -> Answer:
        """Ask a client for consent."""
        self._client(client).platforms.setdefault(platform, "asked")
        self.state.did(f"ask {client} for {platform}")
        return 202, {}

    def put_platform(self, _: Request, body: Mapping[str, Any], client: str, platform: str) -> Answer:
        """Connect a platform."""
        if body["code"] == "forged":
            raise Refusal(403, "the platform does not know the code")
        self._client(client).platforms[platform] = "connected"
        self.state.did(f"connect {client} to {platform}")
        return 200, {}

    def delete_platform(self, _: Request, __: Mapping[str, Any], client: str, platform: str) -> Answer:
        """Disconnect a platform."""
        if self._client(client).platforms.pop(platform, None) is None:
            raise Refusal(404, f"{platform} is not connected")
        self.state.did(f"disconnect {client} from {platform}")
        return 204, None

    def get_records(self, request: Request, _: Mapping[str, Any], client: str, platform: str) -> Answer:
        """A page of a platform's records."""
        number = int(request.query_params.get("cursor", "1"))
        since = request.query_params.get("since")
        identity = f"{since[:10]}-{number}" if since else str(number)
        following = str(number + 1) if number < self.state.pages.get(f"{client}/{platform}", _PAGES) else None
        records = [{"record": f"{identity}-{each}"} for each in range(_RECORDS)]
        return 200, {"id": identity, "records": records, "next": following}

    def put_page(self, _: Request, __: Mapping[str, Any], client: str, platform: str, page: str) -> Answer:
        """Store a page."""
        self.state.stored.setdefault(f"{client}/{platform}", []).append(page)
        self.state.did(f"store page {page} of {client} {platform}")
        return 200, {}

    # Models

    def post_dataset(self, _: Request, __: Mapping[str, Any], model: str) -> Answer:
        """Collect data."""
        self.state.did(f"collect for {model}")
        return 201, {"dataset": f"data-{self.state.effects[f'collect for {model}']}", "rows": 10_000}

    def post_training(self, _: Request, body: Mapping[str, Any], model: str) -> Answer:
        """Begin a training."""
        trainings = self.state.model(model).trainings
        training = Training(f"{body['dataset']}-{len(trainings) + 1}")
        trainings[training.id] = training
        self.state.did(f"train {model}")
        return 202, {"training": training.id}

    def get_training(self, _: Request, __: Mapping[str, Any], model: str, training: str) -> Answer:
        """How a training is."""
        known = self.state.model(model)
        found = self._training(model, training)
        found.looks += 1
        if found.state == "running" and found.looks >= known.looks_needed:
            found.state = "failed" if known.fails else "done"
            if not known.fails:
                known.candidates.append(f"candidate-{found.id}")
        progress = min(found.looks / known.looks_needed, 1.0)
        candidate = f"candidate-{found.id}" if found.state == "done" else ""
        return 200, {"state": found.state, "progress": progress, "candidate": candidate, "detail": "it did not learn"}

    def delete_training(self, _: Request, __: Mapping[str, Any], model: str, training: str) -> Answer:
        """End a training."""
        self._training(model, training).state = "cancelled"
        self.state.did(f"cancel the training of {model}")
        return 204, None

    def post_evaluation(self, _: Request, __: Mapping[str, Any], model: str, candidate: str) -> Answer:
        """Compare a candidate with the current model."""
        if candidate not in self.state.model(model).candidates:
            raise Refusal(404, f"there is no {candidate}")
        return 200, self.state.model(model).evaluation

    def post_approval(self, _: Request, body: Mapping[str, Any], model: str) -> Answer:
        """Ask a person."""
        self.state.model(model).approvals.append(dict(body))
        self.state.did(f"ask for approval of {model}")
        return 202, {}

    def put_current(self, _: Request, body: Mapping[str, Any], model: str) -> Answer:
        """Promote a candidate."""
        self.state.model(model).current = body["candidate"]
        self.state.did(f"promote {model}")
        return 200, {}

    def delete_candidate(self, _: Request, __: Mapping[str, Any], model: str, candidate: str) -> Answer:
        """Give up a candidate."""
        self.state.model(model).candidates.remove(candidate)
        self.state.did(f"roll back {model}")
        return 204, None

    # Campaigns

    def post_audience(self, _: Request, __: Mapping[str, Any], client: str, campaign: str) -> Answer:
        """Select an audience."""
        zones: dict[str, int] = {}
        for _recipient, zone in self.state.campaign(client, campaign).audience:
            zones[zone] = zones.get(zone, 0) + 1
        self.state.did(f"select for {campaign}")
        return 201, {"zones": zones}

    def post_batch(self, _: Request, body: Mapping[str, Any], client: str, campaign: str) -> Answer:
        """Send a batch."""
        known = self.state.campaign(client, campaign)
        recipients = [recipient for recipient, zone in known.audience if zone == body["zone"]]
        batch = recipients[body["offset"] : body["offset"] + body["size"]]
        wanted = [recipient for recipient in batch if recipient not in set(body["converted"])]
        for recipient in wanted:
            known.got[(recipient, body["touch"])] += 1
        self.state.did(f"batch of {campaign}")
        return 200, {"sent": len(wanted), "skipped": len(batch) - len(wanted)}

    def get_measures(self, _: Request, __: Mapping[str, Any], client: str, campaign: str) -> Answer:
        """What a campaign has brought."""
        return 200, {"recipients": len(self.state.campaign(client, campaign).audience), "converted": 1}

    def put_end(self, _: Request, body: Mapping[str, Any], client: str, campaign: str) -> Answer:
        """End a campaign."""
        self.state.campaign(client, campaign).ended = bool(body["complete"])
        self.state.did(f"end {campaign}")
        return 200, {}

    def _client(self, client: str) -> Client:
        if client not in self.state.clients:
            raise Refusal(404, f"there is no client {client}")
        return self.state.clients[client]

    def _training(self, model: str, training: str) -> Training:
        trainings = self.state.model(model).trainings
        if training not in trainings:
            raise Refusal(404, f"there is no training {training}")
        return trainings[training]
