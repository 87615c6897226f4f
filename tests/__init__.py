"""The tests. Workers measure their floor only when a test asks for it: it would disturb others."""

import os

os.environ.setdefault("HAZARD_CALIBRATE", "asked")
