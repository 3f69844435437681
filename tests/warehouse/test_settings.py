"""Secrets and the channels of a notification: what is missing is said, what is secret never."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.settings import SettingsError, load_settings, secrets

SECRET = "hunter2-and-more"
MAIL = {
    "ASYLUM_NOTIFY": "smtp",
    "ASYLUM_SMTP_HOST": "mail.invalid",
    "ASYLUM_SMTP_FROM": "asylum@example.org",
    "ASYLUM_SMTP_TO": "desk@example.org",
}


def test_the_secrets_are_known_by_their_type() -> None:
    assert {"notify_webhook_url", "smtp_password"} <= set(secrets())
    assert "smtp_user" not in secrets()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"ASYLUM_NOTIFY": "pigeon"}, "ASYLUM_NOTIFY='pigeon'", id="unknown"),
        pytest.param(
            {"ASYLUM_NOTIFY": "smtp", "ASYLUM_SMTP_HOST": "a"},
            "ASYLUM_NOTIFY=smtp needs ASYLUM_SMTP_FROM, ASYLUM_SMTP_TO",
            id="mail_without_addresses",
        ),
        pytest.param(
            {"ASYLUM_NOTIFY": "webhook"}, "needs ASYLUM_NOTIFY_WEBHOOK_URL", id="webhook_without"
        ),
        pytest.param(
            {**MAIL, "ASYLUM_SMTP_PASSWORD": SECRET}, "go together", id="password_without_user"
        ),
        pytest.param(
            {
                **MAIL,
                "ASYLUM_SMTP_USER": "u",
                "ASYLUM_SMTP_PASSWORD": SECRET,
                "ASYLUM_SMTP_SECURITY": "none",
            },
            "for all to read",
            id="password_in_the_clear",
        ),
        pytest.param(
            {"ASYLUM_NOTIFY_WEBHOOK_URL": f"ftp://{SECRET}"},
            "ASYLUM_NOTIFY_WEBHOOK_URL: ",
            id="no_address",
        ),
        pytest.param(
            {"ASYLUM_SMTP_PASWORD": SECRET},
            "ASYLUM_SMTP_PASWORD: there is no such setting; the nearest is ASYLUM_SMTP_PASSWORD.",
            id="misspelt",
        ),
        pytest.param(
            {"ASYLUM_XQZ": SECRET}, "there are ASYLUM_DATA_DIR, ASYLUM_", id="unknown_name"
        ),
        pytest.param({"ASYLUM_MEMORY_LIMIT": "abc"}, "600MB or 2GB", id="no_size"),
        pytest.param({"ASYLUM_MEMORY_LIMIT": "0MB"}, "from 10MB", id="no_memory"),
        pytest.param({"ASYLUM_MEMORY_LIMIT": "9" * 20 + "GB"}, "to 1000000GB", id="memory_of_none"),
        pytest.param({"ASYLUM_THREADS": "100000"}, "equal to 256", id="threads_of_none"),
        pytest.param({"ASYLUM_KEEP_DAYS": "999999"}, "equal to 36500", id="days_of_none"),
        pytest.param(
            {"ASYLUM_LAKE_URL": "bucket"}, "such as s3://bucket/folder is needed", id="no_store"
        ),
        pytest.param({"ASYLUM_DATA_DIR": __file__}, "that is a file", id="a_file"),
        pytest.param({"ASYLUM_DATA_DIR": "~nobody-here/x"}, "home folder", id="no_home"),
        pytest.param(
            {"ASYLUM_SMTP_PASSWORD": SECRET, "ASYLUM_SMTP_PASSWORD_FILE": "/x"},
            "both set",
            id="value_and_file",
        ),
        pytest.param({"ASYLUM_DATA_DIR": ""}, "names no folder", id="empty_folder"),
        pytest.param({"ASYLUM_DATA_DIR": " "}, "names no folder", id="blank_folder"),
        *(
            pytest.param({"ASYLUM_DATA_DIR": f"/x/a{one}b/c"}, f"has {one}, which DuckDB", id=name)
            for one, name in (("?", "any"), ("*", "many"), ("[", "one_of"))
        ),
        *(
            pytest.param({"ASYLUM_DATA_DIR": f"/x/a{one}b/c"}, f"has {one}, which {by}", id=name)
            for one, by, name in (
                ("#", "dbt", "fragment"),
                ("\\", "dbt", "backslash"),
                ("%20", "Dagster", "escaped"),
            )
        ),
        *(
            pytest.param({f"ASYLUM_{name}": value}, "equal to 2678400", id=f"{name}_{value}")
            for name in (
                *("CONNECT_TIMEOUT", "READ_TIMEOUT", "TOTAL_TIMEOUT", "RETRY_WAIT"),
                "POSTGRES_WAIT",
            )
            for value in ("1e12", "inf")
        ),
        pytest.param({"ASYLUM_SMTP_PASSWORD_FILE": "/no/file"}, "cannot be read", id="no_file"),
    ],
)
def test_what_cannot_be_used_is_said_without_a_secret(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(given)
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None or SECRET not in str(caught.value.__cause__)


def test_signs_that_are_common_in_paths_are_taken(tmp_path: Path) -> None:
    folder = f"{tmp_path}/ä b'c\"d $x;% z{{{{y}}}}"
    assert load_settings({"ASYLUM_DATA_DIR": folder}).data_dir == Path(folder)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(SECRET + "\n")
    given = {
        **MAIL,
        "ASYLUM_SMTP_USER": "u",
        "ASYLUM_SMTP_PASSWORD_FILE": str(tmp_path / "password"),
    }
    settings = load_settings(given)
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == SECRET
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.model_dump())


@pytest.mark.parametrize("name", ["ASYLUM_API_URL", "ASYLUM_ARCHIVE_URL", "ASYLUM_UI_URL"])
def test_an_address_with_a_password_is_refused_and_not_shown(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}: .*a user or password") as caught:
        load_settings({name: "https://user:secret@host/x"})
    assert "secret" not in str(caught.value)
