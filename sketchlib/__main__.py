"""`python -m sketchlib`."""

import sys

from sketchlib.cli import main

sys.exit(main())
