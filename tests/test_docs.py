"""The documentation builds strictly and without a network, and its code runs.

Every block of Python is run, those of a page in their order, on a few images, and so
is every `ganzoo` command but for those of other machines, and for benchmarks, downloads
and publishing, which are held against the options that there are: they have tests of
their own.
"""

import pathlib
import re
import runpy
import shlex
import shutil
import subprocess

import keras
import nbformat
import pytest
import toy_pages
import yaml
from click.testing import CliRunner
from mkdocs.commands import build
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError

from ganzoo import cli
from ganzoo.presets import registry

DOCS = toy_pages.ROOT / "docs"
PAGES = [str(path.relative_to(DOCS)) for path in sorted(DOCS.rglob("*.md"))]
# Pages that suppose a run which another page has begun.
OF_A_RUN = ("evaluation.md", "presets.md")
# What is run by tests of its own.
ELSEWHERE = ("benchmark", "fetch", "publish")
AFAR = ("gs://", "--workers", "--devices")


@pytest.fixture(autouse=True)
def scene(tmp_path, monkeypatch):
    toy_pages.set_scene(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site, built strictly."""
    folder = tmp_path_factory.mktemp("site")
    path = str(toy_pages.ROOT / "mkdocs.yml")
    config = load_config(path, strict=True, site_dir=str(folder))
    config["extra"]["notebooks"] = 0
    build.build(config)
    return folder


def test_every_page_is_built_and_can_be_reached(site):
    home = (site / "index.html").read_text("utf-8")
    for page in PAGES:
        place = page.replace(".md", ".html")
        assert (site / place).is_file()
        assert f'href="{place}"' in home, page


def test_every_notebook_is_linked_as_an_ipynb_file(site):
    page = (site / "lecture.html").read_text("utf-8")
    for path in (DOCS / "notebooks").glob("*.py"):
        place = f"notebooks/{path.stem}.ipynb"
        assert f'href="{place}"' in page
        assert nbformat.read(site / place, 4).cells[0].source.startswith("# ")


def test_a_notebook_is_run_for_its_share_and_a_failure_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "jupyter"))
    run = runpy.run_path(str(DOCS / "hooks.py"))["run_notebook"]
    path = tmp_path / "toy.py"
    path.write_text("# %%\nimport os\nos.environ['BUDGET'], os.listdir()\n")
    (cell,) = nbformat.reads(run(path, 0.5), 4).cells
    (output,) = cell.outputs
    assert "'0.5'" in output.data["text/plain"]
    assert "'toy.py'" in output.data["text/plain"]
    (cell,) = nbformat.reads(run(path, 0), 4).cells
    assert not cell.outputs
    path.write_text("# %%\n1 / 0\n")
    with pytest.raises(PluginError, match="(?s)toy.py.*ZeroDivisionError"):
        run(path, 1)


def test_the_page_of_all_results_leads_to_those_of_the_site(site):
    folder = site / "benchmarks" / "results"
    text = (folder / "index.html").read_text("utf-8")
    links = re.findall(r'(?:href|src)="([^"]+)"', text)
    assert "quick/index.html" in links and "modes/report.html" in links
    for link in links:
        assert (folder / link).is_file(), link


def test_no_page_loads_anything_from_a_network(site):
    loaded = r"""<(?:script|img|link|iframe)[^>]*\b(?:src|href)=["']?(?:https?:)?//"""
    for path in site.rglob("*.html"):
        assert not re.search(loaded, path.read_text("utf-8")), path


def test_every_equation_is_mathml(site):
    for path in DOCS.rglob("*.md"):
        written = re.findall(
            r"\$\$.+?\$\$|\$[^$\n]+\$", path.read_text("utf-8"), re.DOTALL
        )
        built = site / path.relative_to(DOCS).with_suffix(".html")
        assert built.read_text("utf-8").count("<math") == len(written), path


def test_failures_are_those_of_the_script_and_are_shown():
    script = runpy.run_path(str(toy_pages.ROOT / "benchmarks" / "failures.py"))
    drawn = {path.stem for path in (DOCS / "failures").glob("*.json")}
    variants = {path.stem for path in (DOCS / "variants").glob("*.md")}
    assert drawn <= set(script["FAILURES"]) <= variants
    for name in drawn:
        page = (DOCS / "variants" / f"{name}.md").read_text("utf-8")
        assert f"<!-- failure {name} -->" in page


@pytest.mark.parametrize(
    "page", [p for p in PAGES if toy_pages.blocks(DOCS / p, "python")]
)
def test_python_runs(page, narrow):
    if page == "export.md" and keras.backend.backend() != "tensorflow":
        pytest.skip("TensorFlow writes its formats")
    names = {}
    policy = keras.config.dtype_policy()
    for code in toy_pages.blocks(DOCS / page, "python"):
        toy_pages.run(code, names)
    assert keras.config.dtype_policy() == policy


@pytest.mark.parametrize("page", [p for p in PAGES if toy_pages.blocks(DOCS / p, "sh")])
def test_commands_are_those_that_there_are(page):
    for words in toy_pages.commands(DOCS / page, "sh"):
        toy_pages.parse(words)
    for script in re.findall(r"^python (\S+)", (DOCS / page).read_text("utf-8"), re.M):
        assert (toy_pages.ROOT / script).is_file()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_the_job_for_slurm_is_a_script_of_known_options():
    path = DOCS / "cluster" / "slurm.sh"
    done = subprocess.run(["bash", "-n", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert_trains(path.read_text("utf-8"), "SLURM_PROCID")


def test_the_job_for_kubernetes_finds_its_workers_by_the_service():
    path = DOCS / "cluster" / "kubernetes.yaml"
    service, job = yaml.safe_load_all(path.read_text("utf-8"))
    name, spec = job["metadata"]["name"], job["spec"]
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == {"job-name": name}
    assert spec["completionMode"] == "Indexed"
    assert spec["completions"] == spec["parallelism"]
    pod = spec["template"]["spec"]
    assert pod["subdomain"] == service["metadata"]["name"]
    (container,) = pod["containers"]
    given = {one["name"]: one["value"] for one in container["env"]}
    hosts = [address.split(":")[0] for address in given["WORKERS"].split(",")]
    named = [f"{name}-{i}.{pod['subdomain']}" for i in range(spec["completions"])]
    assert hosts == named
    assert_trains(container["command"][-1], "JOB_COMPLETION_INDEX")
    mounted = {one["name"] for one in container["volumeMounts"]}
    assert mounted == {one["name"] for one in pod["volumes"]}


def assert_trains(script, number):
    """Assert that a script has `ganzoo` train as the worker of a variable's number."""
    (line,) = re.findall(r"^ganzoo .*$", script, re.MULTILINE)
    assert line.endswith(f'--workers "$WORKERS" --worker "${number}"')
    toy_pages.parse(shlex.split(line.replace(f"${number}", "1"))[1:])


@pytest.mark.parametrize(
    "page", [p for p in PAGES if toy_pages.commands(DOCS / p, "sh")]
)
def test_commands_run_one_after_the_other(page, tmp_path, narrow, timed):
    toy_pages.set_up_files(tmp_path)
    if page in OF_A_RUN:
        call("train", "dcgan_fashion_mnist_10k", "--run-dir", "runs/dcgan")
    for words in toy_pages.commands(DOCS / page, "sh"):
        if words[0] in ELSEWHERE or any(part in " ".join(words) for part in AFAR):
            continue
        words = [str(toy_pages.FEW) if word == "1000000" else word for word in words]
        drawn = words[0] == "evaluate" and words[1] in ("runs/dcgan", *registry.names())
        call(*words, *(["-n", str(toy_pages.FEW)] if drawn else []))
        if "--out" in words:
            path = pathlib.Path(words[words.index("--out") + 1])
            assert path.stat().st_size, words


def call(*words):
    """Have `ganzoo` do what its words say."""
    done = CliRunner().invoke(cli.main, words)
    assert done.exit_code == 0, (words, done.output)
