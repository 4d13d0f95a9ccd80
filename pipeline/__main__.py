"""`python -m pipeline` is the `savings` command."""

from pipeline.command import main

main()
