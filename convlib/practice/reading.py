"""Numbers as people type them. The page's script reads them by the same rules."""

import re

# 34,944 and 34 944, with thin and fixed spaces, apostrophes or underscores between groups of three; or 34944; or 5.61
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[, \u00a0\u2009\u202f_'’]\d{3})+|\d+)(?:\.\d+)?")
_TIMES = re.compile(r"\s*(?:[x×*;]|by)\s*")
_BETWEEN = re.compile(r"\s*,\s*|\s+")
LONGEST = 200


def read_answer(text, count):
    """The ``count`` numbers in ``text``, as a tuple; None if it does not hold them.

    One number is read with its thousands separators. Several are separated by ×, x or by; or, if there is none of them,
    by a comma or a space. A single one stands for all.
    """
    text = text.replace("−", "-").strip()
    if not text or len(text) > LONGEST:
        return None
    number = _number(text)
    if count == 1 and number is not None:
        return (number,)
    if text[0] in "([" and text[-1] in ")]":
        text = text[1:-1].strip()
    pieces = _TIMES.split(text)
    if len(pieces) == 1 and count > 1:
        pieces = [text] if number is not None and ",0" in text else _BETWEEN.split(text)
    numbers = [_number(piece) for piece in pieces]
    if count == 1:  # 26 × 26, where height and width are asked for as one number
        return (numbers[0],) if len(set(numbers)) == 1 and numbers[0] is not None else None
    if any(number is None for number in numbers) or len(numbers) not in (1, count):
        return None
    return tuple(numbers) * (count if len(numbers) == 1 else 1)


def _number(text):
    if not _NUMBER.fullmatch(text):
        return None
    value = float(re.sub(r"[^\d.+-]", "", text))
    return int(value) if value.is_integer() else value
