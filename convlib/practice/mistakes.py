"""The mistakes that people make, each with the sentence that leads to the next step.

A sentence holds no digit, so it cannot give an answer away. The formulas of the mistakes stand in ``laws``, next to the
right ones.
"""

MISTAKES = {
    # sizes
    "not-rounded": "You kept the fraction. What is counted here is whole: is it rounded down or up?",
    "solved-exactly": "You solved for a division without a remainder. The size is rounded down, so there is room: which "
    "whole numbers give the same size?",
    "position-for-step": "You took as many steps as positions. There is one step fewer.",
    "not-whole": "It has to be a whole number. Put its neighbours into the formula.",
    "too-few-digits": "The value is right so far. Give more digits.",
    "does-not-divide": "That is no whole number, so something is in it that does not belong there. Did you take the "
    "biases away, if there are any?",
    "total-for-one-side": "That is the total of both ends. The padding counts one side.",
    "size-before": "That is the size before the pooling.",
    "usual-pool": "That is the field with the old pools. The question asks for the smaller ones.",
    "given-one": "That is the kernel that you know already. Which others do it?",
    "one-size-for-all-axes": "You gave one size for all axes. Each axis has a size of its own.",
    "kernel-as-stride": "You moved the window by its own length. Here a stride is given.",
    "only-scaled": "You multiplied by the stride only. The window's own length counts, and so does any padding.",
    "padding-cut-once": "You cut the padding off at one end only. It goes at both ends.",
    "padding-not-cut": "You left the padding out. A transposed convolution cuts it off, so the result is shorter.",
    "gap-too-many": "You counted a gap for each window. Between the windows there is one fewer.",
    "padding-one-side": "You added the padding on one side only. It is added at both ends of an axis.",
    "padding-forgotten": "You left the padding out. It makes the input longer, by as much at each end.",
    "plus-one-forgotten": "You counted the steps. The place where the window starts is a position, too.",
    "ceiling-for-floor": "You rounded up. A window that would reach beyond the padded input is not placed.",
    "floor-for-ceiling": "You rounded down. With ceil_mode=True a last, incomplete window counts as well.",
    "clamp-forgotten": "You kept a window that would start behind the input. PyTorch drops it again.",
    "stride-ignored": "You moved the window pixel by pixel. How far does it go each time?",
    "default-stride-ignored": "You moved the window pixel by pixel. A pooling without a stride moves by its own kernel.",
    "kernel-not-subtracted": "You did not take the window's own length off before you divided.",
    "dilation-ignored": "You left the dilation out. It spreads the window, so that it spans more pixels.",
    "dilation-times-kernel": "You multiplied the kernel by the dilation. Between the cells there is one distance fewer than "
    "there are cells.",
    "dilation-as-gap": "You took the dilation as the number of pixels between two cells. It is the distance from one "
    "cell to the next.",
    "height-for-width": "You mixed up the axes. Height comes first, then width, each with a kernel, stride and padding "
    "of its own.",
    "convolution-for-transposed": "That is the size that an ordinary convolution gives. The transposed one goes the "
    "other way, from few pixels to many.",
    "padding-added": "You added the padding. A transposed convolution cuts it off.",
    "output-padding-forgotten": "You left output_padding out. It makes the result longer at its end.",
    "output-padding-not-needed": "You put something back where nothing was dropped. Does the division leave a remainder?",
    "kernel-for-remainder": "That is the window. What does the division leave over?",
    "output-padding-twice": "You added output_padding at both ends. It is added at the end only.",
    "minus-one-forgotten": "You made a step for each pixel. Between the pixels there is one step fewer.",
    "kernel-not-added": "You counted the steps only. The last window reaches on by its whole length.",
    "same-taken": "You kept the size of the input. Is there enough padding for that?",
    "gaps-forgotten": "You counted the end only. With a stride longer than the window, pixels stay unread in between.",
    "end-forgotten": "You counted the gaps between the windows. Look at the end of the line, too.",
    # parameters
    "positions-forgotten": "You took the channels alone. Each has a number at every position.",
    "one-channel": "That is the map of a single channel. The question asks for all of them.",
    "all-for-one-filter": "You took the weights of all filters for those of one.",
    "ordinary-convolution": "That is the ordinary convolution, before the change.",
    "linear-forgotten": "The linear layers are missing from your sum.",
    "convolutions-forgotten": "The convolutions are missing from your sum.",
    "exchanged": "You exchanged the two. Which one does the flatten feed directly?",
    "bias-forgotten": "Those are the weights. Each of the {out} outputs has a bias, too.",
    "bias-not-there": "You counted biases, and this layer has none: bias=False.",
    "depth-forgotten": "Your filter is flat. A filter is as deep as the input that it reads.",
    "bias-per-input": "You gave each input a bias. Biases belong to the outputs, one for each.",
    "bias-per-sheet": "You gave each sheet of a filter a bias of its own. A filter has a single bias.",
    "one-bias": "You gave the whole layer a single bias. Each output has one of its own.",
    "biases-divided": "You divided the biases by the groups as well. The number of filters stays, and each has a bias.",
    "one-filter": "That is a single filter. A layer has as many filters as output channels.",
    "side-for-area": "You took one side of the kernel. Its area is height times width.",
    "side-squared": "You squared one side of the kernel. Each axis has a side of its own.",
    "axis-too-many": "You squared the kernel. This window has a single axis.",
    "area-forgotten": "You left the kernel's area out. Each sheet of a filter has height times width weights.",
    "groups-ignored": "You left the groups out. A filter reads the channels of its own group only.",
    "one-group": "You counted the weights of a single group. The other groups have weights as well.",
    "features-added": "You added inputs and outputs. Each input is connected with each output.",
    "pooling-given-parameters": "You gave a pooling parameters. It takes a maximum or a mean, and learns nothing.",
    "flatten-at-wrong-map": "You flattened the wrong map. Take the size that reaches the linear layer, after the last "
    "pooling.",
    "channels-for-features": "You took the channels alone. A flatten keeps every pixel of every channel.",
    "layer-forgotten": "A layer is missing. Go down the list once more.",
    "difference-not-taken": "That is one of the two layers. The question asks for the difference.",
    "usual-size": "That is the number for the usual image. This one is larger.",
    "used-twice-counted-twice": "You counted a layer for each time it is called. Its parameters are there once.",
    "module-for-tensor": "You counted the tensor once for each module that holds it. It is one tensor.",
    "tensors-for-calls": "You counted each tensor once. This tool adds up what it sees running.",
    "call-forgotten": "A call is missing. The layer runs once for each time that it stands in the chain.",
    "unused-counted": "You counted a branch that did not run. This tool sees only what runs.",
    "unused-forgotten": "You left out the branch that did not run. The model holds it all the same.",
    "unused-alone": "That is the unused branch alone.",
    "macs-for-parameters": "That is the work. As a parameter a weight counts once, however many positions it works at.",
    # batch normalisation
    "unbiased-for-biased": "You divided by the unbiased deviation. Inside the batch the layer takes the biased variance.",
    "one-statistic-a-channel": "You counted one number for each channel. There is a mean, and there is a variance.",
    "few-numbers-a-channel": "You counted too few numbers for each channel. Some are learned, some are remembered.",
    "counter-a-channel": "You gave each channel a counter. The layer has a single one.",
    "one-counter": "You counted a single counter. Each layer has one of its own.",
    "statistics-twice": "You counted the statistics twice.",
    "counter-not-in-keras": "That is what PyTorch saves. Keras keeps no counter.",
    "statistics-forgotten": "Those are the numbers that are learned. Keras prints the statistics as well.",
    "state-for-buffers": "That is all that the layers save. What is learned is no buffer.",
    "learned-for-saved": "You counted what is learned. The saved state holds what is remembered, too.",
    "scale-not-there": "You left gamma out. It multiplies the normalised number.",
    "not-divided": "You did not divide. The layer divides by the root of the variance.",
    "nothing-decays": "You let the old value stay whole. It shrinks a little with each batch.",
    "sign-turned": "You turned a sign. The mean is taken away from the bias.",
    "running-counted": "You counted the running mean and the running variance as well. No gradient moves them.",
    "running-not-there": "You counted a running mean and a running variance. This layer keeps none, and no gradient would "
    "move them.",
    "counter-not-there": "You counted a counter. This layer keeps none.",
    "switches-exchanged": "You took the wrong switch. track_running_stats=False takes away what is remembered; "
    "affine=False takes away what is learned.",
    "one-number-a-channel": "You counted one number for each channel. There is a scale, and there is a shift.",
    "buffers-for-parameters": "That is what the layer remembers: statistics and a counter. What does it learn?",
    "state-for-parameters": "That is all that the layer saves, the counter included. What does it learn?",
    "parameters-for-state": "Those are the numbers that it learns. What is saved holds what it remembers, too.",
    "counter-forgotten": "You left the counter out. It is saved like the statistics.",
    "affine-ignored": "You gave the layer gamma and beta. With affine=False it has neither.",
    "variance-for-deviation": "You divided by the variance. The layer divides by its root.",
    "deviation-for-variance": "You stored a standard deviation. The layer stores a variance.",
    "biased-for-unbiased": "You stored the biased variance. The layer stores the unbiased one.",
    "batch-for-running": "That is the batch's own number. The running one goes only a part of the way to it.",
    "start-value-mistaken": "You started from another value. Look up what a new layer remembers.",
    "batch-forgotten": "A batch is missing. Each of them moves the running number.",
    "all-for-statistics": "You divided by all that a channel has. The line shows only what no gradient moves.",
    "half-a-channel": "You multiplied. Each channel has more than one of these numbers, so there are fewer channels.",
    "scale-and-shift-forgotten": "You stopped after normalising. Gamma and beta come behind it.",
    "scale-forgotten": "You left the scale out. It is gamma, divided by the deviation.",
    "shift-forgotten": "You left beta out. It is added at the end.",
    "deviation-forgotten": "You multiplied by gamma alone. The normalisation divides as well.",
    "momentum-of-the-old": "You gave the weight to the old value. PyTorch's momentum is the weight of the new batch.",
    "last-batch-only": "You took the last batch alone. The running mean still holds something of the earlier ones.",
    "plain-mean": "You took the plain mean of the batches. With a momentum the newer batches weigh more.",
    "mean-not-subtracted": "You left the mean in. It is taken away before the division.",
    "shift-scaled": "You scaled the shift, too. Beta is added at the end, as it is.",
    "bias-not-scaled": "You left the convolution's bias as it was. It goes through the normalisation like the rest.",
    # work
    "gamma-at-every-position": "You counted gamma and beta at every position. This tool counts them once for the image.",
    "nothing-counted": "This tool does count something for the layer behind the convolution. What?",
    "parameters-for-macs": "Those are the parameters. Each weight works once at every position of the output.",
    "weights-for-macs": "Those are the weights. Each works once at every position of the output.",
    "biases-counted": "You counted the biases as well. A bias is only added, and a multiply-accumulate multiplies.",
    "flops-for-macs": "Those are floating-point operations. A multiply-accumulate is a multiplication and an addition.",
    "macs-for-flops": "Those are multiply-accumulates. Each is two operations: a multiplication and an addition.",
    "one-side-of-output": "You counted the positions along one axis. The output has rows and columns.",
    "parameters-only": "You compared the parameters. The question is about the work.",
    # receptive field
    "jump-ignored": "You let each layer move pixel by pixel. After a stride, one step is several pixels of the image.",
    "own-stride-first": "You used a layer's own stride too early. It widens the steps of the layers behind it.",
    "kernel-not-less-one": "You added the whole kernel. One of its cells was there already.",
    "start-forgotten": "You started from nothing. Before the first layer a cell sees a pixel: itself.",
    "kernels-added": "You added the kernels. A layer behind the first adds one cell less than its kernel, times the jump.",
    "kernels-multiplied": "You multiplied the kernels. Each layer adds its reach to the field.",
    "jump-for-size": "That is the jump from one field to the next. The question is how wide the field is.",
    # units
    "mib-for-mb": "You divided by the binary unit. That gives MiB, and the question asks for MB.",
    "mb-for-mib": "You divided by the decimal unit. That gives MB, and the question asks for MiB.",
    "values-for-bytes": "You counted values. A number of single precision takes four bytes.",
    "gradients-counted": "You doubled. The question is about the parameters alone, without gradients.",
    "one-way-only": "You counted the outputs once. This tool doubles them, for the gradients.",
    "last-activation-counted": "You put an activation behind the last layer, too. The scores go out as they are.",
    "normalisation-once": "You counted a single normalisation. It stands behind each of the first two convolutions.",
    "batch-of-two": "You doubled once too often. The rule counts one image.",
    # slips of arithmetic
    "off-by-one": "Nearly. Your number is a neighbour of the right one: look for a one that you added or left out.",
    "digits-swapped": "The digits are right, their order is not. Read your result again.",
    "factor-two": "You are off by a factor of two. Look for something that comes in pairs, or for a sum done twice.",
    "factor-ten": "You are off by a factor of ten. Count the places once more.",
}

SMALLEST_FOR_SLIPS = 20
SLIPS = ("off-by-one", "digits-swapped", "factor-two", "factor-ten")


def slips(right):
    """The wrong values that a slip of arithmetic makes of the integer ``right``: a dict of value → slug."""
    if right == 0:
        return {}
    found = {}
    for value in (right + 1, right - 1):
        found.setdefault(value, "off-by-one")
    if abs(right) < SMALLEST_FOR_SLIPS:  # a factor or an order of digits would give a small number away
        return found
    digits = str(abs(right))
    for i in range(len(digits)):
        for j in range(i + 1, len(digits)):
            swapped = list(digits)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            if swapped[0] != "0":
                found.setdefault(int("".join(swapped)) * (-1 if right < 0 else 1), "digits-swapped")
    for slug, factor in (("factor-two", 2), ("factor-ten", 10)):
        found.setdefault(right * factor, slug)
        if right % factor == 0:
            found.setdefault(right // factor, slug)
    found.pop(right, None)
    return found
