"""Checks of what a caller passes: each refusal names the argument, the value it had and what is allowed."""

from operator import index


def integer(name, value, minimum):
    """``value`` as an int of at least ``minimum``. TypeError for another type, ValueError for a smaller value."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}={value!r} must be an int, not {type(value).__name__}")
    try:
        number = index(value)
    except TypeError:
        raise TypeError(f"{name}={value!r} must be an int, not {type(value).__name__}") from None
    if number < minimum:
        raise ValueError(f"{name}={value!r} must be at least {minimum}")
    return number


def flag(name, value):
    """``value`` if it is True or False. TypeError otherwise."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}={value!r} must be True or False, not {type(value).__name__}")
    return value


def per_axis(name, value, minimum, rank=None):
    """One int an axis, as a tuple of ``rank`` ints; a single int stands for every axis.

    With ``rank=None`` the value's own length (1, 2 or 3) is the rank.
    """
    if not isinstance(value, (tuple, list)):
        if not hasattr(value, "__index__") or isinstance(value, bool):
            raise TypeError(f"{name}={value!r} must be an int or a tuple of ints, not {type(value).__name__}")
        return (integer(name, value, minimum),) * (rank or 1)
    if rank is None and len(value) not in (1, 2, 3):
        raise ValueError(f"{name}={value!r} must have 1, 2 or 3 values, one for each spatial axis")
    if rank is not None and len(value) != rank:
        axes = "axis" if rank == 1 else "axes"
        raise ValueError(f"{name}={value!r} has length {len(value)}; give an int or {rank} ({rank} spatial {axes})")
    for position, item in enumerate(value):
        integer(f"{name}[{position}]", item, minimum)
    return tuple(map(index, value))


def common_rank(default, **values):
    """The number of spatial axes that the tuples among ``values`` have; ``default`` if all are ints."""
    ranks = {name: len(value) for name, value in values.items() if isinstance(value, (tuple, list))}
    if not ranks:
        return default
    (first, rank), *others = ranks.items()
    if rank not in (1, 2, 3):
        raise ValueError(f"{first}={values[first]!r} must have 1, 2 or 3 values, one for each spatial axis")
    for name, other in others:
        if other != rank:
            raise ValueError(f"{name}={values[name]!r} has length {other}, but {first}={values[first]!r} has {rank}")
    return rank
