"""The table of the server's settings."""

from __future__ import annotations

from dataclasses import fields

from kg.serve.settings import ServeSettings


def test_the_server_is_read_only_and_local_unless_asked() -> None:
    settings = ServeSettings()
    assert settings.host == "127.0.0.1"
    assert not settings.writable
    assert settings.service_targets == ()


def test_every_setting_is_explained() -> None:
    assert all(setting.metadata["about"] for setting in fields(ServeSettings))


def test_the_limits_that_clients_are_told_are_those_marked_as_such() -> None:
    settings = ServeSettings(timeout=2.5, token="secret")
    assert settings.limits()["timeout"] == 2.5
    assert set(settings.limits()) == {setting.name for setting in fields(ServeSettings) if setting.metadata["limit"]}
    assert "secret" not in str(settings.limits())


def test_no_more_workers_stand_ready_than_queries_may_run() -> None:
    assert ServeSettings(queries=1).workers == 1
    assert 1 <= ServeSettings().workers <= ServeSettings().queries
