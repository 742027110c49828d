"""What a reader may compute instead: for each quantity its right law, and how each mistake changes it.

A case is a dict of what goes into the law: for sizes the numbers of one axis, for counts all of them. A mistake is a
change of the case, so two mistakes made together are two changes, and the wrong value comes from the same law as the
right one.
"""

from convlib import formulas
from convlib.practice.laws import counts, field, sizes


class Law:
    """A quantity of the book: how to compute it rightly, and how it is computed wrongly.

    ``right(**inputs)`` is convlib's own function, which also refuses bad inputs. ``cases(**inputs)`` gives one case for
    each number of the answer, ``value(case)`` its value or None if there is none, and ``mistakes`` maps a slug to a
    function from a case to the entries of it that the mistake changes, or to a tuple of such functions if there are
    several ways to make it; the likeliest mistake stands first.
    """

    def __init__(self, right, cases, value, mistakes, hint):
        self.right, self.cases, self.value, self.mistakes, self.hint = right, cases, value, mistakes, hint

    @property
    def ways(self):
        """Each way to make each mistake: pairs of a slug and a change."""
        for slug, changes in self.mistakes.items():
            for change in changes if isinstance(changes, tuple) else (changes,):
                yield slug, change


LAWS = {
    "output_size": Law(
        formulas.output_size,
        sizes.output_size_cases,
        sizes.size,
        sizes.SLIDING,
        "⌊(H + 2P − F)/S⌋ + 1 along each axis; with a dilation D, F becomes D(F − 1) + 1",
    ),
    "pool_output_size": Law(
        formulas.pool_output_size,
        sizes.pool_cases,
        sizes.size,
        sizes.POOLING,
        "⌊(H + 2P − F)/S⌋ + 1 along each axis; S is the kernel's size if no stride is given, and ceil_mode rounds up",
    ),
    "transposed_output_size": Law(
        formulas.transposed_output_size,
        sizes.transposed_cases,
        sizes.transposed_size,
        sizes.TRANSPOSED,
        "(H − 1)S − 2P + F + output_padding along each axis; with a dilation D, F becomes D(F − 1) + 1",
    ),
    "conv_parameters": Law(
        formulas.conv_parameters,
        counts.conv_cases,
        counts.count,
        counts.CONV,
        "F_H·F_W·(C_in/groups)·C_out weights, and a bias for each filter",
    ),
    "linear_parameters": Law(
        formulas.linear_parameters,
        counts.linear_cases,
        counts.count,
        counts.LINEAR,
        "N_in·N_out weights, and a bias for each output",
    ),
    "batch_norm_parameters": Law(
        formulas.batch_norm_parameters,
        counts.norm_cases,
        counts.learned,
        counts.NORM,
        "a gamma and a beta for each channel are learned; the statistics and the counter are not",
    ),
    "conv_macs": Law(
        formulas.conv_macs,
        counts.macs_cases,
        counts.count,
        counts.MACS,
        "F_H·F_W·(C_in/groups)·C_out weights, each once at H_out·W_out positions",
    ),
    "receptive_field": Law(
        formulas.receptive_field,
        field.field_cases,
        field.field,
        field.FIELD,
        "size ← size + (F − 1)·jump, then jump ← jump·S, layer by layer, from size 1 and jump 1",
    ),
}


def right_value(quantity, inputs):
    """The right answer, an int or a tuple with one int an axis; refuses bad inputs as convlib's function does."""
    value = LAWS[quantity].right(**inputs)
    if quantity == "batch_norm_parameters":
        return value.trainable
    if quantity == "receptive_field":
        return value.size
    return getattr(value, "total", value)


def working(quantity, inputs):
    """The worked line of the right answer."""
    if quantity == "receptive_field":
        return field.working(inputs["layers"])
    if inputs.get("affine") is False:
        return "affine=False: neither gamma nor beta, so 0"
    return LAWS[quantity].right.worked(**inputs)
