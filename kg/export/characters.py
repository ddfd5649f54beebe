"""Characters that an XML document cannot hold (XML 1.0, production 2), or whose readers change them."""

import re

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NO_CHARACTER = "a character that XML has no place for"
UNSAFE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The forbidden ones, and the carriage return, which readers take for a line feed unless it is written as a reference."""
NOT_KEPT = "a carriage return, or a character that XML has no place for"
