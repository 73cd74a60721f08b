"""`python -m ganzoo`: the `ganzoo` command."""

import ganzoo_command

ganzoo_command.main(prog_name="ganzoo")
