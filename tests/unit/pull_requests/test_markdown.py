"""The comment of a pull request: what it says, how long it is, and that nothing of a stranger is Markdown in it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gateway.changes.preview import previewed
from gateway.changes.report import Action, Change, Cost, Effect, FieldChange, LimitChange, Report
from gateway.pull_requests.escaping import code, fenced
from gateway.pull_requests.markdown import LIMIT, comment, marker, stack_of
from tests.unit.pull_requests.picture import FILE, picture

PREVIEW = (Path(__file__).parent.parent / "changes" / "preview.json").read_text()
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False}).enable("table")

HOSTILE = [
    "| broken | out |",
    "`code` ``more`` ```\nfence",
    "</code></td></tr></table><img src=x onerror=alert(1)>",
    "<!-- omnify-gateway:preview:prod -->",
    "@maintainer fix #12, see GH-12",
    "[a link](https://evil.example) <https://evil.example> https://evil.example www.evil.example",
    "![image](https://evil.example/pixel)",
    "</details>\n\n# A heading\n- [ ] a task",
    "**bold** _italic_ ~~gone~~ \\| &#124; &lt;",
    "\u202eright to left\u202c\x1b[31mred\x00",
    "> [!NOTE]\n> forged",
    "~~~\n~~~~",
    "$\\color{red}{math}$ :tada:",
]


def changed(text: str) -> Report:
    """A report in which a stranger wrote whatever can be written."""
    field = FieldChange(path=(text,), before=text, after={text: text})
    actions = [
        Change(system="kong", kind=text, key=text, action=each, fields=(field,), renamed=text) for each in Action
    ]
    return Report(
        stack="dev",
        source="commits",
        against=text,
        note=text,
        changes=tuple(actions),
        limits=(LimitChange(whose=text, of=text, before=1, after=2),),
        exposed=(text,),
        costs=(Cost(effect=Effect.RESTARTS, kind=text, name=text, detail=text),),
        raw=text,
    )


def allowed(text: str) -> str:
    """The page as it would be with harmless words in the place of the stranger's: its HTML without texts."""
    html = MARKDOWN.render(comment(changed(text)))
    return re.sub(r"\s+", " ", re.sub(r">[^<]*<", "><", html))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_stranger_is_markdown(text: str) -> None:
    assert allowed(text) == allowed("harmless")


@given(st.text(min_size=1, max_size=60))
def test_no_text_leaves_its_cell_or_becomes_a_tag(text: str) -> None:
    html = MARKDOWN.render(f"| head | more |\n| --- | --- |\n| {code(text)} | after |\n")

    assert re.sub(r">[^<]*<", "><", html).count("<td>") == 2
    assert set(re.findall(r"</?([a-z]+)", html)) == {"table", "thead", "tbody", "tr", "th", "td", "code"}


@given(st.text(alphabet="`~\nab <>@", max_size=60))
def test_no_text_leaves_its_block(text: str) -> None:
    html = MARKDOWN.render(f"{fenced(text)}\nafter\n")

    assert re.fullmatch(r'<pre><code class="language-text">[^<]*</code></pre>\n<p>after</p>\n', html)


@pytest.mark.parametrize("text", HOSTILE)
def test_nobody_is_called_and_nothing_linked(text: str) -> None:
    """GitHub looks for names and references outside code only."""
    prose = re.sub(r"<code>.*?</code>|```.*?```+", "", comment(changed(text)), flags=re.DOTALL)

    assert not re.search(r"@\w|#\d|https?:|www\.", prose)


def test_what_steers_or_hides_text_is_shown() -> None:
    assert code("\u202e\x1b[31m") == "<code>&#92;u202e&#92;u001b&#91;31m</code>"
    assert "\x1b" not in fenced("\x1b[31m")


def test_what_it_says_of_a_real_preview() -> None:
    page = comment(previewed("dev", PREVIEW, "Previewing update (dev):\n"))

    headings = re.findall(r"^(?:#+ |> \*\*|<details>).*", page, flags=re.MULTILINE)
    assert page.startswith(f"{marker('dev')}\n### Stack <code>dev</code>: 7 deleted, 5 changed, 4 created\n")
    assert headings[1:] == [
        "> **Open to everybody from now on**",
        "> **Deleted**",
        "#### Routes that users see change",
        "#### Limits that users see change",
        "#### What it costs",
        "#### Everything that changes",
        "<details><summary>What Pulumi says</summary>",
    ]
    assert "| <code>free-tier</code> | <code>requests per minute</code> | 1,000 | 500 |\n" in page
    assert "| <code>omnify-agentkit</code> | <code>enterprise, pro</code> | <code>everybody</code> |\n" in page
    assert "- <code>Deployment kong&#58; its pods are made anew, one after the other</code>\n" in page
    assert "```text\nPreviewing update (dev):\n```\n\n</details>\n" in page


def test_nothing_that_changes_is_said_so() -> None:
    page = comment(Report(stack="dev", source="commits"))

    assert page.startswith(f"{marker('dev')}\n### Stack <code>dev</code>: nothing changes\n")
    assert "####" not in page


def test_why_nothing_can_be_told_is_said() -> None:
    page = comment(Report(stack="dev", source="commits", failure="2 problems\n  limits.hour: ```wrong"))

    assert "cannot be told" in page
    assert "````text\n2 problems\n  limits.hour: ```wrong\n````\n" in page


def test_that_a_forks_own_code_told_it_is_said_of_forks_only() -> None:
    report = Report(stack="dev", source="engine")

    assert "comes from a fork" in comment(report, fork=True)
    assert "comes from a fork" not in comment(report)


def many(count: int, raw: str = "") -> Report:
    changes = [Change(system="kong", kind="route", key=f"route-{each}", action=Action.DELETE) for each in range(count)]
    return Report(stack="dev", source="engine", changes=tuple(changes), raw=raw)


@pytest.mark.parametrize("report", [many(5_000), many(5_000, "raw\n" * 50_000), many(1, "`" * 200_000)])
def test_it_is_never_longer_than_github_takes_and_says_what_it_leaves_out(report: Report) -> None:
    page = comment(report)

    assert len(page) <= LIMIT
    assert "a comment has no room for" in page
    assert page.count("<details>") == page.count("</details>")


def test_however_much_changes_there_is_room_for_what_the_engine_says() -> None:
    page = comment(many(5_000, "the first line\n" * 100))

    assert page.count("the first line\n") == 100


def test_what_fits_is_whole() -> None:
    page = comment(many(20, "line\n" * 1000))

    assert page.count("line\n") == 1000
    assert "no room" not in page


def test_a_comment_tells_its_stack_by_its_first_line_only() -> None:
    assert stack_of(comment(Report(stack="eu-west.1", source="commits"))) == "eu-west.1"
    assert stack_of(f"Look at {marker('dev')}") is None


def test_the_picture_in_the_documentation_is_what_it_is_now() -> None:
    assert FILE.read_text("utf-8") == picture(), "python -m tests.unit.pull_requests.picture"
