"""A client's paths stay inside of what it grants, whatever they look like."""

import os

import pytest

from verify_agent.agent.mcp.roots import folder_of, granted, inside
from verify_agent.verifier.errors import BadInput


def test_what_is_inside_is_found(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "m.py").write_text("")
    roots = (tmp_path / "a", tmp_path / "b")
    assert inside("m.py", roots) == tmp_path / "b" / "m.py"
    assert inside(str(tmp_path / "b"), roots) == tmp_path / "b"
    assert inside("new.py", roots) == tmp_path / "a" / "new.py"


@pytest.mark.parametrize(
    "path", ["../x.py", "/etc/passwd", "link/x.py", "", "a\0b", "../rootless/x"]
)
def test_what_is_outside_is_refused(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "rootless").mkdir()
    os.symlink("/etc", root / "link")
    with pytest.raises(BadInput):
        inside(path, (root,))


def test_without_a_root_nothing_is_inside(tmp_path):
    with pytest.raises(BadInput, match="grants no folder"):
        inside(str(tmp_path), ())


@pytest.mark.parametrize(
    "uri", ["http://a/b", "file://elsewhere/tmp", "file:relative", "", "data:,x"]
)
def test_other_addresses_grant_nothing(uri):
    assert folder_of(uri) is None
    assert granted([uri]) == ()
