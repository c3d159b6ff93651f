"""What the authentication plugins have in common: a consumer found, or a way on without one."""

from sandbox.kong.proxy.exchange import Answer, Exit
from sandbox.kong.proxy.handler import Call
from sandbox.kong.proxy.store import Document


class Refused(Exception):  # noqa: N818 -- an outcome, not a fault
    """The request has no valid credential."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def skips_preflight(call: Call) -> bool:
    """Whether the plugin is told to let every OPTIONS request through."""
    return not call.config["run_on_preflight"] and call.exchange.request.method == "OPTIONS"


def identify(call: Call, credential: Document, identifier: str) -> None:
    """Make the credential's consumer the request's, and tell the upstream who it is."""
    consumer = call.configuration.consumers[credential["consumer"]["id"]]
    call.exchange.credential = credential
    _set_consumer(call, consumer)
    call.exchange.request.headers.set("X-Credential-Identifier", identifier)
    call.exchange.request.headers.remove("X-Anonymous-Consumer")


def refuse_or_go_anonymous(call: Call, refused: Refused) -> None:
    """Without `anonymous` the refusal is the answer; with it, the request goes on as that consumer."""
    anonymous = call.config["anonymous"]
    if anonymous is None:
        raise Exit(refused.answer)
    consumers = call.configuration.consumers
    named = (consumer for consumer in consumers.values() if consumer.get("username") == anonymous)
    consumer = consumers.get(anonymous) or next(named, None)
    if consumer is None:
        raise LookupError(f"no consumer {anonymous} for anonymous requests")
    _set_consumer(call, consumer)
    call.exchange.request.headers.remove("X-Credential-Identifier")
    call.exchange.request.headers.set("X-Anonymous-Consumer", "true")


def already_authenticated(call: Call) -> bool:
    """With `anonymous`, several authentication plugins are alternatives: the first that fits decides."""
    return call.config["anonymous"] is not None and call.exchange.credential is not None


def _set_consumer(call: Call, consumer: Document) -> None:
    call.exchange.consumer = consumer
    headers = call.exchange.request.headers
    for header, field in (
        ("X-Consumer-ID", "id"),
        ("X-Consumer-Custom-ID", "custom_id"),
        ("X-Consumer-Username", "username"),
    ):
        value = consumer.get(field)
        if value:
            headers.set(header, value)
        else:
            headers.remove(header)
