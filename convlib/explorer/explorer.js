// <conv-explorer>: a layer to play with. One file, no dependencies, no requests; the arithmetic is convlib's.
//
// In this order: the arithmetic (pure functions, convExplorerArithmetic), the words, the picture (a canvas), the
// element. A state is what a layer is called with: pairs (height first) under PyTorch's names, channels, flags, mode.
// A comment has lines of its own: convlib leaves them out of a page.

if (!customElements.get("conv-explorer")) {
  // ---- The arithmetic --------------------------------------------------------------------------------------------

  const BOUNDS = {
    input_size: [1, 512], kernel_size: [1, 16], stride: [1, 16], padding: [0, 8], dilation: [1, 4],
    output_padding: [0, 7], in_channels: [1, 4096], out_channels: [1, 4096], groups: [1, 4096],
  };
  const PAIRS = ["input_size", "kernel_size", "stride", "padding", "dilation", "output_padding"];
  const CHANNELS = ["in_channels", "out_channels", "groups"];
  const FLAGS = ["bias", "ceil_mode"];
  const MODES = ["convolution", "pooling", "transposed"];
  const USUAL = {
    mode: "convolution", input_size: [5, 5], kernel_size: [3, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1],
    output_padding: [0, 0], in_channels: 1, out_channels: 1, groups: 1, bias: true, ceil_mode: false,
  };
  const AXES = ["height", "width"];

  const grouped = (value) => (value < 0 ? "−" : "") + String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ",");

  function decimal(dividend, divisor) {
    const hundredths = Math.floor((Math.abs(dividend) * 100) / divisor);
    const full = `${grouped(Math.floor(hundredths / 100))}.${String(hundredths % 100).padStart(2, "0")}`;
    const rest = (Math.abs(dividend) * 100) % divisor;
    return (dividend < 0 ? "−" : "") + (rest ? `${full}…` : full.replace(/\.?0+$/, ""));
  }

  // A sum that remembers how it was done. A node has a value, how tightly it binds (0 sum, 1 product, 2 atom), and
  // its parts, [text, key]: the key names the control that a number came from.
  const number = (value, key) => ({ value, binds: 2, parts: () => [[grouped(value), key]] });
  const within = (node, around, rounded) =>
    node.binds < around ? [["("], ...node.parts(rounded), [")"]] : node.parts(rounded);
  const sum = (left, right, sign = 1) => ({
    value: left.value + sign * right.value,
    binds: 0,
    parts: (rounded) =>
      right.value === 0 // "+ 2·0" says nothing: left out
        ? left.parts(rounded)
        : [...left.parts(rounded), [sign > 0 ? " + " : " − "], ...within(right, sign > 0 ? 0 : 1, rounded)],
  });
  const less = (left, right) => sum(left, right, -1);
  const times = (left, right) => ({
    value: left.value * right.value,
    binds: 1,
    parts: (rounded) => {
      const factor = within(right, 1, rounded);
      return [...within(left, 1, rounded), ["·"], ...(right.divides ? [["("], ...factor, [")"]] : factor)];
    },
  });
  const over = (dividend, divisor, ceil) => ({
    value: (ceil ? Math.ceil : Math.floor)(dividend.value / divisor.value) + 0, // + 0: no minus zero
    binds: 1,
    divides: true,
    parts: (rounded) => {
      const inside =
        rounded && dividend.value % divisor.value
          ? [[decimal(dividend.value, divisor.value)]]
          : [...within(dividend, 2, rounded), ["/"], ...within(divisor, 2, rounded)];
      if (dividend.value % divisor.value === 0) return inside;
      return [[ceil ? "⌈" : "⌊"], ...inside, [ceil ? "⌉" : "⌋"]];
    },
  });
  const textOf = (parts) => parts.map(([text]) => text).join("");

  // The worked line of a node, in parts; the last part has the key "result".
  function working(node) {
    const steps = [node.parts(false), node.parts(true)];
    if (textOf(steps[0]) === textOf(steps[1])) steps.pop();
    const value = grouped(node.value);
    if (steps.length > 1 || textOf(steps[0]) !== value) steps.push([[value, "result"]]);
    return steps.flatMap((step, index) => (index ? [[" = "], ...step] : step));
  }

  const spanOf = (kernel, dilation) => dilation * (kernel - 1) + 1;

  // What PyTorch refuses along one axis: "half", "fit", "extra", "empty", or "" for nothing. All arguments are ints.
  function axisRefusal(mode, size, kernel, stride, padding, dilation, extra, ceil) {
    const span = spanOf(kernel, dilation), room = size + 2 * padding - span;
    if (mode === "transposed") {
      if (extra >= stride && extra >= dilation) return "extra";
      return (size - 1) * stride - 2 * padding + span + extra < 1 ? "empty" : "";
    }
    if (mode === "convolution") return room < 0 ? "fit" : "";
    if (padding > Math.floor(kernel / 2)) return "half";
    return (ceil ? Math.ceil : Math.floor)(room / stride) + 1 < 1 ? "fit" : "";
  }

  // The size along one axis as a node. `dropped` says that ceil_mode's last window was taken back.
  function axisSize(mode, size, kernel, stride, padding, dilation, extra, ceil, axis = 0) {
    const key = (name) => name + axis;
    const H = number(size, key("input_size")), S = number(stride, key("stride"));
    const P2 = times(number(2), number(padding, key("padding"))), K = number(kernel, key("kernel_size"));
    const D = number(dilation, key("dilation")), one = number(1);
    const F = dilation === 1 ? K : sum(times(D, less(K, one)), one);
    if (mode === "transposed")
      return sum(sum(less(times(less(H, one), S), P2), F), number(extra, key("output_padding")));
    const rounded = mode === "pooling" && ceil;
    const node = sum(over(less(sum(H, P2), F), S, rounded), one);
    if (!rounded || (node.value - 1) * stride < size + padding) return node;
    return Object.assign(less(node, one), { dropped: true });
  }

  const along = (state, axis) => [state.mode, ...PAIRS.slice(0, 5).map((name) => state[name][axis]),
    state.output_padding[axis], state.ceil_mode];
  const sizes = (state) => [0, 1].map((axis) => axisSize(...along(state, axis), axis));

  function channelRefusal(state) {
    if (state.mode === "pooling") return "";
    return ["in_channels", "out_channels"].find((name) => state[name] % state.groups) ?? "";
  }

  function weights(state) {
    const [F_H, F_W] = state.kernel_size.map((side, axis) => number(side, "kernel_size" + axis));
    const C_in = number(state.in_channels, "in_channels"), C_out = number(state.out_channels, "out_channels");
    const depth = state.groups === 1 ? C_in : over(C_in, number(state.groups, "groups"));
    return { node: times(times(times(F_H, F_W), depth), C_out), C_out };
  }

  function parameters(state) {
    if (state.mode === "pooling") return number(0);
    const { node, C_out } = weights(state);
    return sum(node, state.bias ? C_out : number(0));
  }

  // Each weight meets each position of the window: an output cell, or an input pixel of a transposed convolution.
  function macs(state) {
    if (state.mode === "pooling") return number(0);
    const positions = state.mode === "transposed" ? state.input_size : sizes(state).map((node) => node.value);
    const key = state.mode === "transposed" ? "input_size" : "output_size";
    return positions.reduce((node, size, axis) => times(node, number(size, key + axis)), weights(state).node);
  }

  // Both axes in one line, as convlib writes them.
  function sizeLine(state) {
    const lines = sizes(state).map((node) => textOf(working(node)));
    return lines[0] === lines[1] ? lines[0] : `H: ${lines[0]}, W: ${lines[1]}`;
  }

  function usedBy(state) {
    const extra = { convolution: [], pooling: ["ceil_mode"], transposed: ["output_padding"] }[state.mode];
    const channels = state.mode === "pooling" ? ["in_channels"] : [...CHANNELS, "bias"];
    return [...PAIRS.slice(0, 5), ...channels, ...extra];
  }

  const inBounds = (name, value) => Number.isInteger(value) && value >= BOUNDS[name][0] && value <= BOUNDS[name][1];

  // Everything that keeps the layer from being built: {code, name, axis}; an empty list for a layer that works.
  function problems(state) {
    const found = [];
    for (const name of usedBy(state))
      for (const [axis, value] of [state[name]].flat().entries())
        if (name in BOUNDS && !inBounds(name, value)) found.push({ code: "bound", name, axis });
    if (found.length) return found;
    for (const axis of [0, 1]) {
      const code = axisRefusal(...along(state, axis));
      if (code) found.push({ code, axis });
    }
    const name = channelRefusal(state);
    if (name) found.push({ code: "groups", name });
    return found;
  }

  const withValue = (state, name, axis, value, both) =>
    Array.isArray(state[name])
      ? { ...state, [name]: state[name].map((old, index) => (both || index === axis ? value : old)) }
      : { ...state, [name]: value };

  // The smallest single changes after which this problem is gone: [{name, axis, value, state}].
  function mends(state, problem, linked = {}) {
    if (problem.code === "bound") {
      const { name, axis } = problem, [low, high] = BOUNDS[name];
      const now = [state[name]].flat()[axis];
      const value = Number.isFinite(now) ? Math.min(high, Math.max(low, Math.round(now))) : [USUAL[name]].flat()[0];
      return [{ name, axis, value, state: withValue(state, name, axis, value, linked[name]) }];
    }
    const channels = problem.code === "groups";
    const names = channels ? ["groups", "in_channels", "out_channels"]
      : usedBy(state).filter((name) => PAIRS.includes(name)).sort((a, b) => (a === "input_size") - (b === "input_size"));
    const refusal = (tried, axis) => (channels ? channelRefusal(tried) : axisRefusal(...along(tried, axis)));
    const search = (name, good) => {
      const now = [state[name]].flat()[problem.axis ?? 0], [low, high] = BOUNDS[name];
      for (let far = 1; far <= high - low; far++)
        for (const value of [now - far, now + far]) {
          if (value < low || value > high) continue;
          const tried = withValue(state, name, problem.axis, value, linked[name]);
          if (good(tried, name)) return { name, axis: problem.axis, value, state: tried };
        }
      return null;
    };
    const axes = (name) => (channels ? [0] : linked[name] ? [0, 1] : [problem.axis]);
    const whole = (tried, name) => axes(name).every((axis) => !refusal(tried, axis));
    const partly = (tried) => refusal(tried, problem.axis) !== (channels ? problem.name : problem.code);
    const found = names.map((name) => search(name, whole)).filter(Boolean);
    return found.length ? found : names.map((name) => search(name, partly)).filter(Boolean);
  }

  // Where the windows lie on one axis. The window moves over the padded input; of a transposed convolution, which
  // writes instead of reading, over the output with what padding cuts off. Pixels are counted from 0.
  function axisGeometry(state, axis) {
    const [mode, size, kernel, stride, padding, dilation] = along(state, axis);
    const result = sizes(state)[axis].value, span = spanOf(kernel, dilation), back = mode === "transposed";
    const count = back ? size : result, inside = back ? result : size;
    const start = (position) => position * stride - padding;
    const low = -padding, high = Math.max(back ? inside : inside + padding, start(count - 1) + span);
    const reads = (position) => Array.from({ length: kernel }, (_, cell) => start(position) + cell * dilation);
    const readers = (pixel) => {
      const found = [];
      const first = Math.max(0, Math.ceil((pixel + padding - span + 1) / stride));
      for (let at = first; at < count && start(at) <= pixel; at++)
        if ((pixel - start(at)) % dilation === 0) found.push(at);
      return found;
    };
    const read = new Uint8Array(inside);
    for (let at = 0; at < count; at++) for (const pixel of reads(at)) if (pixel >= 0 && pixel < inside) read[pixel] = 1;
    const unread = [];
    read.forEach((yes, pixel) => yes || unread.push(pixel));
    return { inside, count, span, stride, padding, dilation, kernel, low, high, start, reads, readers, unread };
  }

  const unreadCount = ([rows, columns]) =>
    rows.inside * columns.inside - (rows.inside - rows.unread.length) * (columns.inside - columns.unread.length);

  const python = (pair) => (pair[0] === pair[1] ? String(pair[0]) : `(${pair.join(", ")})`);

  function pytorchLine(state) {
    const named = [];
    const add = (name, usual) => {
      const text = Array.isArray(state[name]) ? python(state[name]) : state[name] ? "True" : "False";
      if (text !== usual) named.push(`${name}=${text}`);
    };
    add("kernel_size");
    add("stride", state.mode === "pooling" ? python(state.kernel_size) : "1");
    add("padding", "0");
    if (state.mode === "transposed") add("output_padding", "0");
    add("dilation", "1");
    if (state.mode === "pooling") {
      add("ceil_mode", "False");
      return `torch.nn.MaxPool2d(${named.join(", ")})`;
    }
    if (state.groups !== 1) named.push(`groups=${state.groups}`);
    add("bias", "True");
    const kind = state.mode === "transposed" ? "ConvTranspose2d" : "Conv2d";
    return `torch.nn.${kind}(${[state.in_channels, state.out_channels, ...named].join(", ")})`;
  }

  // A state as text, for a link and for the element's attributes, and back: what is not understood keeps `usual`.
  function toQuery(state) {
    const fields = [["mode", state.mode]];
    for (const name of usedBy(state)) {
      const value = state[name];
      fields.push([name, Array.isArray(value) ? value.join("x") : String(Number(value))]);
    }
    return fields.map((field) => field.join("=")).join("&");
  }

  function fromFields(get, usual = USUAL) {
    const state = { ...usual };
    const whole = (text) => (/^\d{1,4}$/.test(text) ? Number(text) : NaN);
    if (MODES.includes(get("mode"))) state.mode = get("mode");
    for (const name of PAIRS) {
      const pair = (get(name) ?? "").split("x").map(whole);
      if (pair.length <= 2 && pair.every((value) => inBounds(name, value))) state[name] = [pair[0], pair.at(-1)];
    }
    for (const name of CHANNELS) if (inBounds(name, whole(get(name)))) state[name] = whole(get(name));
    for (const name of FLAGS) if (["0", "1"].includes(get(name))) state[name] = get(name) === "1";
    return state;
  }

  const arithmetic = { BOUNDS, USUAL, axisRefusal, axisSize, axisGeometry, channelRefusal, fromFields, grouped, macs,
    mends, parameters, problems, pytorchLine, sizeLine, sizes, textOf, toQuery, unreadCount, working };
  globalThis.convExplorerArithmetic = arithmetic;

  // ---- The words -------------------------------------------------------------------------------------------------

  const plural = (count, one, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;

  // Pixels counted from 0 as people count them: "2–4", "1, 3, 5".
  function places(list) {
    const own = list.map((place) => grouped(place + 1));
    if (own.length === 1) return own[0];
    if (list.at(-1) - list[0] === list.length - 1) return `${own[0]}–${own.at(-1)}`;
    return own.length <= 5 ? own.join(", ") : `${own[0]}, ${own[1]}, … ${own.at(-1)}`;
  }
  const counted = (word, list) => `${word}${list.length === 1 ? "" : "s"} ${places(list)}`;
  const area = (rows, columns) => `${counted("row", rows)}, ${counted("column", columns)}`;

  function sayProblem(state, { code, name, axis, both }) {
    const of = (what) => `${what}=${state[what][axis]}`;
    const [, size, kernel, , padding, dilation] = along(state, axis ?? 0);
    const where = both ? "height and the width" : AXES[axis];
    if (code === "bound") return `${name}${Array.isArray(state[name]) && !both ? ` (${where})` : ""} must be a whole number from ${BOUNDS[name].join(" to ")}.`;
    if (code === "groups") return `groups=${state.groups} must divide ${name}=${state[name]}: every group takes the same number of channels.`;
    if (code === "half") return `Along the ${where}, ${of("padding")} must be at most half of ${of("kernel_size")}, rounded down.`;
    if (code === "extra") return `Along the ${where}, ${of("output_padding")} must be smaller than ${of("stride")} or ${of("dilation")}.`;
    if (code === "empty") return `Along the ${where}, ${of("padding")} leaves no output: ${textOf(working(sizes(state)[axis]))}; it must be at least 1.`;
    return `Along the ${where} the window does not fit: it spans ${spanOf(kernel, dilation)}, the padded input has only ${size + 2 * padding}.`;
  }

  // What the rounding did along one axis, or along both if they are alike; nothing if the division is exact.
  function sayRounding(state, axis, geometry, alike) {
    const [mode, size, , stride, padding, , , ceil] = along(state, axis);
    const room = size + 2 * padding - geometry.span;
    if (mode === "transposed" || room % stride === 0) return "";
    const node = sizes(state)[axis], shown = decimal(room, stride), lines = axis ? "column" : "row";
    if (mode === "pooling" && ceil) {
      if (node.dropped) return `${shown} is rounded up, but the window that this adds would start in the padding after the input: PyTorch drops it.`;
      const out = geometry.start(node.value - 1) + geometry.span - size - padding;
      return `${shown} is rounded up: the last window sticks out by ${plural(out, "cell")}.`;
    }
    const left = room % stride, lost = Math.max(0, left - padding);
    const last = (kind) => `the last ${lost === 1 ? kind : `${lost} ${kind}s`}`;
    const unread = alike ? `${last("row")} and ${last("column")} of the input are` : `${last(lines)} of the input ${lost === 1 ? "is" : "are"}`;
    const what = lost ? `${unread} read by no window` : "all of it padding, so nothing of the input is lost";
    const over = alike ? `${plural(left, "row")} and ${plural(left, "column")} of cells are` : `${plural(left, lines)} of cells ${left === 1 ? "is" : "are"}`;
    return `${shown} is rounded down: after the last window ${over} left, too few for a step of ${stride}; ${what}.`;
  }

  // The window at a position: what it reads and fills.
  function sayWindow(state, [rows, columns], [row, column]) {
    const total = rows.count * columns.count, place = row * columns.count + column + 1;
    const inside = (axis, at) => axis.reads(at).filter((pixel) => pixel >= 0 && pixel < axis.inside).length;
    const cells = rows.kernel * columns.kernel, out = cells - inside(rows, row) * inside(columns, column);
    const covered = area(rows.reads(row), columns.reads(column)), own = `row ${row + 1}, column ${column + 1}`;
    if (state.mode === "transposed")
      return `Input pixel ${grouped(place)} of ${grouped(total)} (${own}) writes ${plural(cells, "cell")}: ${covered}` +
        (out ? `; ${grouped(out)} of them ${out === 1 ? "is" : "are"} cut off.` : ".");
    return `Window ${grouped(place)} of ${grouped(total)} reads ${plural(cells, "cell")}, ${covered}` +
      `${out ? ` (${grouped(out)} outside the input)` : ""}, and fills output ${own}.`;
  }

  // A pixel of the grid under the window: who reads or writes it.
  function sayPixel(state, [rows, columns], [row, column]) {
    const by = [rows.readers(row), columns.readers(column)], own = `row ${grouped(row + 1)}, column ${grouped(column + 1)}`;
    const count = by[0].length * by[1].length;
    if (state.mode === "transposed")
      return count ? `Output cell ${own} is fed by ${plural(count, "input pixel")}: ${area(...by)}.`
        : `Output cell ${own} is fed by no input pixel; ${state.bias ? "it holds the bias alone" : "it stays 0"}.`;
    return count ? `Input pixel ${own} feeds ${plural(count, "output cell")}: ${area(...by)}.`
      : `Input pixel ${own} feeds no output cell: no window reads it.`;
  }

  // ---- The picture -----------------------------------------------------------------------------------------------

  const COLOURS = {
    paper: ["#ffffff", "#14181e"], ink: ["#1f2933", "#e6e9ee"], muted: ["#5f6b78", "#a3afbc"],
    line: ["#868e96", "#7c8894"], input: ["#dbeafd", "#17344f"], padding: ["#f3f4f6", "#222a33"],
    window: ["#ffdfb8", "#6b3c0c"], window_edge: ["#c2410b", "#ff9f45"], output: ["#d2f2da", "#163f29"],
    output_edge: ["#196c2e", "#5cd17d"], unread: ["#b4232a", "#ff8a8a"],
  };
  // Pixels. A cell below GRID is too small for lines of its own, one below ROOM for dashes and letters.
  const HEAD = 24, EDGE = 8, TALLEST = 380, GRID = 4, ROOM = 13;

  // Where the grids stand on a canvas of this width: big (under the window), small, and a close-up where big is too
  // large to show its cells. Each: {kind, x, y, cell, rows: [first, end], columns: [first, end]}.
  function arrange(width, state, [rows, columns]) {
    const narrow = width < 480, back = state.mode === "transposed", w = width - 2 * EDGE;
    const big = { kind: "big", rows: [rows.low, rows.high], columns: [columns.low, columns.high] };
    const small = { kind: "small", rows: [0, rows.count], columns: [0, columns.count] };
    const high = (p) => p.rows[1] - p.rows[0], wide = (p) => p.columns[1] - p.columns[0];
    const fit = (p, across, down, most) => Math.min(most, across / wide(p), down / high(p));
    const gap = narrow ? 20 : 40, tallest = narrow ? 300 : TALLEST;
    const pair = back ? [small, big] : [big, small];
    const same = Math.min((w - gap) / (wide(big) + Math.max(2, wide(small))), tallest / Math.max(high(big), high(small)), 34);
    const stacked = Math.min(w / wide(big), w / wide(small), tallest / high(big), tallest / high(small), 34);
    const row = (list, y) => { // side by side, centred
      const total = list.reduce((sum, p) => sum + Math.max(wide(p) * p.cell, 40), 0), down = Math.max(...list.map((p) => high(p) * p.cell));
      const space = list.length > 1 ? Math.min(gap * 1.5, (w - total) / (list.length - 1)) : 0;
      let x = EDGE + (w - total - space * (list.length - 1)) / 2;
      for (const p of list) {
        const own = Math.max(wide(p) * p.cell, 40);
        Object.assign(p, { x: x + (own - wide(p) * p.cell) / 2, y: y + HEAD + (down - high(p) * p.cell) / 2 });
        x += own + space;
      }
      return y + HEAD + down + EDGE;
    };
    let foot;
    if (same >= (narrow ? 10 : 5.5)) {
      big.cell = small.cell = same;
      foot = row(pair, 0);
      return { panels: pair, height: foot };
    }
    if (narrow && stacked >= 5.5) {
      big.cell = small.cell = stacked;
      foot = row([pair[0]], 0);
      return { panels: pair, height: row([pair[1]], foot) };
    }
    const view = (axis) => Math.min(axis.high - axis.low, Math.max(axis.span + 4, 9));
    const lens = { kind: "lens", rows: [0, view(rows)], columns: [0, view(columns)] };
    const part = narrow ? [1, 0.5, 0.5] : [0.42, 0.29, 0.29], room = narrow ? w : w - 2 * gap;
    big.cell = fit(big, room * part[0], narrow ? 260 : 300, 12);
    lens.cell = fit(lens, (narrow ? w - gap : room) * part[1], narrow ? 150 : 220, 24);
    small.cell = fit(small, (narrow ? w - gap : room) * part[2], narrow ? 150 : 220, 12);
    if (!narrow) return { panels: [big, lens, small], height: row(back ? [small, lens, big] : [big, lens, small], 0), scaled: true };
    foot = row([big], 0);
    return { panels: [big, lens, small], height: row(back ? [small, lens] : [lens, small], foot), scaled: true };
  }

  class Painter {
    constructor(canvas) {
      this.canvas = canvas;
      this.context = canvas.getContext("2d");
    }

    // Everything anew: `scene` has state, geometry, panels, position, pixel (or null), dark and font.
    draw(scene, width, height, density) {
      const { canvas, context } = this;
      if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
        canvas.width = Math.round(width * density);
        canvas.height = Math.round(height * density);
        canvas.style.height = `${height}px`;
      }
      this.scene = scene;
      this.density = density;
      this.colour = Object.fromEntries(Object.entries(COLOURS).map(([name, pair]) => [name, pair[Number(scene.dark)]]));
      this.hatch ??= {};
      this.hatch[scene.dark] ??= this._hatch();
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, width, height);
      const kinds = { big: this._big, lens: this._big, small: this._small };
      for (const panel of scene.panels) kinds[panel.kind].call(this, panel);
    }

    _hatch() {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 12;
      const context = tile.getContext("2d");
      context.strokeStyle = this.colour.unread;
      context.lineWidth = 1.6;
      for (const shift of [-12, 0, 12]) context.stroke(new Path2D(`M${shift - 2} 14L${shift + 14} -2`));
      const pattern = this.context.createPattern(tile, "repeat");
      pattern.setTransform(new DOMMatrix().scale(0.5));
      return pattern;
    }

    _rect(panel, rows, columns, { fill, edge, width = 1, dash = [] }) {
      const { context } = this, { x, y, cell } = panel;
      const box = [x + (columns[0] - panel.columns[0]) * cell, y + (rows[0] - panel.rows[0]) * cell,
        (columns[1] - columns[0]) * cell, (rows[1] - rows[0]) * cell];
      if (fill) {
        context.fillStyle = fill;
        context.fillRect(...box);
      }
      if (edge) {
        context.setLineDash(dash);
        context.strokeStyle = edge;
        context.lineWidth = width;
        context.strokeRect(...box);
        context.setLineDash([]);
      }
    }

    // The lines between cells, where cells are large enough to have some.
    _lines(panel, rows, columns, edge, dash = []) {
      const { context } = this, { x, y, cell } = panel;
      if (cell < GRID) return;
      const [top, bottom] = rows.map((row) => y + (row - panel.rows[0]) * cell);
      const [left, right] = columns.map((column) => x + (column - panel.columns[0]) * cell);
      context.beginPath();
      for (let row = 0; row <= rows[1] - rows[0]; row++) context.moveTo(left, top + row * cell), context.lineTo(right, top + row * cell);
      for (let column = 0; column <= columns[1] - columns[0]; column++) context.moveTo(left + column * cell, top), context.lineTo(left + column * cell, bottom);
      if (cell >= ROOM) context.setLineDash(dash);
      context.strokeStyle = edge;
      context.lineWidth = cell < 8 ? 0.4 : 0.7;
      context.stroke();
      context.setLineDash([]);
    }

    _text(panel, row, column, text, colour, size, bold = false) {
      const { context, scene } = this;
      context.font = `${bold ? "600 " : ""}${size}px ${scene.font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = colour;
      context.fillText(text, panel.x + (column - panel.columns[0]) * panel.cell, panel.y + (row - panel.rows[0]) * panel.cell + 0.5);
    }

    _label(panel, text, colour) {
      const middle = (panel.columns[0] + panel.columns[1]) / 2;
      this._text(panel, panel.rows[0] - 12 / panel.cell, middle, text, colour, 13);
    }

    _big(panel) {
      const { scene, colour, context } = this, [rows, columns] = scene.geometry, back = scene.state.mode === "transposed";
      let shown = panel;
      context.save();
      if (panel.kind === "lens") {
        shown = { ...panel, rows: this._view(panel.rows, rows, 0), columns: this._view(panel.columns, columns, 1) };
        context.beginPath();
        context.rect(panel.x, panel.y, panel.columns[1] * panel.cell, panel.rows[1] * panel.cell);
        context.clip();
      }
      const cut = (range, axis) => [Math.max(range[0], shown[axis][0]), Math.min(range[1], shown[axis][1])];
      const all = [cut([rows.low, rows.high], "rows"), cut([columns.low, columns.high], "columns")];
      const own = [cut([0, rows.inside], "rows"), cut([0, columns.inside], "columns")];
      this._rect(shown, ...all, { fill: back ? colour.paper : colour.padding, edge: colour.line, width: 0.7, dash: [2, 2] });
      this._lines(shown, ...all, colour.line, [2, 2]);
      if (own.every(([first, end]) => first < end)) {
        this._rect(shown, ...own, { fill: back ? colour.output : colour.input });
        this._unread(shown, own);
        this._lines(shown, ...own, back ? colour.output_edge : colour.line);
      }
      this._rect(shown, [0, rows.inside], [0, columns.inside], { edge: back ? colour.output_edge : colour.ink, width: 1.3 });
      const marked = { fill: colour.window, edge: shown.cell >= GRID ? colour.window_edge : null, width: 0.9 };
      if (scene.pixel) {
        const [row, column] = scene.pixel;
        this._rect(shown, [row, row + 1], [column, column + 1], { ...marked, edge: colour.window_edge, width: 2.4 });
      } else {
        const [row, column] = scene.position;
        for (const y of rows.reads(row)) for (const x of columns.reads(column)) this._rect(shown, [y, y + 1], [x, x + 1], marked);
        const [top, left] = [rows.start(row), columns.start(column)];
        this._rect(shown, [top, top + rows.span], [left, left + columns.span], { edge: colour.window_edge, width: shown.cell < GRID ? 1.6 : 2.4 });
      }
      this._outside(shown, all, own, back);
      context.restore();
      if (panel.kind === "lens") return this._rect(panel, panel.rows, panel.columns, { edge: colour.ink, width: 1, dash: [4, 3] });
      const lens = scene.panels.find(({ kind }) => kind === "lens");
      if (lens) this._rect(panel, this._view(lens.rows, rows, 0), this._view(lens.columns, columns, 1), { edge: colour.ink, width: 1, dash: [4, 3] });
      this._label(panel, `${grouped(rows.inside)} × ${grouped(columns.inside)}`, back ? colour.output_edge : colour.ink);
    }

    // The part of an axis that the close-up shows: the window, or the chosen pixel, in its middle.
    _view([, length], axis, which) {
      const { scene } = this, at = scene.pixel ? scene.pixel[which] : axis.start(scene.position[which]);
      const first = Math.round(at + (scene.pixel ? 1 : axis.span) / 2 - length / 2);
      const low = Math.max(axis.low, Math.min(axis.high - length, first));
      return [low, low + length];
    }

    // What padding holds, zeros or −∞, and × where a transposed convolution cuts off; only where there is room.
    _outside(panel, [rows, columns], own, back) {
      if (panel.cell < ROOM) return;
      const text = back ? "×" : this.scene.state.mode === "pooling" ? "−∞" : "0", { colour } = this;
      for (let row = rows[0]; row < rows[1]; row++)
        for (let column = columns[0]; column < columns[1]; column++)
          if (row < own[0][0] || row >= own[0][1] || column < own[1][0] || column >= own[1][1])
            this._text(panel, row + 0.5, column + 0.5, text, back ? colour.unread : colour.muted, Math.min(11, panel.cell * 0.42));
    }

    // Bands of hatching on whole dots of the screen; what is finer than a dot is drawn as one.
    _unread(panel, own) {
      const { context, scene, colour, density } = this, dots = (at) => at * density;
      const bands = ({ unread }, [first, end], at) => {
        const found = [];
        for (const pixel of unread) {
          if (pixel < first || pixel >= end) continue;
          const low = Math.floor(dots(at(pixel)) + 0.5), high = Math.max(low + 1, Math.floor(dots(at(pixel + 1)) + 0.5));
          if (found.length && low <= found.at(-1)[1]) found.at(-1)[1] = high;
          else found.push([low, high]);
        }
        return found.map((band) => band.map((dot) => dot / density));
      };
      const [y, x] = ["rows", "columns"].map((axis) => (pixel) => panel[axis === "rows" ? "y" : "x"] + (pixel - panel[axis][0]) * panel.cell);
      const [top, bottom] = own[0].map(y), [left, right] = own[1].map(x);
      const boxes = bands(scene.geometry[0], own[0], y).map(([low, high]) => [left, low, right - left, high - low]);
      boxes.push(...bands(scene.geometry[1], own[1], x).map(([low, high]) => [low, top, high - low, bottom - top]));
      for (const fill of [colour.paper, this.hatch[scene.dark]]) {
        context.fillStyle = fill;
        for (const box of boxes) context.fillRect(...box);
      }
    }

    _small(panel) {
      const { scene, colour } = this, [rows, columns] = scene.geometry, back = scene.state.mode === "transposed";
      const all = [[0, rows.count], [0, columns.count]], size = Math.min(11, panel.cell * 0.42), numbers = panel.cell >= 15;
      const [row, column] = scene.position, plain = { fill: colour.output }, marked = { fill: colour.window, edge: colour.window_edge };
      this._rect(panel, ...all, { fill: back ? colour.input : colour.paper });
      if (!back && !scene.pixel) {
        this._rect(panel, [0, row], all[1], plain);
        this._rect(panel, [row, row + 1], [0, column], plain);
      }
      this._lines(panel, ...all, colour.line);
      this._rect(panel, ...all, { edge: back ? colour.ink : colour.output_edge, width: 1.2 });
      const cells = scene.pixel ? [rows.readers(scene.pixel[0]), columns.readers(scene.pixel[1])] : [[row], [column]];
      for (const y of cells[0]) for (const x of cells[1])
        this._rect(panel, [y, y + 1], [x, x + 1], { ...marked, width: panel.cell < GRID ? 1.2 : 2.2 });
      if (numbers) {
        const filled = scene.pixel ? 0 : row * columns.count + column + 1;
        for (let y = 0; y < rows.count; y++) for (let x = 0; x < columns.count; x++) {
          const place = y * columns.count + x + 1, lit = cells[0].includes(y) && cells[1].includes(x);
          if (lit) this._text(panel, y + 0.5, x + 0.5, String(place), colour.ink, size, true);
          else if (!back && place < filled) this._text(panel, y + 0.5, x + 0.5, String(place), colour.output_edge, size);
        }
      }
      this._label(panel, `${grouped(rows.count)} × ${grouped(columns.count)}`, back ? colour.ink : colour.output_edge);
    }
  }

  // ---- The element -----------------------------------------------------------------------------------------------

  const PRESETS = [
    ["Cases of the book", [
      ["5 × 5, window 3", {}],
      ["… with padding 1", { padding: [1, 1] }],
      ["… with padding 1, stride 2", { padding: [1, 1], stride: [2, 2] }],
      ["6 × 8, window 3, stride 2", { input_size: [6, 8], stride: [2, 2] }],
      ["7 × 7, window 3, dilation 2", { input_size: [7, 7], dilation: [2, 2] }],
      ["4 × 6, nothing square", { input_size: [4, 6], kernel_size: [3, 2], stride: [1, 2], padding: [1, 0] }],
      ["Pooling, rounded up", { mode: "pooling", input_size: [6, 6], stride: [2, 2], ceil_mode: true }],
      ["Pooling, a window dropped", { mode: "pooling", kernel_size: [2, 2], stride: [2, 2], padding: [1, 1], ceil_mode: true }],
      ["Transposed, 4 to 8", { mode: "transposed", input_size: [4, 4], stride: [2, 2], padding: [1, 1], output_padding: [1, 1] }],
    ]],
    ["Layers of networks", [
      ["AlexNet, conv 1", { input_size: [227, 227], kernel_size: [11, 11], stride: [4, 4], in_channels: 3, out_channels: 96 }],
      ["AlexNet, pool 1", { mode: "pooling", input_size: [55, 55], stride: [2, 2], in_channels: 96, out_channels: 96 }],
      ["VGG, first 3 × 3", { input_size: [224, 224], padding: [1, 1], in_channels: 3, out_channels: 64 }],
      ["ResNet, stem", { input_size: [224, 224], kernel_size: [7, 7], stride: [2, 2], padding: [3, 3], in_channels: 3, out_channels: 64, bias: false }],
      ["Depthwise 3 × 3", { input_size: [112, 112], padding: [1, 1], in_channels: 32, out_channels: 32, groups: 32, bias: false }],
    ]],
  ];
  const SPEEDS = [1, 2, 5, 15, 60]; // windows in each second
  const SYMBOLS = { input_size: ["H", "W"], kernel_size: ["F_H", "F_W"], stride: ["S_H", "S_W"], padding: ["P_H", "P_W"],
    dilation: ["D_H", "D_W"], output_padding: ["O_H", "O_W"], in_channels: "C_in", out_channels: "C_out", groups: "G" };

  const CSS = `
:host { display: block; container-type: inline-size; margin: 1.5rem 0; scroll-margin-top: 5rem; text-align: left; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.box { ${Object.entries(COLOURS).map(([name, [light]]) => `--${name}: ${light}`).join("; ")};
  --rule: #d5dae0; --link: #0b5396; color-scheme: light; background: var(--paper); color: var(--ink);
  border: 1px solid var(--rule); border-radius: 6px; padding: 1rem 1.1rem; font-size: 0.95rem; line-height: 1.45; }
.box.dark { ${Object.entries(COLOURS).map(([name, [, dark]]) => `--${name}: ${dark}`).join("; ")};
  --rule: #3a434e; --link: #8cc0f5; color-scheme: dark; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
legend { padding: 0; }
legend, .name { display: block; font: 0.8rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--ink); }
input, select, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 4px; min-height: 1.9rem; }
input[type="number"] { width: 3.4rem; padding: 0.1rem 0.2rem 0.1rem 0.45rem; font-variant-numeric: tabular-nums; }
input[aria-invalid="true"] { border: 2px solid var(--unread); }
button { cursor: pointer; padding: 0.1rem 0.7rem; }
button:hover { border-color: var(--ink); }
select { padding: 0.1rem 0.3rem; max-width: 100%; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
a { color: var(--link); text-underline-offset: 0.18em; }
sub { font-size: 0.72em; line-height: 0; }
[hidden] { display: none !important; }
.hush { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; }
.top { justify-content: space-between; margin-bottom: 0.9rem; }
.choice { display: inline-flex; gap: 0 0.9rem; flex-wrap: wrap; }
.choice label, .tick { display: inline-flex; gap: 0.35rem; align-items: center; min-height: 1.9rem; }
.choice input, .tick input { accent-color: var(--link); margin: 0; min-height: 0; width: 1rem; height: 1rem; }
.controls { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0.7rem 0.9rem; }
.together { flex-wrap: nowrap; align-items: end; gap: 0.8rem; }
.together:not(:has(> :not([hidden]))) { display: none; }
.tick { align-self: end; }
.pair { display: flex; align-items: end; gap: 0.3rem; }
.pair label span { display: block; color: var(--muted); font-size: 0.8rem; font-style: italic; }
.one input[type="number"] { width: 4.3rem; }
.pair button { padding: 0; width: 1.5rem; border-color: transparent; background: none; color: var(--muted); }
.pair button:hover { border-color: var(--line); }
canvas { display: block; width: 100%; margin: 0.9rem 0 0.3rem; cursor: pointer; border-radius: 3px; }
.broken canvas { opacity: 0.25; }
.broken :is(.steps, .says, dl, .last) { display: none; }
.says { min-height: 2.9em; margin: 0.4rem 0 0; }
.steps { gap: 0.5rem; }
.steps button { min-width: 2.4rem; }
.push { margin-left: auto; gap: 0 0.6rem; }
.refusal { border-left: 4px solid var(--unread); padding: 0.1rem 0 0.1rem 0.8rem; margin: 0.9rem 0 0; }
.refusal p { margin: 0.5rem 0 0.4rem; }
.refusal .row { gap: 0.4rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1rem; margin: 0.9rem 0; padding-top: 0.8rem; border-top: 1px solid var(--rule); }
dt { color: var(--muted); font-weight: 400; margin: 0; }
dd { margin: 0; min-width: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dd p { margin: 0.1rem 0 0; }
.note { color: var(--muted); }
.result { font-weight: 650; }
.changed { font-weight: 650; background: var(--window); box-shadow: 0 2px 0 var(--window_edge); border-radius: 2px 2px 0 0; padding: 0 0.1em; }
pre { margin: 0; flex: 1 1 16rem; min-width: 0; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0.4rem 0.6rem; background: var(--padding); border-radius: 4px;
  font: 0.85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--ink); }
@container (max-width: 30rem) {
  .box { padding: 0.8rem 0.7rem; }
  .controls { grid-template-columns: repeat(2, 1fr); gap: 0.7rem 0.6rem; }
  .pair { gap: 0.15rem; }
  dl { grid-template-columns: 1fr; gap: 0.05rem; }
  dd { margin-bottom: 0.5rem; }
  pre { flex-basis: 100%; }
}
@media print { .top, .controls, .steps, .refusal .row, .last { display: none; } .box { break-inside: avoid; } }
`;

  const symbol = (text) => { // F_H as F with a small H below
    const [letter, below] = text.split("_");
    return below ? `${letter}<sub>${below}</sub>` : letter;
  };
  const numberInput = (name, axis) =>
    `<input type="number" step="1" min="${BOUNDS[name][0]}" max="${BOUNDS[name][1]}" data-name="${name}" data-axis="${axis}">`;
  const pairControl = (name) => `<fieldset data-control="${name}"><legend>${name}</legend><div class="pair">${AXES.map(
    (axis, at) => `<label><span><span aria-hidden="true">${symbol(SYMBOLS[name][at])}</span><span class="hush">${axis}</span></span>${numberInput(name, at)}</label>`,
  ).join(`<button type="button" data-link="${name}" aria-label="${name}: the same along both"></button>`)}</div></fieldset>`;
  const channelControl = (name) => `<div data-control="${name}" class="pair one"><label><b class="name" style="font-weight:400">${name}</b>` +
    `<span aria-hidden="true">${symbol(SYMBOLS[name])}</span>${numberInput(name, 0)}</label></div>`;
  const tick = (name) => `<label class="tick" data-control="${name}"><input type="checkbox" data-name="${name}"><span class="name">${name}</span></label>`;
  const radio = (group, list, data) => `<fieldset><legend class="hush">${group}</legend><div class="choice">${list.map(([value, text]) =>
    `<label><input type="radio" name="${data}" value="${value}"><span>${text}</span></label>`).join("")}</div></fieldset>`;

  // Constant text only: what depends on a reader or a link is set as text.
  const HTML = `<style>${CSS}</style><div class="box" role="group" aria-label="Explorer of a layer">
<div class="row top">${radio("Kind of layer", MODES.map((mode) => [mode, mode]), "mode")}
<label><span class="hush">Case</span><select data-part="preset"><option value="">A case to start from …</option>${PRESETS.map(
    ([title, list], at) => `<optgroup label="${title}">${list.map(([text], index) => `<option value="${at}.${index}">${text}</option>`).join("")}</optgroup>`,
  ).join("")}</select></label></div>
<div class="controls">${PAIRS.map(pairControl).join("")}${CHANNELS.slice(0, 2).map(channelControl).join("")}
<div class="row together">${channelControl("groups")}${tick("bias")}</div>${tick("ceil_mode")}</div>
<div class="refusal" hidden></div>
<canvas tabindex="0" role="slider" aria-label="Position of the window; arrow keys move it"></canvas>
<div class="row steps"><button type="button" data-step="-1" aria-label="Step back">←</button><button type="button" data-part="play">Play</button>
<button type="button" data-step="1" aria-label="Step forward">→</button><span class="count"></span>
<label class="speed"><span class="hush">Speed, windows per second</span><select data-part="speed">${SPEEDS.map((speed) => `<option value="${speed}">${speed}/s</option>`).join("")}</select></label>
<span class="push row"><span class="note" aria-hidden="true">Follow the</span>${radio("Follow", [["window", ""], ["pixel", ""]], "follow")}</span></div>
<p class="says"></p>
<dl><dt data-part="sizename">Output</dt><dd data-part="size"></dd><dt>Parameters</dt><dd data-part="parameters"></dd><dt><abbr title="multiply-accumulates" style="text-decoration:none">MACs</abbr></dt><dd data-part="macs"></dd></dl>
<div class="row last"><pre><code></code></pre><button type="button" data-part="copy">Copy</button><a data-part="link">Link to this case</a></div>
<div class="hush" role="status"></div></div>`;

  const matches = (query) => globalThis.matchMedia(query);

  class ConvExplorer extends HTMLElement {
    static arithmetic = arithmetic;

    connectedCallback() {
      if (!this.shadowRoot) this._build();
      this._listen();
      this._theme();
      this._motion();
      this._restore(!globalThis.scrollY) || this.change(this.state); // a reader who has moved on stays there
    }

    disconnectedCallback() {
      this.pause();
      this._stop.abort();
      this._watchers.forEach((watcher) => watcher.disconnect());
    }

    // ---- Set-up

    _build() {
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = HTML;
      const find = (selector) => root.querySelector(selector), part = (name) => find(`[data-part="${name}"]`);
      this.parts = { box: find(".box"), canvas: find("canvas"), refusal: find(".refusal"), says: find(".says"), count: find(".count"),
        status: find('[role="status"]'), code: find("code"), speed: find(".speed"),
        ...Object.fromEntries(["preset", "play", "size", "parameters", "macs", "copy", "link"].map((name) => [name, part(name)])) };
      this.painter = new Painter(this.parts.canvas);
      this.own = this.state = fromFields((name) => this.getAttribute(name));
      this.position = [0, 0];
      this.pixel = null;
      this._link();
      part("speed").value = "2";
      root.querySelector('[value="window"]').checked = true;
    }

    _listen() {
      this._stop = new AbortController();
      const root = this.shadowRoot, { canvas } = this.parts, signal = this._stop.signal;
      const on = (target, type, act, options) => target.addEventListener(type, act.bind(this), { signal, ...options });
      on(root, "input", this._entered);
      on(root, "click", this._clicked);
      // The page around has shortcuts of its own; what is typed here is not for it.
      on(root, "keydown", (event) => event.ctrlKey || event.metaKey || event.altKey || event.stopPropagation());
      on(canvas, "keydown", this._key);
      on(canvas, "pointerdown", this._down);
      on(canvas, "pointermove", this._move);
      on(canvas, "pointerup", this._up);
      on(canvas, "pointercancel", () => (this._drag = null));
      on(canvas, "touchstart", (event) => this._drag?.grip && event.preventDefault(), { passive: false });
      on(globalThis, "hashchange", ({ oldURL }) => {
        const back = !location.hash && oldURL.includes(`#${this._name()}&`);
        if (!this._restore() && back) this.change(this.own, true);
      });
      on(matches("(prefers-color-scheme: dark)"), "change", this._theme);
      on(matches("(prefers-reduced-motion: reduce)"), "change", this._motion);
      const theme = new MutationObserver(() => this._theme());
      for (const element of [document.documentElement, document.body])
        theme.observe(element, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] });
      const size = new ResizeObserver(() => this.draw());
      size.observe(this);
      this._watchers = [theme, size];
    }

    _theme() {
      const book = document.documentElement.dataset.theme, lab = document.body.dataset.jpThemeLight;
      this.dark = book === "dark" || (book !== "light" && (lab ? lab === "false" : matches("(prefers-color-scheme: dark)").matches));
      this.parts.box.classList.toggle("dark", this.dark);
      this.draw();
    }

    _motion() {
      const still = matches("(prefers-reduced-motion: reduce)").matches;
      if (still) this.pause();
      this.parts.play.hidden = this.parts.speed.hidden = still;
    }

    // In a page's address; explorers are counted from 1.
    _name() {
      return `explorer-${[...document.querySelectorAll("conv-explorer")].indexOf(this) + 1}`;
    }

    // The case that the page's address names, if it names one for this explorer.
    _restore(reach = true) {
      const [name, ...fields] = location.hash.slice(1).split("&");
      if (name !== this._name()) return false;
      const given = new Map(fields.map((field) => field.split("=", 2)));
      const place = (field) => /^(\d{1,4})x(\d{1,4})$/.exec(given.get(field))?.slice(1).map(Number);
      this.position = place("window") ?? [0, 0];
      this.pixel = place("pixel") ?? null;
      this.change(fromFields((field) => given.get(field), this.own), true);
      if (this.geometry) {
        this._clamp();
        this.show();
      }
      const { top, bottom } = this.getBoundingClientRect();
      if (reach && (top >= innerHeight || bottom <= 0)) this.scrollIntoView({ block: "nearest" });
      return true;
    }

    // ---- State

    get number() {
      return this.position[0] * this.geometry[1].count + this.position[1];
    }

    _link() {
      this.linked = Object.fromEntries(PAIRS.map((name) => [name, Object.is(...this.state[name])]));
    }

    // Take a state, whole: work everything out and show it.
    change(state, link = false) {
      this.pause();
      const before = this.state;
      this.state = state;
      if (link) this._link();
      this.problems = problems(state);
      this._controls();
      this._refusal();
      if (!this.problems.length) {
        const same = this.geometry && toQuery(before) === toQuery(state);
        this.geometry = [0, 1].map((axis) => axisGeometry(state, axis));
        this.drawn = state;
        this._clamp();
        this._numbers(before, same);
        this.show();
      } else this.draw();
    }

    // Changed by the reader: the result is said, once the reader pauses.
    _changed(state, link) {
      this.change(state, link);
      const [first] = this._said();
      this.say(first ? sayProblem(state, first)
        : `Output ${this.geometry.length ? sizes(state).map((node) => grouped(node.value)).join(" × ") : ""}, ${plural(parameters(state).value, "parameter")}.`);
    }

    say(text) {
      clearTimeout(this._saying);
      this._saying = setTimeout(() => (this.parts.status.textContent = text), 300);
    }

    _clamp() {
      const last = (axis, value) => Math.max(0, Math.min(value, axis - 1));
      this.position = this.position.map((at, axis) => last(this.geometry[axis].count, at));
      this.pixel = this.pixel?.map((at, axis) => last(this.geometry[axis].inside, at)) ?? null;
    }

    // Move to a window, or with a pixel chosen to a pixel, by a number of steps; false where there is no further.
    step(by) {
      if (this.problems.length) return false;
      const counts = this.geometry.map((axis) => (this.pixel ? axis.inside : axis.count));
      const at = this.pixel ?? this.position, next = at[0] * counts[1] + at[1] + by;
      if (next < 0 || next >= counts[0] * counts[1]) return false;
      this.go([Math.floor(next / counts[1]), next % counts[1]]);
      return true;
    }

    go(place) {
      if (this.pixel) this.pixel = place;
      else this.position = place;
      this.show();
    }

    follow(pixel) {
      this.pixel = pixel;
      this.show();
    }

    play() {
      if (this.problems.length || matches("(prefers-reduced-motion: reduce)").matches) return;
      if (this.pixel) this.follow(null);
      if (this.number === this.geometry[0].count * this.geometry[1].count - 1) this.go([0, 0]);
      let due = null;
      const frame = (now) => {
        due ??= now;
        const pace = 1000 / Number(this.shadowRoot.querySelector('[data-part="speed"]').value);
        if (now - due >= pace) {
          due = Math.max(due + pace, now - pace);
          if (!this.step(1)) return this.pause();
        }
        this._frame = requestAnimationFrame(frame);
      };
      this._frame = requestAnimationFrame(frame);
      this.parts.play.textContent = "Pause";
      this.say("Playing.");
    }

    pause() {
      if (!this._frame) return;
      cancelAnimationFrame(this._frame);
      this._frame = null;
      this.parts.play.textContent = "Play";
      this.say(this.parts.says.textContent);
    }

    // ---- What is shown

    show() {
      if (!this.geometry) return;
      const { canvas, says, count, link } = this.parts, [rows, columns] = this.geometry;
      this.shadowRoot.querySelector(`[value="${this.pixel ? "pixel" : "window"}"]`).checked = true;
      const at = this.pixel ?? this.position, counts = [rows, columns].map((axis) => (this.pixel ? axis.inside : axis.count));
      const place = at[0] * counts[1] + at[1] + 1, total = counts[0] * counts[1];
      says.textContent = (this.pixel ? sayPixel : sayWindow)(this.drawn, this.geometry, at);
      count.textContent = `${grouped(place)} / ${grouped(total)}`;
      for (const [name, value] of [["valuemin", 1], ["valuemax", total], ["valuenow", place], ["valuetext", says.textContent]])
        canvas.setAttribute(`aria-${name}`, value);
      link.setAttribute("href", `${this._case}&${this.pixel ? "pixel" : "window"}=${at.join("x")}`);
      this.draw();
    }

    draw() {
      const width = this.parts.canvas.clientWidth;
      if (!this.geometry || !width) return;
      const { panels, height, scaled } = arrange(width, this.drawn, this.geometry);
      const font = (this._font ??= getComputedStyle(this).fontFamily);
      const { drawn: state, geometry, position, pixel, dark } = this;
      this.painter.draw({ state, geometry, panels, position, pixel, dark, font, scaled }, width, height, globalThis.devicePixelRatio || 1);
    }

    _controls() {
      const { state } = this, used = new Set(usedBy(state)), root = this.shadowRoot;
      for (const control of root.querySelectorAll("[data-control]")) control.hidden = !used.has(control.dataset.control);
      for (const input of root.querySelectorAll("[data-name]")) {
        const { name, axis } = input.dataset, value = [state[name]].flat()[axis ?? 0];
        if (input.type === "checkbox") input.checked = value;
        else {
          // What the reader types stays as it is typed.
          if (input !== root.activeElement || (Number.isFinite(value) && input.valueAsNumber !== value))
            input.value = Number.isFinite(value) ? value : "";
          const wrong = this.problems.some((p) => (p.name ?? "") === name && (p.axis ?? 0) === Number(axis) && used.has(name));
          input.setAttribute("aria-invalid", wrong);
        }
      }
      for (const button of root.querySelectorAll("[data-link]")) {
        const linked = this.linked[button.dataset.link];
        button.setAttribute("aria-pressed", linked);
        button.textContent = linked ? "=" : "≠";
        button.title = linked ? "the same along both" : "each on its own";
      }
      root.querySelector(`[name="mode"][value="${state.mode}"]`).checked = true;
      const followed = state.mode === "transposed" ? ["input pixel", "output cell"] : ["window", "input pixel"];
      ["window", "pixel"].forEach((value, at) => (root.querySelector(`[value="${value}"] + span`).textContent = followed[at]));
    }

    // The problems as they are said: once, where both axes have the same.
    _said() {
      const [first, second] = this.problems, { state } = this;
      const alike = PAIRS.every((name) => this.linked[name] && Object.is(...state[name]));
      const same = alike && second && first.axis === 0 && second.axis === 1 && first.code === second.code && first.name === second.name;
      return same ? [{ ...first, both: true }, ...this.problems.slice(2)] : this.problems;
    }

    _refusal() {
      const { refusal } = this.parts, { state } = this;
      refusal.replaceChildren();
      refusal.hidden = !this.problems.length;
      this.parts.box.classList.toggle("broken", this.problems.length > 0);
      for (const problem of this._said()) {
        refusal.append(Object.assign(document.createElement("p"), { textContent: sayProblem(state, problem) }));
        const ways = mends(state, problem, this.linked), row = document.createElement("div");
        row.className = "row";
        if (ways.length) row.append(ways.length > 1 ? "Any one of these mends it:" : "This mends it:");
        for (const { name, axis, value, state: mended } of ways) {
          const pair = Array.isArray(state[name]), both = pair && !this.linked[name];
          const text = `${name}${both ? ` (${AXES[axis]})` : ""} = ${value}`;
          const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
          button.addEventListener("click", () => {
            this._changed(mended);
            (refusal.querySelector("button") ?? this.parts.canvas).focus({ preventScroll: true });
          });
          row.append(button);
        }
        refusal.append(row);
      }
    }

    // The worked lines; what is not as it was before stands out.
    _numbers(before, same) {
      const { state, geometry } = this, { size } = this.parts;
      const moved = new Set();
      for (const name of [...PAIRS, ...CHANNELS])
        [state[name]].flat().forEach((value, axis) => !Object.is(value, [before[name]].flat()[axis]) && moved.add(Array.isArray(state[name]) ? name + axis : name));
      const results = this._results ?? {}, nodes = sizes(state);
      this._results = { output_size0: nodes[0].value, output_size1: nodes[1].value, parameters: parameters(state).value, macs: macs(state).value };
      for (const [what, value] of Object.entries(this._results)) if (what in results && results[what] !== value) moved.add(what);
      const line = (what, node) => {
        const box = document.createElement("span"), parts = working(node);
        for (const [text, key] of parts) {
          const result = key === "result" || parts.length === 1;
          const changed = !same && moved.has(result ? what : key);
          if (!key && !result) box.append(text);
          else box.append(Object.assign(document.createElement("span"), { textContent: text, className: [result && "result", changed && "changed"].filter(Boolean).join(" ") }));
        }
        return box;
      };
      const note = (text) => Object.assign(document.createElement("p"), { className: "note", textContent: text });
      const lines = nodes.map((node, axis) => line(`output_size${axis}`, node));
      const alike = lines[0].textContent === lines[1].textContent, content = [];
      const shape = [state.mode === "pooling" ? state.in_channels : state.out_channels, ...nodes.map((node) => node.value)];
      for (const axis of alike ? [0] : [0, 1]) {
        const row = document.createElement("div");
        row.append(alike ? "" : `${"HW"[axis]}: `, lines[axis]);
        content.push(row);
        const why = sayRounding(state, axis, geometry[axis], alike);
        if (why) content.push(note(why));
      }
      content.push(note(`channels × height × width: ${shape.map(grouped).join(" × ")}`));
      const lost = unreadCount(geometry), all = geometry[0].inside * geometry[1].inside;
      if (lost) {
        const what = state.mode === "transposed" ? `output cells ${lost === 1 ? "is" : "are"} written by no input` : `input pixels ${lost === 1 ? "is" : "are"} read by no window`;
        content.push(note(`Hatched: ${grouped(lost)} of ${grouped(all)} ${what}.`));
      }
      size.replaceChildren(...content);
      this.parts.parameters.replaceChildren(line("parameters", parameters(state)));
      this.parts.macs.replaceChildren(line("macs", macs(state)));
      if (state.mode === "pooling") {
        this.parts.parameters.append(": a pooling learns nothing");
        this.parts.macs.append(": there are no weights to multiply by");
      }
      this.parts.code.textContent = pytorchLine(state);
      this._case = `#${this._name()}&${toQuery(state)}`;
    }

    // ---- What the reader does

    _entered({ target }) {
      const { name, axis, part } = target.dataset;
      if (target.name === "mode") return this._mode(target.value);
      if (target.name === "follow" && this.geometry) return this.follow(target.value === "pixel" ? this._start() : null), this.say(this.parts.says.textContent);
      if (part === "preset" && target.value) {
        const [group, index] = target.value.split(".");
        this.position = [0, 0];
        this.pixel &&= [0, 0];
        this._changed({ ...USUAL, ...PRESETS[group][1][index][1] }, true);
        target.value = "";
      }
      if (!name) return;
      if (target.type === "checkbox") return this._changed({ ...this.state, [name]: target.checked });
      this._changed(withValue(this.state, name, Number(axis), target.value === "" ? NaN : target.valueAsNumber, this.linked[name]));
    }

    // A pixel to begin with: the first that the window reads.
    _start() {
      return this.geometry.map((axis, which) => Math.max(0, Math.min(axis.inside - 1, axis.start(this.position[which]))));
    }

    _mode(mode) {
      this.position = [0, 0];
      this.follow(null);
      this._changed({ ...this.state, mode });
    }

    _clicked({ target }) {
      const button = target.closest("button");
      if (!button) return;
      const { step, link, part } = button.dataset;
      if (step) {
        this.pause();
        if (this.step(Number(step))) this.say(this.parts.says.textContent);
      } else if (link) {
        this.linked[link] = !this.linked[link];
        this._changed(this.linked[link] ? withValue(this.state, link, 0, this.state[link][0], true) : this.state);
      } else if (part === "play") this._frame ? this.pause() : this.play();
      else if (part === "copy") this._copy();
    }

    async _copy() {
      const { code } = this.parts;
      try {
        await navigator.clipboard.writeText(code.textContent);
        this.parts.copy.textContent = "Copied";
        this.say("Copied.");
      } catch { // not allowed here: mark the line, and the reader copies it
        getSelection().selectAllChildren(code);
        this.parts.copy.textContent = "Selected";
        this.say("The line is selected; copy it with the keyboard.");
      }
      setTimeout(() => (this.parts.copy.textContent = "Copy"), 2000);
    }

    _key(event) {
      if (this.problems.length || event.ctrlKey || event.metaKey || event.altKey) return;
      const total = (this.pixel ? this.geometry[0].inside : this.geometry[0].count), across = (this.pixel ? this.geometry[1].inside : this.geometry[1].count);
      const at = this.pixel ?? this.position, place = at[0] * across + at[1];
      const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across, Home: -place, End: total * across - 1 - place }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.pause();
      this.step(by);
    }

    // The grid and the cell under the pointer; null between the grids.
    _hit(event) {
      const box = this.parts.canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      const near = 6;
      for (const panel of this.painter.scene?.panels ?? []) {
        let { rows, columns } = panel;
        if (panel.kind === "lens") [rows, columns] = [this.painter._view(rows, this.geometry[0], 0), this.painter._view(columns, this.geometry[1], 1)];
        const row = (y - panel.y) / panel.cell + rows[0], column = (x - panel.x) / panel.cell + columns[0], slack = near / panel.cell;
        if (row > rows[0] - slack && row < rows[1] + slack && column > columns[0] - slack && column < columns[1] + slack)
          return { panel, row, column };
      }
      return null;
    }

    _down(event) {
      const hit = !this.problems.length && this._hit(event);
      if (!hit || event.button) return;
      this.pause();
      const [rows, columns] = this.geometry, [top, left] = [rows.start(this.position[0]), columns.start(this.position[1])];
      const on = !this.pixel && hit.row >= top && hit.row < top + rows.span && hit.column >= left && hit.column < left + columns.span;
      this._drag = { kind: hit.panel.kind, grip: hit.panel.kind === "small" || on, by: [hit.row - top, hit.column - left], x: event.clientX, y: event.clientY };
      this.parts.canvas.setPointerCapture(event.pointerId);
    }

    _move(event) {
      const drag = this._drag;
      if (!drag || (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 4)) return;
      drag.moved = true;
      const hit = this._hit(event);
      if (!drag.grip || hit?.panel.kind !== drag.kind) return;
      if (drag.kind === "small") return this._place([hit.row, hit.column].map(Math.floor));
      this._place([hit.row, hit.column].map((at, axis) => Math.round((at - drag.by[axis] + this.geometry[axis].padding) / this.geometry[axis].stride)));
    }

    _up(event) {
      const drag = this._drag, hit = drag && this._hit(event);
      this._drag = null;
      if (hit && !drag.moved) {
        const cell = [hit.row, hit.column].map(Math.floor);
        if (hit.panel.kind === "small") this._place(cell);
        else this.follow(cell.map((at, axis) => Math.max(0, Math.min(this.geometry[axis].inside - 1, at))));
      }
      if (drag) this.say(this.parts.says.textContent);
    }

    _place(position) {
      this.position = position;
      this._clamp();
      this.follow(null);
    }
  }

  customElements.define("conv-explorer", ConvExplorer);
}
