/* Reads what people type and looks it up in a key, by the rules of convlib.practice in Python. */
const NUMBER = /^[+-]?(?:\d{1,3}(?:[, \u00a0\u2009\u202f_'’]\d{3})+|\d+)(?:\.\d+)?$/;
const BETWEEN = /\s*(?:[x×*;,]|by)\s*|\s+/;
const LONGEST = 200;

const readNumber = (text) => (NUMBER.test(text) ? Number(text.replace(/[^\d.+-]/g, "")) : null);

/** The numbers in a text; null if it does not hold `count` of them. A single one stands for all. */
const readAnswer = (typed, count) => {
  let text = typed.replaceAll("−", "-").trim();
  if (!text || text.length > LONGEST) return null;
  if (count === 1) {
    const number = readNumber(text);
    return number === null ? null : [number];
  }
  if ("([".includes(text[0]) && ")]".includes(text.at(-1))) text = text.slice(1, -1).trim();
  const numbers = text.split(BETWEEN).map(readNumber);
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

const explain = (part, numbers, mistakes) => {
  const whole = readTable(part.whole).get(numbers.join("x")) ?? [];
  const found = numbers.flatMap((number, axis) =>
    part.right[axis].includes(number) ? [] : [readTable(part.wrong[axis]).get(String(number)) ?? []],
  );
  if (found.some((explanations) => !explanations.length)) return whole;
  const named = found.map((explanations) => explanations.map(String));
  const shared = found[0].filter((explanation) => named.every((other) => other.includes(String(explanation))));
  // one mistake on all axes is likelier than two that mix the axes up
  const mixed = named.length > 1 ? (explanation) => mistakes[explanation[0]][0] === "height-for-width" : () => false;
  shared.sort((one, other) => mixed(one) - mixed(other));
  const explanations = shared.length || whole.length ? [...whole, ...shared] : found.map(([likeliest]) => likeliest);
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

/** What an answer tells: whether it is right, which mistakes lead to it (slugs), and the sentence to show. */
const judge = (part, numbers, { mistakes, words }) => {
  if (numbers.every((number, axis) => part.right[axis].includes(number)))
    return { correct: true, mistakes: [], message: words.correct };
  let explanations = explain(part, numbers, mistakes);
  const fraction = part.fraction ?? "not-rounded";
  if (!explanations.length && isUnrounded(part, numbers))
    explanations = [[mistakes.findIndex(([slug]) => slug === fraction)]];
  const result = resultOf(part, numbers[0]);
  const gives = result === null ? "" : words.gives.replace("{result}", result.toLocaleString("en-US"));
  if (!explanations.length) return { correct: false, mistakes: [], message: gives || words.unknown };
  const sentences = explanations.slice(0, 2).map((explanation) => {
    const told = explanation.map((number) => filled(mistakes[number][1], part)).join(" ");
    return explanation.length > 1 ? `${words.together} ${told}` : told;
  });
  return {
    correct: false,
    mistakes: [...new Set(explanations.flat())].map((number) => mistakes[number][0]),
    message: `${gives} ${where(part, numbers)}${sentences.join(` ${words.or} `)}`.trim(),
  };
};
