"""Whether a regular expression is one that Kong's PCRE would refuse.

Python's engine is close to PCRE, but not the same: only what both call an error is reported, with PCRE's
words, so that nothing Kong accepts is refused here.
"""

from __future__ import annotations

import re
import warnings
from functools import cache

_PCRE_WORDS = {
    "missing ), unterminated subpattern": "missing closing parenthesis",
    "unbalanced parenthesis": "unmatched closing parenthesis",
    "unterminated character set": "missing terminating ] for character class",
    "nothing to repeat": "quantifier does not follow a repeatable item",
    "multiple repeat": "quantifier does not follow a repeatable item",
    "bad escape (end of pattern)": "\\ at end of pattern",
    "bad character range": "range out of order in character class",
}
_AT_END = {"missing closing parenthesis", "missing terminating ] for character class", "\\ at end of pattern"}


@cache
def regex_error(pattern: str) -> str | None:
    """PCRE's message as Kong passes it on, or None when the pattern is (or may be) fine."""
    if r"\Q" in pattern:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", pattern))
    except re.error as error:
        return _reported(pattern, error)
    return None


def _reported(pattern: str, error: re.error) -> str | None:
    words = next((ours for theirs, ours in _PCRE_WORDS.items() if error.msg.startswith(theirs)), None)
    if words is None:
        return None
    place = "" if words in _AT_END or error.pos is None else f' at "{pattern[error.pos :]}"'
    return f'pcre2_compile() failed: {words} in "{pattern}"{place}'
