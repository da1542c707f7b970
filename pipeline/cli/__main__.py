"""`python -m pipeline.cli`: what ./wiredesk hands over to."""

from pipeline.cli.main import main

main()
