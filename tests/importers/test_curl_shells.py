"""The three shells: words as Bash splits them, and one command in three dialects."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from importers.curl import Dialect, detect_dialect
from importers.curl.bash import BashLexer
from importers.curl.marks import Marks
from importers.curl.powershell import PowerShellLexer
from importers.curl.windows import CmdLexer
from importers.curl.words import Positions, Reading
from importers.findings import Ledger, Source
from tests.importers.builders import codes, finding, import_curl, request_of, requests_of


def words_of(text: str, lexer: type[BashLexer | CmdLexer | PowerShellLexer]) -> list[list[str]]:
    """The words of all commands of a text; unknown values as `{{name}}`."""
    marks = Marks(text)
    guarded = marks.guard(text)
    reading = Reading(Positions(guarded), Ledger(Source("paste", b"")))
    lexer(guarded, reading, marks).read()
    return [
        [marks.raw_template(word.text) for word in command.words] for command in reading.commands
    ]


def bash_words(text: str) -> list[str]:
    """The arguments that the installed Bash hands to a program."""
    done = subprocess.run(
        ["bash", "--norc", "-c", f"printf '%s\\0' first {text}"],
        capture_output=True,
        timeout=20,
        check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    return done.stdout.decode("utf-8", "surrogateescape").split("\0")[1:-1]


QUOTED = [
    "plain",
    "a\\ b",
    "'single $x \\n'",
    '"double \\" \\$ \\\\ \\x \\`"',
    "$'a\\tb\\n\\x41\\u00e9\\U0001F600\\101\\e\\'\\\"\\cA'",
    "$'\\xc3\\xa9'",
    "$'cut\\0off'rest",
    "$'\\q\\x'",
    "mixed'single'\"double\"$'ansi'\\ end",
    "''",
    '""',
    "{a,b}{1..3}",
    "x{,y}z",
    "{1..3..2}",
    "{01..03}",
    "{a..e}",
    "{c..a}",
    "a{b}c",
    "{a,{b,c}}",
    "'{a,b}'",
    "\\{a,b\\}",
    '"a\\\nb"',
    "a\\\nb",
    "a#b",
    '"it\'s"',
    "~x",
    "'a'\\''b'",
    "é'ü'",
    "{}",
    "{a,b",
    "a,b",
]


@pytest.mark.parametrize("text", QUOTED)
def test_a_word_is_read_as_bash_reads_it(text: str) -> None:
    assert words_of(f"x {text}", BashLexer)[0][1:] == bash_words(text)


PIECES = st.one_of(
    st.text(st.sampled_from("abz09/:?=_.-+é%@^~[]"), min_size=1, max_size=6),
    st.text(st.characters(codec="utf-8", exclude_characters="'\0\r"), max_size=8).map(
        lambda text: f"'{text}'"
    ),
    st.text(st.sampled_from('ab \\\\"x{},#;&|<>()!'), max_size=6).map(
        lambda text: '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
    ),
    st.text(st.sampled_from("ab\\n'\\x41t\"eu0"), max_size=8).map(
        lambda text: "$'" + re.sub(r"\\*'", "", text).rstrip("\\") + "'"
    ),
    st.sampled_from(("\\ ", "\\'", '\\"', "\\\\", "\\$", "{a,b}", "{1..3}", ",", "\\\n")),
)


@settings(max_examples=150)
@given(st.lists(st.lists(PIECES, min_size=1, max_size=4).map("".join), min_size=1, max_size=4))
def test_any_mixture_of_quotes_is_read_as_bash_reads_it(words: list[str]) -> None:
    text = " ".join(word for word in words if not word.startswith("#"))
    # Bash puts the home directory there; it is kept as it stands.
    assume(not re.search(r"(^|\s)~", text))
    if re.search(r"[\[\]?*]", text):
        text = f"-- {text}"  # no file has such a name, so nothing is replaced
    assert words_of(f"x {text}", BashLexer)[0][1:] == bash_words(text)


# ---- one request model, printed for three shells, as browsers do ----


def for_bash(words: list[str]) -> str:
    """As Chrome's "Copy as cURL (bash)"."""
    return " \\\n  ".join(["curl", *(_bash_quoted(word) for word in words)])


def _bash_quoted(word: str) -> str:
    if re.search(r"[\x00-\x1f\x7f-\x9f!]|'", word):
        escaped = word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
        escaped = escaped.replace("\r", "\\r").replace("!", "\\u0021").replace("\t", "\\t")
        return f"$'{escaped}'"
    return f"'{word}'"


def for_cmd(words: list[str]) -> str:
    """As Chrome's "Copy as cURL (cmd)" since 2023."""
    return " ^\n  ".join(["curl", *(_cmd_quoted(word) for word in words)])


def _cmd_quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    escaped = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]", r"^\g<0>", escaped)
    escaped = re.sub(r"%(?=[a-zA-Z0-9_])", "%^", escaped)
    return '^"' + re.sub(r"\r?\n", "^\n\n", escaped) + '^"'


def for_old_cmd(words: list[str]) -> str:
    """As browsers before 2018: plain quotes, doubled inside."""
    return " ".join(["curl", *(f'"{_old_cmd_escaped(word)}"' for word in words)])


def _old_cmd_escaped(word: str) -> str:
    return re.sub(r"\\+$", lambda found: found[0] * 2, word.replace('"', '""'))


def for_powershell(words: list[str]) -> str:
    """As people write it for PowerShell 7.3: single quotes, doubled inside."""
    return " `\n  ".join(["curl.exe", *("'" + word.replace("'", "''") + "'" for word in words)])


TEXTS = [
    "plain",
    'say "hi"',
    "it's",
    "50% off",
    "100%25",
    "a^b",
    "back\\slash",
    "ends in \\",
    "a & b | c < d > e",
    "$HOME `x`",
    "(a) [b] {c}",
    "!bang!",
    "tab\there",
    "é ü 中",
    "a;b,c=d",
]
MODELS = [
    [
        f"http://127.0.0.1/{number}?q=%20x",
        *(("-X", method) if method else ()),
        "-H",
        f"X-Text: {text}",
        *(("--data-raw", body.format(text)) if body else ()),
    ]
    for number, (text, method, body) in enumerate(
        (text, method, body)
        for text in TEXTS
        for method, body in (
            ("", ""),
            ("PUT", '{{"text": "{}"}}'),
            ("", "a={}&b=c"),
            ("DELETE", "line one\nline {}"),
        )
    )
]


@pytest.mark.parametrize("words", MODELS, ids=range(len(MODELS)))
def test_one_request_is_the_same_from_all_shells(words: list[str]) -> None:
    bash = request_of(for_bash(words))
    cmd = import_curl(for_cmd(words))
    assert detect_dialect(for_cmd(words)) is Dialect.CMD
    assert requests_of(cmd) == [bash]
    powershell = import_curl(for_powershell(words))
    assert detect_dialect(for_powershell(words)) is Dialect.POWERSHELL
    assert requests_of(powershell) == [bash]
    if not re.search(r"\n|\\\"|\\$|%25", " ".join(words)) and words[-1][-1:] != "\\":
        old = import_curl(for_old_cmd(words), Dialect.CMD)
        assert requests_of(old) == [bash]


def test_there_are_sixty_models() -> None:
    assert len(MODELS) == 60


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("curl http://h/ -H 'a: b'", Dialect.BASH),
        ("curl http://h/ \\\n -d x", Dialect.BASH),
        ("curl 'http://h/' -d '^\"x^\"'", Dialect.BASH),
        ('curl "http://h/" ^\n -H "a: b"', Dialect.CMD),
        ('curl ^"http://h/^" -H ^"a: ^\\^"b^\\^"^"', Dialect.CMD),
        ("curl.exe 'http://h/' `\n -H 'a: b'", Dialect.POWERSHELL),
        ('curl.exe http://h/ -H "T: $env:TOKEN"', Dialect.POWERSHELL),
        ("curl http://h/ -d `date`", Dialect.BASH),
    ],
)
def test_the_shell_is_found_out(text: str, dialect: Dialect) -> None:
    assert detect_dialect(text) is dialect


def test_older_browsers_escape_quotes_inside_plain_quotes_for_cmd() -> None:
    text = (
        'curl "http://h/" ^\n  -H "sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"92^\\^"" ^\n  --compressed'
    )
    request = requests_of(import_curl(text))[0]
    assert ("sec-ch-ua", '"Chromium";v="92"') in [(h.name, h.value) for h in request.headers]


def test_percent_names_are_variables_in_cmd() -> None:
    result = import_curl('curl ^"http://h/%API_KEY%/a^%^20b^" -H ^"T: %TOKEN%^"')
    (request,) = requests_of(result)
    assert request.url == "http://h/{{API_KEY}}/a%20b"
    assert [variable.name for variable in result.plan.variables] == ["API_KEY", "TOKEN"]


def test_powershell_before_7_3_needs_backslashes_before_quotes() -> None:
    (request,) = requests_of(import_curl("curl.exe http://h/ `\n -d '{\\\"a\\\": 1}'"))
    assert request.body is not None
    assert request.body.text is not None
    assert request.body.text.content == '{"a": 1}'


def test_powershell_strings_and_variables() -> None:
    text = "$token = 'abc'\ncurl.exe \"http://h/$env:STAGE\" `\n -H \"T: $token\" -d @'\na\nb\n'@"
    result = import_curl(text)
    (request,) = requests_of(result)
    assert request.url == "http://h/{{STAGE}}"
    values = {variable.name: variable.value for variable in result.plan.variables}
    assert values == {"token": "abc", "STAGE": ""}
    assert "environment-variable" in codes(result)


# ---- Bash: what is only known at run time ----


def test_environment_variables_become_empty_plan_variables() -> None:
    result = import_curl('curl "http://h/$STAGE/${USER_ID}" -H "Authorization: Bearer $TOKEN"')
    (request,) = requests_of(result)
    assert request.url == "http://h/{{STAGE}}/{{USER_ID}}"
    assert [(v.name, v.value) for v in result.plan.variables] == [
        ("STAGE", ""),
        ("USER_ID", ""),
        ("TOKEN", ""),
    ]
    assert codes(result).count("environment-variable") == 3


def test_a_default_in_the_text_is_the_value_of_the_variable() -> None:
    result = import_curl('curl "http://h/${STAGE:-test}"')
    assert [(v.name, v.value) for v in result.plan.variables] == [("STAGE", "test")]


def test_an_assignment_in_the_text_gives_the_variable_its_value() -> None:
    result = import_curl("HOST=h; export KEY=k\ncurl http://$HOST/$KEY; KEY=two; curl h/$KEY")
    assert [request.url for request in requests_of(result)] == [
        "http://{{HOST}}/{{KEY}}",
        "http://h/{{KEY_2}}",
    ]
    values = {variable.name: variable.value for variable in result.plan.variables}
    assert values == {"HOST": "h", "KEY": "k", "KEY_2": "two"}


def test_a_command_substitution_is_a_variable_and_a_finding() -> None:
    result = import_curl('curl http://h/ -H "T: $(cat /etc/passwd)" -d `id -u`')
    (request,) = requests_of(result)
    assert [(h.name, h.value) for h in request.headers] == [("T", "{{command_1}}")]
    assert [v.description for v in result.plan.variables] == [
        "output of cat /etc/passwd",
        "output of id -u",
    ]
    assert codes(result).count("command-substitution") == 2


def test_echo_of_constant_words_is_read_as_its_words() -> None:
    result = import_curl('curl "http://h/$(echo a b)"')
    assert requests_of(result) == []  # a space cannot stand in a URL
    (request,) = requests_of(import_curl('curl "http://h/$(echo ab)"'))
    assert request.url == "http://h/ab"


def test_a_name_that_stands_in_the_text_is_not_taken_for_a_variable() -> None:
    result = import_curl('curl "http://h/{{TOKEN}}/$TOKEN" -g')
    assert requests_of(result)[0].url == "http://h/{{TOKEN}}/{{TOKEN_2}}"


def test_a_here_document_is_the_body() -> None:
    text = 'curl --data-binary @- http://h/ <<EOF\n{"a": "$X"}\nEOF\ncurl http://h/2'
    first, second = requests_of(import_curl(text))
    assert first.body is not None
    assert first.body.text is not None
    assert first.body.text.content == '{"a": "{{X}}"}\n'
    assert second.url == "http://h/2"


def test_standard_input_that_is_not_in_the_text_is_empty_and_told() -> None:
    result = import_curl("curl -d @- http://h/")
    assert finding(result, "unknown-standard-input").severity == "warning"


def test_other_commands_are_listed_and_not_run() -> None:
    result = import_curl("cd /tmp && rm -rf x; curl http://h/ | jq .")
    assert len(requests_of(result)) == 1
    dropped = [record.name for record in result.records if record.kind == "command"]
    assert dropped == ["cd", "rm", "curl", "jq"]
