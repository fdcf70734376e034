"""What can be counted of our style: short files, short functions, tests that can fail."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "peerhub",
    "home",
    "notes",
    "checkins",
    "sessions",
    "resources",
    "groups",
    "notices",
    "people",
    "bench",
    "docker",
)
CODE = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts] + [
    ROOT / "dev.py"
]
TESTS = list((ROOT / "tests").rglob("*.py"))
LINES_IN_A_FILE, LINES_IN_A_BODY = 400, 30
SAYS_NO = {
    "raises", "fail", "refused_by", "django_assert_num_queries", "django_assert_max_num_queries",
    "assertContains", "assertNotContains", "assertRedirects",
}  # fmt: skip
TABLES_OF_WORDS = {"home/views/manage.py:tasks_of"}  # one entry after another; shorter would be harder to read


def name(path):
    return str(path.relative_to(ROOT))


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", CODE + TESTS, ids=name)
def test_a_file_stops_at_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_IN_A_FILE


@pytest.mark.parametrize("path", CODE + TESTS, ids=name)
def test_a_function_stops_at_30_lines(path):
    long = {f"{name(path)}:{f.name}" for f in functions(path) if body_lines(f) > LINES_IN_A_BODY}

    assert long - TABLES_OF_WORDS == set()


def body_lines(function):
    """Lines from the first statement to the last; the signature and the docstring do not count."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


GET_WITHOUT_HEAD = re.compile(r"""require_GET|\[(?![^]]*HEAD)[^]]*["']GET["'][^]]*\]\)\n|method == ["']GET["']""")


@pytest.mark.parametrize("path", [path for path in CODE if "views" in str(path)], ids=name)
def test_what_takes_get_takes_head_and_does_not_tell_them_apart(path):
    assert GET_WITHOUT_HEAD.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ('@require_http_methods(["GET", "HEAD", "POST"])\n', False),
        ("@require_safe\n", False),
        ('if request.method != "POST":\n', False),
        ('@require_http_methods(["GET", "POST"])\n', True),
        ("@require_GET\n", True),
        ('if request.method == "GET" and late:\n', True),
    ],
)
def test_the_search_for_get_without_head_finds_it(line, is_wrong):
    assert bool(GET_WITHOUT_HEAD.search(line)) is is_wrong


@pytest.mark.parametrize("path", [path for path in TESTS if path.name.startswith("test_")], ids=name)
def test_every_test_can_fail(path):
    assert [f.name for f in functions(path) if f.name.startswith("test_") and not can_fail(f)] == []


def can_fail(function):
    """It asserts something, or calls what does."""
    return asserts(function) or bool(calls(function) & that_assert())


def calls(function):
    return {called(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}


@cache
def that_assert():
    """What fails a test when it is called: pytest's and Django's own, and our helpers that assert."""
    helpers = [f for path in TESTS for f in functions(path) if not f.name.startswith("test_")]
    return SAYS_NO | {f.name for f in helpers if asserts(f) or calls(f) & SAYS_NO}


def asserts(function):
    return any(isinstance(node, ast.Assert) for node in ast.walk(function))


def called(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("path", [path for path in TESTS if path != Path(__file__)], ids=name)
def test_no_test_is_skipped_in_silence(path):
    text = path.read_text(encoding="utf-8")

    assert [mark for mark in ("mark.skip", "pytest.skip", "mark.xfail") if mark in text] == []
