"""`python -m account_portal COMMAND`."""

from account_portal.cli import main

main(prog_name="python -m account_portal")
