"""What looks for leaks finds them: planted in every form that a secret may take, and nothing where there is none."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.contract.admin.certificates import self_signed
from tests.leaks import leaks

SECRET = 'Tr0ub4dor&3/"é\\w+x'
FORMS: dict[str, Callable[[str], str]] = {
    "in the clear": str,
    "as JSON": json.dumps,
    "as JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "as JSON of Go": lambda text: json.dumps(text, ensure_ascii=False).replace("&", "\\u0026"),
    "as JSON of Go in JSON of Go": lambda text: json.dumps(
        json.dumps(text, ensure_ascii=False).replace("&", "\\u0026"), ensure_ascii=False
    ),
    "as JSON of Lua": lambda text: json.dumps(text, ensure_ascii=False).replace("/", "\\/"),
    "URL-quoted": lambda text: quote(text, safe=""),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 of URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "in base64 with a name before it": lambda text: base64.b64encode(f"bob:{text}".encode()).decode(),
    "in base64 with text around it": lambda text: base64.b64encode(f'{{"password":"{text}"}}'.encode()).decode(),
    "in hexadecimal": lambda text: text.encode().hex(),
}


def _on_one_line(pem: str) -> str:
    return pem.replace("\n", " ")


@pytest.mark.parametrize("form", FORMS)
def test_a_planted_secret_is_found(form: str) -> None:
    text = f"first line\nsomething {FORMS[form](SECRET)} something"

    assert {found.partition(" ")[0] for found in leaks(text, {"mine": SECRET, "other": "another-secret"})} == {"mine"}


@pytest.mark.parametrize("written", [str, json.dumps, _on_one_line])
def test_any_line_of_a_private_key_is_found(written: Callable[[str], str]) -> None:
    pem = self_signed("a.example").key

    assert leaks(written(pem), {"key": pem})


def test_another_key_of_the_same_kind_is_no_leak() -> None:
    assert not leaks(self_signed("b.example").key, {"key": self_signed("a.example").key})


def test_text_without_secrets_is_clean() -> None:
    assert leaks("nothing of the kind: [secret]", {"mine": SECRET}) == []
