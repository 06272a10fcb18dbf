"""The words of the page: key → (English, Chinese), one file a part of the page.

`texts.py` chooses between the two languages and fills in the values, {named} in both alike.
"""

from restyle.page.words.choices import CHOICES
from restyle.page.words.clip import CLIP
from restyle.page.words.frame import FRAME
from restyle.page.words.result import RESULT

__all__ = ["WORDS"]

WORDS = FRAME | CLIP | CHOICES | RESULT
