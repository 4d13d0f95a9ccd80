"""`savings review`: the server on this machine, and the link to it."""

from __future__ import annotations

import getpass
import secrets
import socket
import sys
from pathlib import Path
from typing import NoReturn

import click

from pipeline.status import Exit

HOST = "127.0.0.1"
FOLDER = Path("corrections")


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option(
    "--corrections",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    show_default=True,
    help="Folder of decisions, <authority>.yml; made if need be. Give it to `savings run`, too.",
)
@click.option("--rules", "rules_dir", type=click.Path(path_type=Path), help="The folder that the run was given.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to answer on.  [default: any free one]")
@click.option("--who", default=None, help="Your name, for the record.  [default: your user name]")
def review(out: Path, folder: Path, rules_dir: Path | None, port: int, who: str | None) -> None:
    """Settle doubtful figures of the results in OUT, in the browser, on this machine alone.

    Open the link that is printed. Each figure is shown in its place, with what it may read and what each reading does
    to the sums. A decision is kept at once; `savings run --corrections` applies it. Ctrl-C ends it, and nothing is
    lost.

    Exit status: 0 ended; 2 wrong usage.
    """
    from pipeline.corrections.files import load_corrections  # noqa: PLC0415
    from pipeline.corrections.standing import CorrectionsError  # noqa: PLC0415
    from pipeline.dataset.run import NoRun, open_run  # noqa: PLC0415
    from pipeline.review.app import Desk, make_app  # noqa: PLC0415
    from pipeline.review.queue import Queue  # noqa: PLC0415
    from pipeline.review.workshop import Workshop  # noqa: PLC0415
    from rules.errors import RuleError  # noqa: PLC0415
    from rules.load import load_rules_beside  # noqa: PLC0415

    try:
        queue = Queue(open_run(out))
        load_corrections(folder if folder.is_dir() else None)
        rules = load_rules_beside(rules_dir)
        listening = _listening(port)
    except (NoRun, CorrectionsError, RuleError) as error:
        _stop(error)
    except OSError as error:
        _stop(f"port {port} cannot be used: {error.strerror}. Give another with --port, or none")
    token = secrets.token_urlsafe(24)
    taken = listening.getsockname()[1]
    with Workshop(rules) as workshop, listening:
        desk = Desk(queue, folder, who or getpass.getuser(), workshop)
        click.echo(f"http://{HOST}:{taken}/?token={token}")
        click.echo(f"savings: {len(queue.items):,} figures; decisions go to {folder}. Ctrl-C ends it.", err=True)
        _serve(make_app(desk, token, taken), listening)


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, port))
    # From now on who follows the link waits, and is not refused.
    listening.listen(128)
    return listening


def _serve(app: object, listening: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415

    config = uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False, access_log=False)  # type: ignore[arg-type]
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        sys.exit(Exit.OK)


def _stop(problem: object) -> NoReturn:
    click.echo(f"savings: {problem}", err=True)
    sys.exit(Exit.USAGE)
