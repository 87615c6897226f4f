"""`python -m hazard_tui` is `hazard`."""

import sys

from hazard_tui.cli import main

sys.exit(main())
