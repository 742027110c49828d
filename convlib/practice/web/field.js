/* A field for one answer, and the elements that put fields and progress on a page. */
const made = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const dataOf = (element) => JSON.parse(element.querySelector('script[type="application/json"]').textContent);

/** A form for one part of a question. `onVerdict` hears of every answer that can be read. */
const answerField = (part, catalogue, onVerdict) => {
  const many = part.right.length > 1;
  const input = made("input", { type: "text", autocomplete: "off", spellcheck: false, maxLength: LONGEST });
  input.placeholder = many ? "height × width" : "";
  const reply = made("output", { className: "practice-reply" });
  reply.setAttribute("role", "status");
  const say = (mark, message) => {
    reply.dataset.mark = mark;
    reply.replaceChildren(made("span", { className: "practice-mark", ariaHidden: "true" }, mark), ` ${message}`);
  };
  const more = made("p", { className: "practice-more" });
  more.setAttribute("role", "status");
  const reveal = (name, text) =>
    made("button", { type: "button", onclick: () => more.replaceChildren(made("strong", {}, `${name}: `), text) }, name);
  const solution = reveal("Solution", part.working);
  solution.hidden = true;
  const form = made(
    "form",
    { className: "practice-field", noValidate: true },
    made("label", {}, made("span", {}, part.label || "Your answer"), input),
    made("button", { type: "submit", className: "practice-check" }, "Check"),
    reveal("Hint", part.hint),
    solution,
    reply,
    more,
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const numbers = readAnswer(input.value, part.right.length);
    if (!numbers) return say("–", many ? "Write it like 55 × 54." : "Write the number alone, without a unit, like 34,944 or 5.61.");
    const verdict = judge(part, numbers, catalogue);
    say(verdict.correct ? "✓" : "✗", verdict.message);
    solution.hidden = false;
    onVerdict?.(verdict);
  };
  // JupyterLab keeps Enter from submitting a form by itself
  input.onkeydown = (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  };
  form.markSolved = () => say("✓", "Solved before.");
  return form;
};

/** Fields for one exercise: data-label names it, the script inside holds its parts. */
class AnswerElement extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("form")) return;
    const { parts } = dataOf(this);
    const catalogue = window.practiceCatalogue;
    let booked = [];
    const label = this.dataset.label;
    parts.forEach((part, position) => {
      const field = answerField(part, catalogue, (verdict) => {
        if (verdict.correct) store.solve(label, position, parts.length);
        else booked = store.mistake(verdict, booked);
      });
      if (Object.hasOwn(store.progress.solved, label) && store.progress.solved[label][position]) field.markSolved();
      this.append(field);
    });
  }
}

const solvedOf = (exercises) =>
  Object.entries(exercises).filter(([label, parts]) => store.isSolved(label, parts)).length;

/** How many exercises of a chapter are solved. */
class ProgressElement extends HTMLElement {
  connectedCallback() {
    const { exercises } = dataOf(this);
    const line = made("p", { className: "practice-progress" });
    const update = () => {
      const all = Object.keys(exercises).length;
      const solved = solvedOf(exercises);
      const bar = made("progress", { max: all, value: solved });
      bar.setAttribute("aria-hidden", "true");
      line.replaceChildren(`Exercises with numbers: ${solved} of ${all} solved `, bar);
    };
    update();
    this.append(line);
    addEventListener("practice-change", update);
  }
}
