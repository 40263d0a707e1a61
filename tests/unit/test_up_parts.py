"""The parts of `epg up`, before they are started."""

from __future__ import annotations

import tempfile

import pytest

from epg_pipeline.operations.supervisor import _children, socket_parent


def test_each_part_listens_where_it_is_set_and_is_asked_where_it_answers(tmp_path):
    parts = {part.name: part for part in _children(tmp_path, tmp_path, ("0.0.0.0", 3000), ("192.0.2.7", 8080))}  # noqa: S104 - nothing is bound
    web, guides = parts["Dagster web UI"], parts["guide server"]
    assert web.command[3:7] == ["-h", "0.0.0.0", "-p", "3000"]  # noqa: S104 - the same
    assert web.answers == "http://127.0.0.1:3000/server_info"
    assert guides.command[3:] == ["serve", "--host", "192.0.2.7", "--port", "8080"]
    assert guides.answers == "http://192.0.2.7:8080/health"


def test_the_code_server_is_reached_by_a_file_that_other_users_do_not_reach(tmp_path):
    code = next(part for part in _children(tmp_path, tmp_path, ("::", 3000), ("::", 8080)) if "code" in part.name)
    assert code.answers == str(tmp_path / "code.sock")
    assert str(tmp_path / "code.sock") in (tmp_path / "workspace.yaml").read_text()


@pytest.mark.parametrize(("length", "parent"), [(20, None), (80, None), (81, "/tmp"), (200, "/tmp")])
def test_the_socket_has_a_short_path_whatever_the_folder_of_temporary_files(monkeypatch, length, parent):
    monkeypatch.setattr(tempfile, "tempdir", "/" + "t" * (length - 1))
    assert socket_parent() == parent
