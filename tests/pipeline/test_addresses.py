"""Papers and results on object storage: the same bytes as from folder to folder, nothing lost, clear errors.

The storage is a server on the loopback address that speaks S3.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from benchmarks.dask_cluster import cluster
from pipeline import address
from pipeline.address import Address, AddressError, place_of
from pipeline.cluster.terms import Terms
from pipeline.folder import KEPT, LOCK, Busy
from pipeline.remote import RemoteFolder
from pipeline.seen import Seen
from pipeline.status import Exit
from tests.pipeline.conftest import GOOD, Ran
from tests.pipeline.test_batch import started, tried, wait_for, write
from tests.rules.made import report

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]
# Some of its figures are contradicted, so that there are pictures of them.
PDF = next((Path(__file__).parents[2] / "corpus").rglob("anyshire-plan-draft.pdf"))
# For tests that do not look at the report.
BARE = ["--no-report"]
PAPERS, OUT = "s3://bucket/papers", "s3://bucket/out"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that speaks S3; its URL. All processes find it by their environment, and no other credentials."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    said = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in said.items():
            patch.setenv(name, value)
        stop_forkserver()
        yield said["AWS_ENDPOINT_URL"]
    stop_forkserver()
    made.stop()


def stop_forkserver() -> None:
    """What readers are forked from keeps the environment it was started with; the next one has that of now."""
    if sys.platform != "win32":
        forkserver._forkserver._stop()  # type: ignore[attr-defined]


class Bucket:
    """A bucket of one test, as its owner sees it."""

    def __init__(self, url: str) -> None:
        self.s3 = boto3.client("s3", endpoint_url=url)
        self.s3.create_bucket(Bucket="bucket")

    def names(self, prefix: str = "") -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket="bucket", Prefix=prefix).get("Contents", [])]

    def put(self, name: str, data: bytes) -> None:
        self.s3.put_object(Bucket="bucket", Key=name, Body=data)

    def get(self, name: str) -> bytes:
        data: bytes = self.s3.get_object(Bucket="bucket", Key=name)["Body"].read()
        return data

    def put_papers(self, folder: Path) -> None:
        for path in folder.rglob("*.*"):
            self.put(f"papers/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def fetch(self, folder: Path) -> Ran:
        """What a run published, as files of this machine."""
        for name in self.names("out/"):
            if KEPT not in name:
                path = folder / name.removeprefix("out/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.get(name))
        return Ran(0, "", "", folder)

    def clear(self) -> None:
        for name in self.names():
            self.s3.delete_object(Bucket="bucket", Key=name)


@pytest.fixture
def bucket(server: str) -> Iterator[Bucket]:
    """An empty bucket."""
    forget_storages()
    made = Bucket(server)
    yield made
    made.clear()
    forget_storages()


def forget_storages() -> None:
    """So that storages are made anew, by what the environment says now."""
    from s3fs import S3FileSystem  # noqa: PLC0415

    address._storage_of.cache_clear()
    S3FileSystem.clear_instance_cache()
    # What readers are forked from keeps the environment it was started with.
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


@pytest.fixture
def papers(paper: WritePaper) -> Path:
    """A folder of papers: good ones, a contradicted one, the same bytes twice, and what is none."""
    paper("a.txt")
    paper("below/a.txt")
    paper("b.txt", GOOD.replace("15", "16"))
    folder = paper("no-rule.txt", "Ward | Votes\nNorth | 512").parent
    write(folder, ".hidden.txt", "x")
    write(folder, "notes.md", "x")
    return folder


def pathless(ran: Ran, papers: str) -> dict[str, object]:
    """All that was published, but where papers are and how long they took to read."""
    timeless = [row | {"path": "", "seconds": ""} for row in ran.rows("papers.csv")]
    said = {name: data.replace(f"{papers}/".encode(), b"") for name, data in ran.content.items()}
    # A page at an address has no links to papers.
    unlinked = re.sub(rb'<a href="\.\./[^"]*">(.*?)</a>', rb"\1", said["report.html"])
    return said | {"papers.csv": timeless, "report.html": unlinked}


# --- from bucket to bucket -------------------------------------------------------------------------------------------


def test_from_bucket_to_bucket_gives_the_bytes_of_a_local_run(
    savings: Savings, papers: Path, bucket: Bucket, mischief: Path, tmp_path: Path
) -> None:
    shutil.copy(PDF, papers)
    bucket.put_papers(papers)
    local = savings(papers, out=tmp_path / "local", jobs=2)
    ran = savings(PAPERS, out=place_of(OUT), jobs=2)
    assert ran.status == local.status == Exit.INCOMPLETE
    fetched = bucket.fetch(tmp_path / "fetched")
    assert fetched.content.keys() == local.content.keys()
    assert pathless(fetched, PAPERS) == pathless(local, str(papers))
    paths = [row["path"] for row in fetched.rows("papers.csv")]
    assert paths == [f"{PAPERS}/{name}" for name in ("a.txt", "below/a.txt", PDF.name, "b.txt", "no-rule.txt")]
    assert any(name.startswith("report-pictures/") for name in fetched.content)
    assert "Passed over in the folders, as no papers: 1 .md" in ran.stderr
    assert bucket.names(f"out/{KEPT}/{LOCK}") == []
    assert set(tried(mischief).values()) == {2}

    again = savings(PAPERS, out=place_of(OUT))
    assert (again.status, "is up to date" in again.stderr) == (Exit.INCOMPLETE, True)

    paper = report(GOOD.replace("Buses", "Trams"))
    bucket.put("papers/c.txt", paper.encode())
    assert savings(PAPERS, out=place_of(OUT)).status == Exit.INCOMPLETE
    assert len(bucket.fetch(tmp_path / "fetched").rows("papers.csv")) == 6
    assert tried(mischief) == {"a.txt": 2, "b.txt": 2, "no-rule.txt": 2, PDF.name: 2, "c.txt": 1}


def test_a_local_paper_into_a_bucket_and_one_of_a_bucket_into_a_folder(
    savings: Savings, papers: Path, bucket: Bucket, tmp_path: Path
) -> None:
    bucket.put_papers(papers)
    assert savings(papers / "a.txt", out=place_of(OUT), options=BARE).status == 0
    into_folder = savings(f"{PAPERS}/a.txt", papers.as_uri() + "/b.txt", options=BARE)
    assert [row["path"] for row in into_folder.rows("papers.csv")] == [f"{PAPERS}/a.txt", str(papers / "b.txt")]
    assert bucket.fetch(tmp_path / "fetched").rows("figures.csv") == [
        row for row in into_folder.rows("figures.csv") if row["document"] == "a.txt"
    ]


def test_names_of_any_sort_come_back_as_they_are(savings: Savings, bucket: Bucket) -> None:
    # The server of these tests knows no names with a newline.
    names = ["-x.txt", "..txt", "100%25.txt", "[a]*?.txt", "a#b.txt", "=1+1.txt", "Ω ü.txt", "a::b.txt"]
    for number, name in enumerate(names):
        bucket.put(f"papers/{name}", report(GOOD.replace("Buses", f"Buses {number}")).encode())
    ran = savings(PAPERS, options=BARE, jobs=2)
    assert ran.statuses == dict.fromkeys([name for name in names if not name.startswith(".")], "ok")


def test_papers_that_have_not_changed_are_not_fetched_again(
    savings: Savings, bucket: Bucket, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put_papers(papers)
    savings(PAPERS, options=BARE)
    fetched: list[str] = []

    def sha256(self: Address, _size: int) -> str:
        fetched.append(self.name)
        return "0" * 64

    monkeypatch.setattr(Address, "sha256", sha256)
    assert "is up to date" in savings(PAPERS, options=BARE).stderr
    bucket.put("papers/b.txt", b"other")
    savings(PAPERS, options=BARE)
    assert fetched == ["b.txt"]


def test_what_an_earlier_run_published_is_replaced_and_nothing_else(
    savings: Savings, papers: Path, bucket: Bucket
) -> None:
    bucket.put_papers(papers)
    bucket.put("out/notes.txt", b"mine")
    savings(PAPERS, out=place_of(OUT), options=[*BARE, "--format", "csv,sqlite"])
    assert {"out/savings.sqlite", "out/notes.txt"} <= set(bucket.names())
    tables = {name.split("/")[2] for name in bucket.names("out/tables/")}
    bucket.s3.delete_object(Bucket="bucket", Key="papers/b.txt")
    savings(PAPERS, out=place_of(OUT), options=BARE)
    assert "out/savings.sqlite" not in bucket.names()
    assert bucket.get("out/notes.txt") == b"mine"
    gone = tables - {name.split("/")[2] for name in bucket.names("out/tables/")}
    assert [name.rpartition("-")[0] for name in gone] == ["b.txt"]
    assert json.loads(bucket.get("out/.council-savings.json"))["complete"] is True


def test_a_kept_result_that_is_damaged_is_read_anew(
    savings: Savings, papers: Path, bucket: Bucket, mischief: Path
) -> None:
    bucket.put_papers(papers)
    savings(f"{PAPERS}/a.txt", out=place_of(OUT), options=BARE)
    (kept,) = bucket.names(f"out/{KEPT}/papers/")
    whole = bucket.get(kept)
    bucket.put(kept, whole[:-20])
    savings(f"{PAPERS}/a.txt", out=place_of(OUT), options=[*BARE, "--format", "csv,sqlite"])
    assert len(bucket.get(kept)) > len(whole) - 20
    assert tried(mischief) == {"a.txt": 2}


def test_a_cluster_reads_from_a_bucket_into_a_bucket(
    savings: Savings, papers: Path, bucket: Bucket, tmp_path: Path
) -> None:
    bucket.put_papers(papers)
    with cluster(tmp_path, 1, "--no-nanny") as made:
        assert savings(PAPERS, out=place_of(OUT), options=["--scheduler", made.address]).status == Exit.INCOMPLETE
    local = savings(papers, out=tmp_path / "local")
    assert pathless(bucket.fetch(tmp_path / "fetched"), PAPERS) == pathless(local, str(papers))


# --- stopped, and two at once ----------------------------------------------------------------------------------------


def test_a_run_that_is_killed_leaves_a_lock_that_the_next_one_on_this_machine_clears(
    savings: Savings, papers: Path, bucket: Bucket, mischief: Path, tmp_path: Path, rules: Path
) -> None:
    bucket.put_papers(papers)
    bucket.put("papers/z.txt", ("once-hang\n" + report(GOOD)).encode())
    with started(tmp_path, rules, PAPERS, out=OUT) as run:
        wait_for(lambda: len(bucket.names(f"out/{KEPT}/papers/")) == 3 and "z.txt" in tried(mischief))
        second = savings(PAPERS, out=place_of(OUT))
        assert second.status == Exit.BUSY
        assert f"another run is writing into {OUT} (process {run.pid} on " in second.stderr
        assert "give the same command with --take-over" in second.stderr
        run.kill()
        run.wait()
    assert bucket.names(f"out/{KEPT}/{LOCK}")
    assert savings(PAPERS, out=place_of(OUT), options=BARE).status == Exit.INCOMPLETE
    assert tried(mischief) == {"a.txt": 1, "b.txt": 1, "no-rule.txt": 1, "z.txt": 2}
    assert not bucket.names(f"out/{KEPT}/{LOCK}")


def test_a_lock_that_was_left_elsewhere_is_taken_over_only_when_asked(
    savings: Savings, papers: Path, bucket: Bucket
) -> None:
    bucket.put_papers(papers)
    left = {"pid": 1, "host": "elsewhere", "machine": "1", "since": "2026-01-01T00:00:00+00:00", "token": "x"}
    bucket.put(f"out/{KEPT}/{LOCK}", json.dumps(left).encode())
    refused = savings(f"{PAPERS}/a.txt", out=place_of(OUT))
    assert refused.status == Exit.BUSY
    assert "(process 1 on elsewhere, since 2026-01-01T00:00:00+00:00)" in refused.stderr
    assert savings(f"{PAPERS}/a.txt", out=place_of(OUT), options=[*BARE, "--take-over"]).status == 0


def test_a_run_whose_lock_was_taken_over_publishes_nothing(bucket: Bucket) -> None:
    def publish_while_another_takes_over() -> None:
        folder = RemoteFolder(Address(OUT))
        with folder.locked(), folder.publisher() as publisher:
            (publisher.aside / "figures.csv").write_text("x")
            publisher.add("figures.csv")
            bucket.put(f"out/{KEPT}/{LOCK}", b"{}")

    with pytest.raises(Busy, match="another run has taken over"):
        publish_while_another_takes_over()
    assert bucket.names() == [f"out/{KEPT}/{LOCK}"]


# --- what cannot be reached or used ----------------------------------------------------------------------------------


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        yield f"http://127.0.0.1:{made.getsockname()[1]}"


def test_a_storage_that_never_answers_is_an_error_in_bounded_time(
    savings: Savings, papers: Path, bucket: Bucket, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", silent)
    monkeypatch.setattr(address, "CONTACT", 0.5)
    for given, out in ((PAPERS, None), (papers, place_of(OUT))):
        ran = savings(given, out=out)
        assert ran.status == Exit.UNREACHABLE
        assert "does not answer within 0.5 s. Check the address and the network" in ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_worker_that_cannot_use_an_address_is_refused(
    bucket: Bucket, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms = Terms.of([papers, Address(PAPERS)], Address(OUT), ("", ""))
    assert terms.places == tuple(sorted([str(papers), PAPERS, OUT]))
    assert terms.unmet() == ""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    forget_storages()
    assert terms.unmet().startswith(f"cannot work for this run: {OUT} cannot be used (NoCredentialsError")


@pytest.mark.parametrize("lost", ["while it is hashed", "while it is read"])
def test_a_paper_that_cannot_be_fetched_costs_only_itself_but_a_storage_that_is_gone_ends_the_run(
    savings: Savings, papers: Path, bucket: Bucket, mischief: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    def fail(place: Address, _size: int = 0) -> str:
        raise AddressError(f"{place} is gone")

    bucket.put_papers(papers)
    if lost == "while it is hashed":
        monkeypatch.setattr(Address, "sha256", fail)
    else:
        for name in ("papers/a.txt", "papers/b.txt", "papers/below/a.txt", "papers/no-rule.txt"):
            bucket.put(name, b"leave")
    ran = savings(PAPERS, options=BARE)
    assert set(ran.statuses.values()) == {"unreadable" if lost == "while it is hashed" else "crashed"}
    monkeypatch.setattr("pipeline.batch.reach", fail)
    ran = savings(PAPERS, options=BARE)
    assert (ran.status, "txt is gone. What was read is kept" in ran.stderr) == (Exit.UNREACHABLE, True)


def test_missing_credentials_are_an_error_that_says_so(
    savings: Savings, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    ran = savings(PAPERS)
    assert ran.status == Exit.UNREACHABLE
    assert "redentials" in ran.stderr.split("Check the address")[0]
    assert "Traceback" not in ran.stderr


def test_a_bucket_or_paper_that_is_not_there_is_named(savings: Savings, papers: Path, bucket: Bucket) -> None:
    assert savings("s3://bucket/nothing").paper("nothing")["status"] == "missing"
    ran = savings(papers, out=place_of("s3://no-such-bucket/out"))
    assert ran.status == Exit.NOT_WRITTEN
    assert "bucket does not exist" in ran.stderr


def test_what_the_storage_needs_is_not_the_papers(savings: Savings, papers: Path, bucket: Bucket) -> None:
    bucket.put_papers(papers)
    ran = savings(f"{PAPERS}/a.txt", f"{PAPERS}/b.txt", out=place_of(OUT), options=[*BARE, "--max-memory", "80"])
    assert ran.status == Exit.OK


def test_a_paper_larger_than_the_limit_is_not_fetched_whole(savings: Savings, bucket: Bucket) -> None:
    bucket.put("papers/large.txt", b"x" * (2 << 20))
    assert "larger than 1 MB" in savings(PAPERS, options=["--max-size", "1"]).paper("large.txt")["error"]


def test_results_of_another_origin_and_the_papers_themselves_are_not_mixed(
    savings: Savings, papers: Path, bucket: Bucket
) -> None:
    bucket.put("out/figures.csv", b"mine")
    ran = savings(papers, out=place_of(OUT))
    assert (ran.status, f"{OUT} already holds figures.csv of another origin" in ran.stderr) == (Exit.USAGE, True)
    bucket.put("papers/a.txt", b"x")
    ran = savings(f"{PAPERS}/a.txt", out=place_of(PAPERS))
    assert (ran.status, "holds the papers" in ran.stderr) == (Exit.USAGE, True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("nosuch://bucket/papers", "Check the address"),
        ("memory://papers", "is in one process only"),
    ],
)
def test_an_address_of_no_storage_is_an_error(savings: Savings, said: str, why: str) -> None:
    ran = savings(said)
    assert ran.status in (Exit.USAGE, Exit.UNREACHABLE)
    assert why in ran.stderr


def test_without_the_library_it_says_what_to_install(
    savings: Savings, monkeypatch: pytest.MonkeyPatch, bucket: Bucket
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    address._storage_of.cache_clear()
    ran = savings(PAPERS)
    assert (ran.status, "pip install 'council-savings[cluster]'" in ran.stderr) == (Exit.UNREACHABLE, True)


# --- small things ----------------------------------------------------------------------------------------------------


def test_an_address_knows_its_names() -> None:
    place = place_of("s3://bucket/a b/Plan 2.PDF")
    assert isinstance(place, Address)
    assert (place.name, place.suffix, str(place)) == ("Plan 2.PDF", ".PDF", "s3://bucket/a b/Plan 2.PDF")
    assert str(Address("s3://b/out/") / "figures.csv") == "s3://b/out/figures.csv"
    assert Address("s3://b/out/x").is_within(Address("s3://b/out/"))
    assert not Address("s3://b/outer").is_within(Address("s3://b/out"))
    assert place_of("file:///tmp/a%20b") == Path("/tmp/a b")
    with pytest.raises(AddressError):
        place_of("memory://x")


def test_a_hash_is_remembered_only_while_nothing_changed() -> None:
    seen = Seen.from_bytes(Seen({"s3://b/x": ("5 etag", "hash")}).as_bytes())
    assert seen.sha256("s3://b/x", "5 etag") == "hash"
    assert seen.sha256("s3://b/x", "6 etag") == seen.sha256("s3://b/y", "5 etag") == seen.sha256("s3://b/x", "") == ""
    assert Seen.from_bytes(b"torn").hashes == {}
