"""The HTML page in a real browser: it filters, opens a counterexample, and can be looked at."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from verify_agent.verifier.evidence import (
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    Span,
    Verdict,
)
from verify_agent.verifier.report.html import render_html

SOURCE = """\
def half(x: int) -> int:
    return x // 2


def wrong(x: int) -> int:
    return x
"""
DRIVER = """
<script>
const seen = {};
const visible = () => [...document.querySelectorAll('.function')]
  .filter(f => f.offsetParent !== null).map(f => f.id);
const input = (id, value, event) => {
  const e = document.getElementById(id); e.value = value; e.dispatchEvent(new Event(event));
};
seen.all = visible();
document.querySelector('.filter.refuted').click();
seen.refuted = visible();
document.querySelector('.filter.refuted').click();
input('search', 'HALF', 'input');
seen.searched = visible();
input('search', 'no such thing', 'input');
seen.nothing = !document.getElementById('nothing').hidden;
input('search', '', 'input');
input('kind', 'frame', 'change');
seen.kind = visible();
input('kind', '', 'change');
document.querySelector('.function[data-verdict=refuted] > summary').click();
const counterexample = document.querySelector('.counterexample');
counterexample.querySelector('summary').click();
setTimeout(() => {
  const pre = counterexample.querySelector('pre');
  seen.call = pre.offsetHeight > 0 && pre.textContent;
  document.querySelector('.source > summary').click();
  document.title = JSON.stringify(seen);
}, 0);
</script>
"""


def report(run_record) -> Report:
    found = Counterexample("wrong(-1)", "returned -1", (), "result >= 0", True)
    proved = Attempt("deductive", Verdict.PROVED, version="1", seconds=0.25)
    refuted = Attempt("properties", Verdict.REFUTED, version="6", counterexample=found)
    about_half = (
        Obligation("half/ensure/1", "ensure", "result <= x <script>", Span(1), (proved,)),
        Obligation("half/frame/1", "frame", "no argument is changed", Span(1), (proved,)),
    )
    about_wrong = (Obligation("wrong/ensure/1", "ensure", "result >= 0", Span(5), (refuted,)),)
    functions = (
        FunctionReport("m:half", "m.py", 1, about_half),
        FunctionReport("m:wrong", "m.py", 5, about_wrong),
    )
    return Report(run_record, functions, {"m.py": "0" * 64})


def browser(*arguments: str) -> str:
    """What headless Chromium prints; as root it runs without its own sandbox."""
    program = shutil.which("chromium")
    assert program, "this test needs Chromium: `apt-get install chromium`"
    done = subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=90,
    )
    return done.stdout


def test_the_page_is_one_file_and_shows_no_markup_of_the_code(run_record) -> None:
    page = render_html(report(run_record), {"m.py": SOURCE})
    assert "<script>" not in page.replace("<script>\n(() =>", "")
    assert "result &lt;= x &lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=[\"'](?!#)", page)
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert 'class="line refuted"><span class="number">5</span>' in page


@pytest.mark.slow
def test_the_page_filters_and_opens_a_counterexample(run_record, tmp_path: Path) -> None:
    page = render_html(report(run_record), {"m.py": SOURCE})
    file = tmp_path / "report.html"
    file.write_text(page.replace("</body>", f"{DRIVER}</body>"), encoding="utf-8")
    dom = browser("--virtual-time-budget=3000", "--dump-dom", file.as_uri())
    title = re.search(r"<title>(.*?)</title>", dom)
    assert title
    assert json.loads(title[1].replace("&quot;", '"')) == {
        "all": ["m:wrong", "m:half"],
        "refuted": ["m:wrong"],
        "searched": ["m:half"],
        "nothing": True,
        "kind": ["m:half"],
        "call": "wrong(-1)",
    }
    picture = tmp_path / "report.png"
    browser("--virtual-time-budget=3000", f"--screenshot={picture}", file.as_uri())
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 10_000


def test_failures_come_first_and_stand_open(run_record) -> None:
    page = render_html(report(run_record), {"m.py": SOURCE})
    assert page.index('id="m:wrong"') < page.index('id="m:half"')
    assert '<details open class="function" id="m:wrong"' in page
    assert '<details class="function" id="m:half"' in page
    assert page.count('<details open class="counterexample"') == 1
