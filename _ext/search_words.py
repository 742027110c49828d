"""The search finds symbols and numbers: H_out, which stands in the sources as LaTeX, and 62,378,344.

Sphinx cuts a number at its commas, and its script skips words of digits alone. So a number with at least four digits
gets a letter behind it, in the index and in what the reader asks for.
"""

import re

from sphinx.search.en import SearchEnglish

SUBSCRIPT = re.compile(r"([A-Za-z])_\{?\\(?:text|mathrm)\{(\w+)\}")
NUMBER = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d{4,})(?![\w.]*\d)")
# `splitQuery` does to the reader's words what `split` does to the book's.
SPLIT_QUERY = r"""
var splitQuery = (query) => query
  .replace(/(?<![\w.])(\d{1,3}(?:,\d{3})+|\d{4,})(?![\w.]*\d)/g, (number) => number.replaceAll(",", "") + "n")
  .split(/[^\p{Letter}\p{Number}_\p{Emoji_Presentation}]+/gu)
  .filter(term => term)
"""


class SearchSymbols(SearchEnglish):
    js_splitter_code = SPLIT_QUERY

    def split(self, text):
        symbols = [f"{letter}_{index}" for letter, index in SUBSCRIPT.findall(text)]
        return symbols + super().split(NUMBER.sub(lambda number: number[0].replace(",", "") + "n", text))


def setup(app):
    app.add_search_language(SearchSymbols)
    return {"parallel_read_safe": True}
