"""Shapes and tensors in whatever a forward takes and gives: nested lists, dicts, dataclasses and their like."""

from dataclasses import fields, is_dataclass

from torch import Tensor, nn


def shapes(value):
    """The shapes of the tensors in anything a forward takes or gives, nested as they are.

    A list of one is that one; None for what is no tensor.
    """
    if isinstance(value, Tensor):
        return tuple(value.shape)
    if isinstance(value, (list, tuple)):
        found = tuple(item for item in map(shapes, value) if item is not None)
        if not found:
            return None
        return found[0] if len(found) == 1 else found
    named = _named_parts(value)
    if named is None:
        return None
    return {key: item for key, item in ((key, shapes(item)) for key, item in named.items()) if item is not None} or None


def _named_parts(value):
    if isinstance(value, dict):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, (nn.Module, type)) or not hasattr(value, "__dict__") or callable(value):
        return None
    return vars(value)


def tensors(value):
    """The tensors in anything a forward takes or gives."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors(item)
    else:
        for item in (_named_parts(value) or {}).values():
            yield from tensors(item)


def argument_shapes(args, kwargs):
    """The shape of a single tensor; a tuple of shapes for several; a dict by name for keywords alone."""
    if len(args) == 1 and not kwargs and isinstance(args[0], Tensor):
        return tuple(args[0].shape)
    by_name = shapes(kwargs) or {}
    if not args:
        return by_name or None
    together = (*(item for item in map(shapes, args) if item is not None), *by_name.values())
    if not together:
        return None
    return together[0] if len(together) == 1 else together


def shape_text(shape):
    """A shape as 1×3×224×224; several in brackets, named where they have names."""
    if shape is None:
        return "–"
    if isinstance(shape, dict):
        return "{" + ", ".join(f"{key}: {shape_text(item)}" for key, item in shape.items()) + "}"
    if shape and isinstance(shape[0], int):
        return "×".join(map(str, shape))
    return "(" + ", ".join(map(shape_text, shape)) + ")" if shape else "()"
