"""The page in a real browser: what is shown is looked at, and nothing runs or is fetched."""

import base64
import http.server
import io
import math
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from coco_files import coco
from coco_files import draw as draw_coco
from coco_files import write as write_coco
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import ROOT, samples, write_idx

import datastd
from datastd.model import Example, Level, Verdict
from datastd.report import Accounting, DataName, InputName, NotAsked, Report, Split, StandardName
from datastd.report.evidence import outlined
from datastd.report.gallery import SHOWN, SIDE, thumbnail

html = pytest.importorskip("datastd.report.html", exc_type=ImportError, reason="jinja2 expected: datastd[report]")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium expected on the path: apt-get install chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
MAGENTA, BAR, FAIL, WHITE, NIGHT = (255, 0, 200), (0x4B, 0x7B, 0xB5), (0xCF, 0x22, 0x2E), (255, 255, 255), (0x0D, 0x11, 0x17)


def browse(page, tmp_path, *flags):
    return subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *flags, page.as_uri()],
        capture_output=True, timeout=120, check=True,
    ).stdout  # fmt: skip


def seen(page, tmp_path, *flags, height=4500):
    """What the browser shows, as pixels (H, W, 3)."""
    shot = tmp_path / "shot.png"
    browse(page, tmp_path, f"--window-size=900,{height}", f"--screenshot={shot}", *flags)
    return np.asarray(Image.open(shot).convert("RGB")).astype(int)


def count(shot, colour, *, within=6):
    return int((np.abs(shot - colour).max(axis=2) <= within).sum())


@pytest.fixture(scope="module")
def found():
    """Colour pictures, one of which is magenta all over, and a pair of equal ones."""
    random = np.random.default_rng(0)
    images = random.integers(0, 100, (60, 20, 20, 3), dtype=np.uint8)
    images[7] = MAGENTA
    images[40] = images[3]
    return datastd.check((images, np.arange(60) % 3), "idx-images/1")


@pytest.fixture(scope="module")
def page(found, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "r.html"
    found.save(path)
    return path


@needs_chromium
def test_pictures_histograms_and_words_are_shown(page, tmp_path):
    shot = seen(page, tmp_path)
    assert count(shot, MAGENTA) >= 120 * 120  # 20 pixels, each shown as 6
    assert count(shot, BAR) > 500
    assert count(shot, FAIL) > 200
    assert tuple(shot[3, 3]) == WHITE
    text = browse(page, tmp_path, "--dump-dom").decode()
    for said in ("image-constant", "data#7", "together: ", "data#3", "data#40", "L199 needs"):
        assert said in text


@needs_chromium
def test_it_is_dark_in_the_dark(page, tmp_path):
    shot = seen(page, tmp_path, "--blink-settings=preferredColorScheme=0")
    assert tuple(shot[3, 3]) == NIGHT
    assert count(shot, MAGENTA) >= 120 * 120


@needs_chromium
def test_it_prints(page, tmp_path):
    paper = tmp_path / "page.pdf"
    browse(page, tmp_path, f"--print-to-pdf={paper}", "--blink-settings=preferredColorScheme=0")
    assert paper.read_bytes().startswith(b"%PDF")


class _Listening:
    """A server that notes who asks."""

    def __enter__(self):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def hostile(url):
    """A report every text of which tries to run, to load, or to hide."""
    evil = (
        f"<script src='{url}/s'></script><script>document.title='owned'</script>\"><img src={url}/i "
        f"onerror=\"document.title='owned'\"><style>@import '{url}/c'</style><svg onload=\"document.title='owned'\">"
        f"</title></style><meta http-equiv=refresh content='0;{url}/m'>\u202egnp.exe\n{{{{ 7*7 }}}}\x1b[2J"
    )
    verdict = Verdict(
        code=evil, name=evil, level=Level.ERROR, observed=1.0, limit=0.5, unit=evil, checked=3, failed=3, because=evil,
        examples=(Example(key=evil, observed=1.0, detail=evil), Example(key="plain-key", observed=None)),
    )  # fmt: skip
    return Report(
        data=DataName(path=evil, format=evil, digest=evil), complete=False, verdicts=(verdict,),
        standard=StandardName(name=evil, digest=evil, profile="dev"),
        accounting=Accounting(files=1, bytes=1, samples=3, defective=0),
        splits={evil: Split(records=3, recordDigest=evil)}, inputs=(InputName(role=evil, path=evil, digest=evil),),
        not_asked=(NotAsked(code=evil, needs=evil),),
    )  # fmt: skip


@needs_chromium
def test_nothing_of_the_data_runs_or_is_fetched(tmp_path):
    with _Listening() as listening:
        path = tmp_path / "r.html"
        hostile(listening.url).save(path)
        dom = browse(path, tmp_path, "--dump-dom", "--virtual-time-budget=3000").decode()
        title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)[1]
        assert title.startswith("FAIL: &lt;script")
        assert "owned</title>" not in dom
        assert "plain-key" in dom
        assert "\\u{202e}" in dom
        assert "49" not in re.sub(r"[0-9a-f]{16,}", "", dom.split("<main>")[1]).replace(listening.url, "")
        assert not re.search("<(script|iframe|img|object|embed)", dom)
        assert listening.asked == []


@needs_chromium
def test_the_browser_would_run_and_fetch_it_unescaped(tmp_path):
    """The check above can fail: the same text in a page of its own runs, and fetches."""
    with _Listening() as listening:
        path = tmp_path / "r.html"
        path.write_text(f"<!DOCTYPE html><title>x</title><img src={listening.url}/i onerror=\"document.title='owned'\">")
        dom = browse(path, tmp_path, "--dump-dom", "--virtual-time-budget=3000").decode()
        assert "<title>owned" in dom
        assert listening.asked == ["/i"]


@needs_chromium
def test_even_a_script_that_got_in_would_not_run(page, tmp_path):
    path = tmp_path / "r.html"
    path.write_text(page.read_text().replace("</main>", "<script>document.title='owned'</script></main>"))
    assert "<title>owned" not in browse(path, tmp_path, "--dump-dom").decode()


def test_tables_and_pictures_say_what_they_are(page):
    text = page.read_text()
    assert text.count("<table>") == text.count("<caption>") >= 3
    assert all("scope=" in head for head in re.findall(r"<th[ >][^>]*", text))
    assert all('alt="' in image for image in re.findall("<img[^>]*", text))
    assert all('role="img" aria-label="' in drawing for drawing in re.findall("<svg[^>]*", text))
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in text
    assert "<script" not in text


def pictures(text):
    return [Image.open(io.BytesIO(base64.b64decode(one))) for one in re.findall(r"data:image/\w+;base64,([^\"]+)", text)]


def test_a_picture_is_written_anew(found, page):
    sizes = {image.size for image in pictures(page.read_text())}
    assert sizes == {(20, 20)}
    assert all(not image.info for image in pictures(page.read_text()))


def test_pairs_stand_side_by_side(page):
    pairs = re.findall(r'<figure class="together">.*?</div></figure>', page.read_text(), re.DOTALL)
    assert len(pairs) == 2  # as duplicates, and as such with two labels
    for together in pairs:
        assert re.findall('alt="([^"]*)"', together) == ["data#3", "data#40"]


def test_files_that_changed_since_leave_a_gap(tmp_path):
    images, labels = samples(40)
    images[3] = 9
    folder = write_idx(tmp_path / "data", train=(images, labels))
    report = datastd.check(folder, "idx-images/1")
    assert "data:image/png" in html.page(report).decode()
    write_idx(folder, train=samples(40))
    assert "data:image/" not in html.page(report).decode()
    shutil.rmtree(folder)
    assert "image-constant" in html.page(report).decode()


@given(
    st.sampled_from([(1, np.uint8), (2, np.uint8), (3, np.uint8), (4, np.uint8), (1, np.uint16), (3, np.float32)]),
    st.tuples(*[st.floats(-99, 99) | st.just(float("nan"))] * 4),
)
def test_a_box_is_drawn_as_far_as_it_is_inside(kind, box):
    channels, dtype = kind
    plain = np.full((30, 40, channels), 7, dtype)
    drawn = outlined(plain, box)
    assert drawn.shape[:2] == (30, 40)
    assert (plain == 7).all()
    if dtype != np.uint8 or any(math.isnan(n) for n in box):
        assert drawn is plain
        return
    assert drawn.shape[2] == {1: 3, 2: 4, 3: 3, 4: 4}[channels]
    x, y, w, h = box
    inside = drawn[max(0, int(y) + 2) : max(0, int(y + h) - 1), max(0, int(x) + 2) : max(0, int(x + w) - 1)]
    assert w < 0 or h < 0 or (inside[..., 0] == 7).all()
    if 0 <= x <= 30 and 0 <= y <= 20 and 5 < w < 9 and 5 < h < 9:
        assert (drawn[int(y), int(x) : int(x + w), 0] == 255).all()
        assert (drawn[int(y) : int(y + h), int(x + w), 1] == 0).all()


def test_a_picture_of_an_annotation_has_its_box_drawn(tmp_path):
    made = coco(4)
    made["annotations"][0]["bbox"] = [10, 8, 0, 12]
    made["images"][0]["file_name"] = "a@2x.png"
    folder = write_coco(tmp_path / "data", made)
    draw_coco(folder, made)
    report = datastd.check(folder, "coco-instances/1")
    key, sample = "images/train2017/a@2x.png@2", "images/train2017/a@2x.png"
    assert report["F212"].examples[0].key == key
    seen = dict(report.evidence.pictures([key, sample]))
    assert {*seen} == {key, sample}
    assert (seen[key][8:21, 10] == (255, 0, 128)).all()
    differs = (seen[key] != seen[sample]).any(axis=2)
    assert differs.any()
    assert not differs[:, 20:].any()


def test_a_picture_that_cannot_be_read_does_not_hide_the_others(found):
    from dataclasses import replace

    images, labels = samples(40)
    images[[3, 5]] = 9
    report = datastd.check((images, labels), "idx-images/1")
    known = report.evidence
    report.attach(report.failing, evidence=replace(known, pictures=lambda keys: (p for p in known.pictures(keys) if p[0] != "data#3")))
    text = html.page(report).decode()
    assert "no picture of data#3" in text
    assert 'alt="data#5"' in text


def test_no_more_pictures_than_stated_and_the_rest_is_counted():
    images, labels = samples(200)
    images[:90] = np.arange(90, dtype=np.uint8)[:, None, None]
    text = html.page(datastd.check((images, labels), "idx-images/1")).decode()
    article = re.search(r"<article[^>]*>(?:(?!</article>).)*image-constant.*?</article>", text, re.DOTALL)[0]
    assert article.count("<img") == SHOWN
    assert "12 shown, 78 more" in article


def test_the_page_is_bounded(monkeypatch):
    from datastd.report import gallery

    monkeypatch.setattr(gallery, "_PAGE", 1500)
    images, labels = samples(200)
    images[:90] = np.arange(90, dtype=np.uint8)[:, None, None]
    text = html.page(datastd.check((images, labels), "idx-images/1")).decode()
    assert "the page is full" in text
    assert sum(map(len, re.findall(r"data:image/[^\"]+", text))) < 1500


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((5, 7, 1), np.uint8), np.zeros((5, 7, 2), np.uint8), np.full((900, 700, 3), 200, np.uint8),
        np.zeros((5, 7, 4), np.uint8), np.linspace(0, 65535, 35).reshape(5, 7, 1).astype(np.uint16),
        np.full((3, 3, 1), np.nan), np.array([[[np.inf], [-np.inf], [1e308], [-1e308]]]), np.zeros((1, 20_000, 1), np.uint8),
        np.array([[[-5], [5]]], np.int64), np.zeros((4, 4, 3), np.float16),
    ],
)  # fmt: skip
def test_any_picture_has_a_thumbnail(pixels):
    made = thumbnail(pixels)
    assert max(made.size) <= SIDE
    assert made.mode in {"L", "RGB"}


@pytest.mark.parametrize("shape", [(3, 3), (0, 3, 1), (3, 3, 5), (3,)])
def test_what_is_no_picture_has_none(shape):
    with pytest.raises(ValueError, match="expected"):
        thumbnail(np.zeros(shape, np.uint8))


def test_numbers_that_are_no_bytes_are_stretched_and_the_transparent_is_white():
    assert np.asarray(thumbnail(np.array([[[0], [500], [1000]]], np.uint16))).tolist() == [[0, 127, 255]]
    clear = np.zeros((1, 1, 4), np.uint8)
    assert thumbnail(clear).getpixel((0, 0)) == (255, 255, 255)


def test_without_the_extra_the_command_says_what_to_install(tmp_path):
    write_idx(tmp_path / "data", train=samples(40))
    code = "import sys; sys.modules['jinja2'] = None; import importlib.util as u; u.find_spec = lambda n, f=u.find_spec: None if n == 'jinja2' else f(n); from datastd.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "data", "--report", "r.html"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert 'pip install "datastd[report]"' in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "r.html").exists()


def test_the_template_is_packaged():
    assert "report/*.jinja" in (ROOT / "pyproject.toml").read_text()
    assert Path(html.__file__).with_name("page.html.jinja").is_file()


def test_near_duplicates_stand_side_by_side_in_one_split_and_across(tmp_path):
    from datastd import Standard
    from datastd.measures.pixels.phash import phash
    from datastd.rules.pixels.near_duplicate import NearDuplicate
    from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit

    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (24, 8, 8), dtype=np.uint8)
    images = np.stack([np.asarray(Image.fromarray(one).resize((64, 64), Image.Resampling.BICUBIC)) for one in coarse])
    images[20] = np.clip(images[4].astype(int) + random.integers(-4, 5, (64, 64)), 0, 255)
    images[12] = np.clip(images[9].astype(int) + 3, 0, 255)
    standard = Standard(
        name="near/1", about="x", formats=("memory",), measures=(phash,), rules=(NearDuplicate(), NearDuplicateCrossSplit())
    )
    parts = {"train": (images[:16], np.zeros(16, int)), "test": (images[16:], np.zeros(8, int))}
    report = datastd.check(parts, standard)
    text = html.page(report).decode()
    pairs = [re.findall('alt="([^"]*)"', one) for one in re.findall(r'<figure class="together">.*?</div></figure>', text, re.DOTALL)]
    assert pairs == [["test#4", "train#4"], ["train#9", "train#12"]]
    assert report.failing("L103")["key"].to_list() == ["train#9", "train#12"]
    assert "near train#12 at distance" in text
