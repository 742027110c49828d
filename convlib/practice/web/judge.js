/* Reads what people type and looks it up in a key, by the rules of convlib.practice in Python. */
const NUMBER = /^[+-]?(?:\d{1,3}(?:[, \u00a0\u2009\u202f_'’]\d{3})+|\d+)(?:\.\d+)?$/;
const TIMES = /\s*(?:[x×*;]|by)\s*/;
const BETWEEN = /\s*,\s*|\s+/;
const LONGEST = 200;

const readNumber = (text) => (NUMBER.test(text) ? Number(text.replace(/[^\d.+-]/g, "")) : null);

/** The numbers in a text; null if it does not hold `count` of them. A single one stands for all. */
const readAnswer = (typed, count) => {
  let text = typed.replaceAll("−", "-").trim();
  if (!text || text.length > LONGEST) return null;
  const number = readNumber(text);
  if (count === 1 && number !== null) return [number];
  if ("([".includes(text[0]) && ")]".includes(text.at(-1))) text = text.slice(1, -1).trim();
  let pieces = text.split(TIMES);
  if (pieces.length === 1 && count > 1) pieces = number !== null && text.includes(",0") ? [text] : text.split(BETWEEN);
  const numbers = pieces.map(readNumber);
  // 26 × 26, where height and width are asked for as one number
  if (count === 1) return new Set(numbers).size === 1 && numbers[0] !== null ? [numbers[0]] : null;
  if (numbers.includes(null) || ![1, count].includes(numbers.length)) return null;
  return numbers.length === 1 ? Array(count).fill(numbers[0]) : numbers;
};

/** "54:2;28:0+3,1" as a map of value → explanations, each a list of mistakes. */
const readTable = (text) =>
  new Map(
    (text ? text.split(";") : []).map((entry) => {
      const [value, explanations] = entry.split(":");
      return [value, explanations.split(",").map((explanation) => explanation.split("+").map(Number))];
    }),
  );

/** For each wrong axis: the axis and its explanations. */
const lookUp = (part, numbers) =>
  numbers.flatMap((number, axis) =>
    part.right[axis].includes(number) ? [] : [[axis, readTable(part.wrong[axis]).get(String(number)) ?? []]],
  );

/** What explains the answer as a whole, the likeliest first; `found` is what was looked up for each wrong axis. */
const explain = (part, numbers, found, mistakes) => {
  const whole = readTable(part.whole).get(numbers.join("x")) ?? [];
  if (found.some((explanations) => !explanations.length)) return whole;
  const named = found.map((explanations) => explanations.map(String));
  const shared = found[0].filter((explanation) => named.every((other) => other.includes(String(explanation))));
  // one mistake is likelier than two, and a slip in the arithmetic of an axis likelier than a mix of axes
  const mixed = (explanation) => explanation.length + (mistakes[explanation[0]][0] === "height-for-width" ? 0.5 : 0);
  shared.sort((one, other) => mixed(one) - mixed(other));
  const explanations = [...whole, ...shared];
  return [...new Map(explanations.map((explanation) => [String(explanation), explanation])).values()];
};

/** Right but for a fraction, where whole numbers are asked for. */
const isUnrounded = (part, numbers) =>
  part.right.flat().every(Number.isInteger) &&
  numbers.some((number) => !Number.isInteger(number)) &&
  numbers.every((number, axis) => [Math.floor(number), Math.ceil(number)].some((value) => part.right[axis].includes(value)));

const AXES = { 1: ["L"], 2: ["H", "W"], 3: ["D", "H", "W"] };

const where = (part, numbers) => {
  const names = AXES[numbers.length];
  const wrong = names.filter((_, axis) => !part.right[axis].includes(numbers[axis]));
  return wrong.length === names.length ? "" : `Along ${wrong.join(" and ")}: `;
};

/** What a number would give, where the question is which number gives a result; null if that is not known. */
const resultOf = ({ gives }, number) => {
  if (!gives || !Number.isInteger(number) || number < gives.first) return null;
  if (gives.results) return gives.results[number - gives.first] ?? null;
  return number <= gives.last ? gives.start + gives.step * (number - gives.first) : null;
};

const filled = (sentence, part) =>
  sentence.replace(/\{(\w+)\} /g, (_, name) => {
    const value = part.facts?.[name];
    const known = value === undefined || part.right.some((right) => right.includes(value));
    return known ? "" : `${value.toLocaleString("en-US")} `;
  });

const isRight = ({ right, tolerance = 0 }, numbers) =>
  numbers.every((number, axis) => right[axis].some((value) => Math.abs(number - value) <= tolerance));

/** What an answer tells: whether it is right, which mistakes lead to it (slugs), and the sentence to show. */
const judge = (part, numbers, { mistakes, words }) => {
  if (isRight(part, numbers)) return { correct: true, mistakes: [], message: words.correct };
  const verdict = (explanations, message) => ({
    correct: false,
    mistakes: [...new Set(explanations.flat())].map((number) => mistakes[number][0]),
    message,
  });
  const said = (explanation) => {
    const told = explanation.map((number) => filled(mistakes[number][1], part)).join(" ");
    return explanation.length > 1 ? `${words.together} ${told}` : told;
  };
  const apart = lookUp(part, numbers);
  let explanations = explain(part, numbers, apart.map(([, found]) => found), mistakes);
  if (!explanations.length && apart.every(([, found]) => found.length)) {
    const told = apart.map(([axis, [likeliest]]) => `Along ${AXES[numbers.length][axis]}: ${said(likeliest)}`);
    return verdict(apart.map(([, [likeliest]]) => likeliest), told.join(" "));
  }
  const fraction = part.fraction ?? "not-rounded";
  if (!explanations.length && isUnrounded(part, numbers))
    explanations = [[mistakes.findIndex(([slug]) => slug === fraction)]];
  const result = resultOf(part, numbers[0]);
  const gives = result === null ? "" : words.gives.replace("{result}", result.toLocaleString("en-US"));
  if (!explanations.length) return verdict([], gives || words.unknown);
  const two = explanations.slice(0, 2);
  const shown = two.every(({ length }) => length === 1) ? two : two.slice(0, 1);
  return verdict(explanations, `${gives} ${where(part, numbers)}${shown.map(said).join(` ${words.or} `)}`.trim());
};
