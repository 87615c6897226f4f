"""Which literals are secrets, and which are not."""

from __future__ import annotations

import pytest

from importers.secrets import SecretKeeper, has_format_of_secret, is_named_secret, snake

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
GITHUB = "ghp_" + "a1B2c3D4e5" * 4
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEow" * 10 + "\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (JWT, "jwt"),
        (f'{{"a": "{AWS}"}}', "aws_access_key"),
        (GITHUB, "github_token"),
        (PEM, "private_key"),
        ("xox" + "b-1234567890-abcdefghij", "slack_token"),
        ("sk_" + "live_" + "a1b2c3d4e5f6g7h8", "stripe_key"),
        ("AIza" + "SyA1234567890abcdefghijklmnopqrstuv", "google_key"),
        ("an ordinary text", ""),
        ("550e8400-e29b-41d4-a716-446655440000", ""),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", ""),
        ("eyJ", ""),
        ("{{token}}", ""),
    ],
)
def test_formats_are_known_wherever_they_stand(text: str, kind: str) -> None:
    assert has_format_of_secret(text) == kind


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("password", "hunter22", True),
        ("clientSecret", "abcd1234", True),
        ("API-Key", "abcd1234", True),
        ("db_password", "abcd", True),
        ("access_token", "abcd1234", True),
        ("token", "f3Zk29Qp7LmXx1V8sTbR4w", True),
        ("password", "{{password}}", False),
        ("password", "<password>", False),
        ("password", "", False),
        ("password", "your-password", False),
        ("apiKey", "YOUR_API_KEY_HERE", False),
        ("token", "abc", False),
        ("token", "https://example.com/a/very/long/address", False),
        ("keyword", "f3Zk29Qp7LmXx1V8sTbR4w", False),
        ("passwordHint", "the name of the cat", False),
        ("grant_type", "password", False),
        ("monkey", "f3Zk29Qp7LmXx1V8sTbR4w", False),
    ],
)
def test_names_are_believed_only_with_a_value_that_can_be_one(
    name: str, value: str, secret: bool
) -> None:
    assert is_named_secret(name, value) is secret


def keeper() -> SecretKeeper:
    return SecretKeeper("My plan", lambda: frozenset({"password"}))


def test_equal_values_share_a_variable_and_names_do_not_collide() -> None:
    made = keeper()
    assert made.in_field("password", "hunter22") == "{{password_2}}"
    assert made.in_field("pwd", "hunter22") == "{{password_2}}"
    assert made.in_field("password", "hunter33") == "{{password_3}}"
    assert made.values == {"MY_PLAN_PASSWORD_2": "hunter22", "MY_PLAN_PASSWORD_3": "hunter33"}
    assert [variable.name for variable in made.variables] == ["password_2", "password_3"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", f"Bearer {JWT}", "Bearer {{authorization}}"),
        ("Authorization", "Basic YW5uOnRyMHViNGRvcg==", "Basic {{authorization}}"),
        ("Authorization", "Token {{token}}", "Token {{token}}"),
        ("X-Api-Key", "0f9c4b7d", "{{x_api_key}}"),
        (
            "Cookie",
            "theme=dark; session=0123456789abcdef",
            "theme=dark; session={{cookie_session}}",
        ),
        ("Cookie", "theme=dark", "theme=dark"),
        ("Accept", "application/json", "application/json"),
        ("X-Trace", f"a {AWS} b", "a {{aws_access_key}} b"),
    ],
)
def test_headers_keep_what_is_no_secret(name: str, value: str, expected: str) -> None:
    assert keeper().in_header(name, value) == expected


def test_bodies_and_addresses_lose_only_the_secret() -> None:
    made = keeper()
    assert made.in_body('{"user": "ann", "password": "Tr0ub4dor", "hint": "cat"}') == (
        '{"user": "ann", "password": "{{password_2}}", "hint": "cat"}'
    )
    assert made.in_body('{"password": "{{password}}"}') == '{"password": "{{password}}"}'
    assert made.in_body('{"password": "string"}') == '{"password": "string"}'
    assert made.in_url("http://ann:s3cr3t@h/p") == "http://ann:{{url_password}}@h/p"
    assert made.in_url("http://{{user}}:{{pin}}@h/p") == "http://{{user}}:{{pin}}@h/p"


def test_a_private_key_leaves_a_body_whole() -> None:
    made = keeper()
    assert made.in_text(f"key: {PEM} end") == "key: {{private_key}} end"
    assert made.values["MY_PLAN_PRIVATE_KEY"] == PEM


def test_names_become_words_joined_by_underscores() -> None:
    assert [snake(name) for name in ("accessToken", "X-Api-Key", "a b", "é")] == [
        "access_token",
        "x_api_key",
        "a_b",
        "",
    ]
