"""`savings report`: the report of a finished run, made anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from pipeline.dataset.run import NoRun, open_run
from pipeline.report.page import write_report
from pipeline.status import Exit


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
def report(out: Path) -> None:
    """Write OUT/report.html anew from the results in OUT: what was read, how sure it is, and where the doubt is.

    The papers are looked at once more for pictures of doubtful figures; one that has moved or changed gives none.

    Exit status: 0 written; 2 wrong usage.
    """
    try:
        names = write_report(open_run(out), out, out, os.cpu_count() or 1)
    except (NoRun, OSError) as error:
        click.echo(f"savings: {error}", err=True)
        sys.exit(Exit.USAGE)
    click.echo(f"savings: wrote {', '.join(str(out / name) for name in names)}", err=True)
