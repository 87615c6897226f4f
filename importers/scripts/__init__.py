"""Scripts of Postman, read but never run: what of them a plan can say.

`translate_script` gives the assertions, saves and steps of a script, or says which statement keeps
it from being translated. Nothing is half-translated: such a script is kept whole and run by the
engine. `missing_libraries` names what it then needs and the engine does not have.
"""

from importers.scripts.libraries import PROVIDED, REFUSED, missing_libraries
from importers.scripts.statements import translate_script
from importers.scripts.translation import Translation

__all__ = ["PROVIDED", "REFUSED", "Translation", "missing_libraries", "translate_script"]
