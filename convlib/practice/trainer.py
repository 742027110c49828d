"""The drills as something to play with: shown by a notebook, and by the book's page on practice."""

import json
from html import escape

from convlib.practice.bank import bank
from convlib.practice.drills import QUANTITIES
from convlib.practice.exercises import exercises, exercises_of_chapters
from convlib.practice.laws import LAWS
from convlib.practice.web import script, style

NAMES = {
    "output_size": "output size of a convolution",
    "pool_output_size": "output size of a pooling",
    "transposed_output_size": "output size of a transposed convolution",
    "conv_parameters": "parameters of a convolution",
    "linear_parameters": "parameters of a linear layer",
    "batch_norm_parameters": "batch normalisation: trainable parameters",
    "conv_macs": "multiply-accumulates",
    "receptive_field": "receptive field",
    "which_padding": "the other way round: padding",
    "which_kernel_size": "the other way round: kernel",
    "which_stride": "the other way round: stride",
    "which_out_channels": "the other way round: filters",
    "network": "a whole small network",
}
TITLES = {
    "output_size": "How big is the output?",
    "parameters": "How many parameters?",
    "batch_norm": "What does it learn, and what does it only remember?",
    "alexnet": "Count a whole network by hand",
    "tools_disagree": "Why the tools disagree",
}
KEYS_ARE_OURS = 'data-lm-suppress-shortcuts="true"'  # JupyterLab would take Enter and digits for its shortcuts
WITHOUT_SCRIPT = 12  # questions that a reader without JavaScript sees


class Trainer:
    """Drills by quantity and level, with a review of the mistakes; a notebook shows it."""

    def __init__(self, questions, networks):
        self.data = bank(questions, networks)

    def __repr__(self):
        return "\n".join(f"{drill['text']} — {drill['parts'][0]['working']}" for drill in self._some())

    def _repr_html_(self):
        data = {
            **self.data,
            "quantities": {quantity: NAMES[quantity] for quantity in QUANTITIES},
            "hints": {quantity: law.hint for quantity, law in LAWS.items()}
            | {quantity: LAWS["output_size"].hint for quantity in QUANTITIES if quantity.startswith("which_")}
            | {"which_out_channels": LAWS["conv_parameters"].hint},
            "chapters": {
                chapter: {"title": TITLES[chapter], "exercises": {label: len(exercises()[label]) for label in labels}}
                for chapter, labels in exercises_of_chapters().items()
            },
        }
        shown = "".join(
            f"<details><summary>{escape(drill['text'])}</summary><p>{escape(drill['parts'][0]['working'])}</p></details>"
            for drill in self._some()
        )
        return (
            f"<style>{style()}</style><conv-practice {KEYS_ARE_OURS}>{shown}{json_script(data)}</conv-practice>"
            f"<script>{script()}</script>"
        )

    def _some(self):
        single = [drill for drill in self.data["drills"] if len(drill["parts"]) == 1]
        return single[:: max(1, len(single) // WITHOUT_SCRIPT)][:WITHOUT_SCRIPT]


def json_script(data):
    """Data for a script on a page; nothing in it can end the element that holds it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json">{text}</script>'


def trainer(questions=16, networks=6):
    """Drills to play with: ``questions`` of each quantity and level, and ``networks`` whole networks of each level."""
    return Trainer(questions, networks)
