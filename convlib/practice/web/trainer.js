/* Endless drills, aimed at the mistakes that the reader makes. */
const ANY = "any";

class TrainerElement extends HTMLElement {
  connectedCallback() {
    if (this.main) return;
    this.data = dataOf(this);
    this.names = new Map(this.data.mistakes);
    this.numbers = new Map(this.data.mistakes.map(([slug], number) => [slug, number]));
    this.recent = [];
    this.main = made("div", { className: "practice-trainer" }, this.choices(), this.card(), this.review(), this.keeping());
    this.replaceChildren(this.main);
    this.next();
    this.update = () => {
      this.showScore();
      this.showReview();
      this.showChapters();
    };
    this.update();
    addEventListener("practice-change", this.update);
  }

  disconnectedCallback() {
    removeEventListener("practice-change", this.update);
  }

  choices() {
    const select = (label, options) => {
      const list = made("select", { onchange: () => this.next() });
      list.append(...options.map(([value, name]) => made("option", { value }, name)));
      return [list, made("label", {}, made("span", {}, label), list)];
    };
    const [quantity, first] = select("What", [[ANY, "everything"], ...Object.entries(this.data.quantities)]);
    const [level, second] = select("Level", [[1, "1: first steps"], [2, "2: usual layers"], [3, "3: everything at once"]]);
    Object.assign(this, { quantity, level });
    return made("div", { className: "practice-choices" }, first, second);
  }

  card() {
    this.question = made("p", { className: "practice-question", tabIndex: -1 });
    this.fields = made("div");
    this.score = made("p", { className: "practice-score" });
    const next = made("button", { type: "button", className: "practice-next", onclick: () => this.next(true) }, "Next question");
    return made("section", { className: "practice-card", ariaLabel: "Question" }, this.question, this.fields, next, this.score);
  }

  review() {
    this.list = made("ul", { className: "practice-review" });
    return made("section", {}, made("h2", {}, "What went wrong, by mistake"), this.list);
  }

  keeping() {
    this.chapters = made("ul");
    const status = made("p");
    status.setAttribute("role", "status");
    const file = made("input", { type: "file", accept: "application/json,.json", hidden: true });
    file.onchange = async () => {
      const progress = file.files[0] && readProgress(await file.files[0].text());
      file.value = "";
      status.textContent = progress ? "Your progress was read." : "This file holds no progress of this book. Nothing was changed.";
      if (progress) store.replace(progress);
    };
    const button = (name, onclick) => made("button", { type: "button", onclick }, name);
    const reset = button("Reset", () => {
      if (reset.textContent === "Reset") {
        reset.textContent = "Reset: yes, forget all";
        return;
      }
      reset.textContent = "Reset";
      store.replace(empty());
      status.textContent = "Your progress is empty.";
    });
    reset.onblur = () => (reset.textContent = "Reset");
    const save = button("Export", () => {
      const url = URL.createObjectURL(new Blob([JSON.stringify(store.progress, null, 1)], { type: "application/json" }));
      made("a", { href: url, download: "counting-convolutions-progress.json" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
      status.textContent = "Your progress was saved as a file.";
    });
    const buttons = made("div", { className: "practice-buttons" }, save, button("Import", () => file.click()), reset, file);
    return made("section", {}, made("h2", {}, "Your progress"), this.chapters, buttons, status);
  }

  /** Whether a mistake can be made in a drill of these parts. */
  knows(parts, slug) {
    const sign = new RegExp(`[:,]${this.numbers.get(slug)}(?:[,;]|$)`);
    return parts.some((part) => [...part.wrong, part.whole ?? ""].some((table) => sign.test(table)));
  }

  /** Chooses everything, at the level nearest to the chosen one at which the mistake can be made. */
  widen(slug) {
    this.quantity.value = ANY;
    const levels = this.data.drills.filter(({ parts }) => this.knows(parts, slug)).map(({ level }) => level);
    const away = (level) => Math.abs(level - Number(this.level.value));
    this.level.value = levels.sort((one, other) => away(one) - away(other))[0] ?? this.level.value;
  }

  /** The drills that fit the choice; if `slug` is given, those in which that mistake can be made. */
  fitting(slug) {
    const all = this.data.drills.filter(
      ({ quantity, level, parts }) =>
        (this.quantity.value === ANY || this.quantity.value === quantity) &&
        level === Number(this.level.value) &&
        (!slug || this.knows(parts, slug)),
    );
    const fresh = all.filter((drill) => !this.recent.includes(drill));
    return fresh.length ? fresh : all;
  }

  /** The next drill: aimed at the mistake that is due longest, or any. */
  next(focus = false, wanted = null) {
    if (this.drill && !this.atOnce && this.open.size) store.finish(false); // given up after a wrong answer
    const { mistakes, done } = store.progress;
    const due = Object.entries(mistakes)
      .filter(([slug, seen]) => this.numbers.has(slug) && seen.due <= done)
      .sort(([, one], [, other]) => one.due - other.due)
      .map(([slug]) => slug);
    if (wanted && !this.fitting(wanted).length) this.widen(wanted);
    this.aim = (wanted ? [wanted] : due).find((slug) => this.fitting(slug).length) ?? null;
    const drills = this.fitting(this.aim);
    const drill = drills[Math.floor(Math.random() * drills.length)];
    this.recent = [...this.recent, drill].slice(-20);
    this.show(drill);
    if (focus) this.question.focus();
  }

  show(drill) {
    this.drill = drill;
    this.question.replaceChildren(drill.text);
    this.open = new Set(drill.parts.keys());
    this.atOnce = true;
    this.booked = [];
    this.fields.replaceChildren(
      ...drill.parts.map((part, position) =>
        answerField({ ...part, hint: part.hint ?? this.data.hints[drill.quantity] }, this.data, (verdict) => this.hear(verdict, position)),
      ),
    );
  }

  hear(verdict, position) {
    if (!this.open.has(position)) return;
    if (!verdict.correct) {
      this.atOnce = false;
      this.booked = store.mistake(verdict, this.booked);
      return;
    }
    this.open.delete(position);
    if (this.open.size) return;
    store.finish(this.atOnce);
    if (this.aim && this.atOnce) store.mastered(this.aim);
  }

  showScore() {
    const { streak, best, done } = store.progress;
    this.score.textContent = `Right at once in a row: ${streak}. Longest row: ${best}. Questions done: ${done}.`;
  }

  showReview() {
    const seen = Object.entries(store.progress.mistakes)
      .filter(([slug]) => this.names.has(slug))
      .sort(([, one], [, other]) => other.count - one.count);
    const rows = seen.map(([slug, { count }]) => {
      const again = made("button", { type: "button", onclick: () => this.next(true, slug) }, "Practise this");
      again.hidden = !this.data.drills.some(({ parts }) => this.knows(parts, slug));
      return made("li", {}, `${count} × ${this.names.get(slug).replace(/\{\w+\} /g, "")} `, again);
    });
    this.list.replaceChildren(...(rows.length ? rows : [made("li", {}, "Nothing yet.")]));
  }

  showChapters() {
    this.chapters.replaceChildren(
      ...Object.values(this.data.chapters).map(({ title, exercises }) =>
        made("li", {}, `${title}: ${solvedOf(exercises)} of ${Object.keys(exercises).length} exercises with numbers solved`),
      ),
    );
  }
}

for (const [name, element] of [
  ["conv-answer", AnswerElement],
  ["conv-progress", ProgressElement],
  ["conv-practice", TrainerElement],
])
  if (!customElements.get(name)) customElements.define(name, element);
window.convPractice ??= { readAnswer, judge, readProgress };
