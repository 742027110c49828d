"""The pictures. Each is drawn from the numbers it shows, in SVG or GIF, and carries its own words for it (``.alt``)."""

from convlib.figures.axis import positions, receptive_field_chain, transposed
from convlib.figures.convolution import convolution, convolution_gif
from convlib.figures.formula import output_size_formula, parameters_formula
from convlib.figures.layers import architecture, batch_norm, costs, folding, groups, normalised, operation, running_mean

__all__ = [
    "architecture",
    "batch_norm",
    "convolution",
    "convolution_gif",
    "costs",
    "folding",
    "groups",
    "normalised",
    "operation",
    "output_size_formula",
    "parameters_formula",
    "positions",
    "receptive_field_chain",
    "running_mean",
    "transposed",
]
