"""The numeric exercises of the chapters: what each asks for, by the label of the exercise.

The numbers of a question stand in the chapter and, as arguments, here; a test holds the two together.
"""

from functools import cache

from convlib.practice.exercises import alexnet, batch_norm, output_size, parameters, tools_disagree

CHAPTERS = {
    "output_size": output_size,
    "parameters": parameters,
    "batch_norm": batch_norm,
    "alexnet": alexnet,
    "tools_disagree": tools_disagree,
}


@cache
def exercises():
    """All numeric exercises: a dict of label → list of parts, chapter by chapter."""
    return {label: parts for chapter in CHAPTERS.values() for label, parts in chapter.exercises()}


@cache
def exercises_of_chapters():
    """The labels of the numeric exercises of each chapter: a dict of chapter → list of labels."""
    return {name: [label for label, _ in chapter.exercises()] for name, chapter in CHAPTERS.items()}
