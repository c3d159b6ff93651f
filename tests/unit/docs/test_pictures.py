"""The pictures of docs/: current, whole, fetching nothing, and of the real thing."""

import re
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from config.project import PROJECT
from documentation.pictures.catalogue import DRAWN, FOLDER, PICTURES, file
from documentation.pictures.comment import html
from documentation.pictures.graph import components, layers, needed
from documentation.pictures.request import says, stops, travellers
from documentation.pictures.stack import declared, recorded

PAGES = (*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"))


def text_of(name: str) -> str:
    return "\n".join(ElementTree.parse(file(name)).getroot().itertext()).replace("\xa0", " ")


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_what_it_is_drawn_of(name: str) -> None:
    assert file(name).read_text("utf-8") == DRAWN[name](), "make generate"


def test_every_picture_is_in_the_documentation_and_no_other_is_there() -> None:
    assert {each.stem for each in FOLDER.iterdir()} == PICTURES.keys()
    shown = {
        name for page in PAGES for name in re.findall(r"!\[[^]]+\]\([a-z/]*pictures/(\w+)\.svg\)", page.read_text())
    }
    assert shown == PICTURES.keys()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_fetches_nothing_and_knows_no_place_of_a_machine(name: str) -> None:
    text = file(name).read_text("utf-8")
    ElementTree.fromstring(text)

    addresses = set(re.findall(r"""(?:href|src)=["']([^"'#]+)|url\(["']?([^#)]+)""", text))
    assert addresses == set()
    assert not re.search(r"/(root|home|tmp|work|Users)/", text)


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "rehearsal"])
def test_a_picture_is_read_in_light_and_in_dark_and_by_those_who_cannot_see(name: str) -> None:
    text = file(name).read_text("utf-8")

    assert "prefers-color-scheme:dark" in text
    assert 'role="img"' in text
    assert "<title id=" in text


def test_the_components_are_those_that_the_program_registers() -> None:
    known = components(recorded())
    titles = {each.title for each in known.values()}
    order = [each.urn for row in layers(known) for each in row]

    assert {"KongDatabase", "KongMigrations", "KongGateway", "KongServices", "KongEntities"} <= titles
    assert all(title in text_of("components") for title in titles)
    assert all(order.index(before) < order.index(urn) for urn, each in known.items() for before in each.needs)
    assert all(needed(known, each) <= each.needs for each in known.values())


def test_a_request_meets_the_plugins_in_kongs_order_and_each_name_once() -> None:
    state = declared()
    requests = travellers(state)
    every = stops(state, requests)

    assert [stop.priority for stop in every] == sorted((stop.priority for stop in every), reverse=True)
    for at in range(len(requests)):
        met = [stop.plugin.name for stop in every if stop.meets[at]]
        assert len(met) == len(set(met))
    guarded = [stop.plugin.name for stop in every if stop.meets[0] and stop.asks]
    assert guarded.index("pre-function") < guarded.index("jwt") < guarded.index("acl") < guarded.index("rate-limiting")
    assert not {"jwt", "acl", "rate-limiting"} & {stop.plugin.name for stop in every if stop.meets[1]}


def test_what_every_plugin_does_is_said() -> None:
    """A plugin that the picture has no words for would stand there with a name alone."""
    for stop in stops(declared(), travellers(declared())):
        does, _ = says(stop.plugin)
        assert does
        assert all(line in text_of("request") for line in does)


def test_the_comment_is_drawn_with_its_alerts_and_without_what_is_folded() -> None:
    comment = "<!-- mark -->\n### Stack\n> [!CAUTION]\n> **Deleted**\n\n| a |\n| --- |\n| b |\n"
    page = html(f"{comment}\n<details><summary>raw</summary>\n\nx\n\n</details>\n")

    assert '<blockquote class="caution">\n<p class="alert">Caution</p>' in page
    assert "mark" not in page
    assert "<summary>raw</summary></details>" in page


def test_the_rehearsal_is_one_that_went_well() -> None:
    text = text_of("rehearsal")

    assert re.search(r"\d+ passed", text)
    assert "failed" not in text
    assert "✗" not in text


def test_a_picture_that_there_is_not_is_named_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    from documentation.__main__ import app  # noqa: PLC0415 (the module is a program)

    done = CliRunner().invoke(app, ["pictures", "sunset"])

    assert done.exit_code == 2
    assert "'sunset'" in done.output
