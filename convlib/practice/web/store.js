/* What the reader has done, kept on the reader's device and nowhere else. */
const KEY = "counting-convolutions";
const VERSION = 1;
const empty = () => ({ version: VERSION, solved: {}, done: 0, streak: 0, best: 0, mistakes: {} });

const isCount = (value) => Number.isInteger(value) && value >= 0;
const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The progress in a JSON text; null if it holds none that this version can read. */
const readProgress = (text) => {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(data) || data.version !== VERSION || !isRecord(data.solved) || !isRecord(data.mistakes)) return null;
  if (![data.done, data.streak, data.best].every(isCount)) return null;
  const solved = Object.entries(data.solved).filter(
    ([, parts]) => Array.isArray(parts) && parts.length < 100 && parts.every((part) => typeof part === "boolean"),
  );
  const mistakes = Object.entries(data.mistakes).filter(
    ([, seen]) => isRecord(seen) && [seen.count, seen.gap, seen.due].every(isCount),
  );
  return {
    version: VERSION,
    done: data.done,
    streak: data.streak,
    best: data.best,
    solved: Object.fromEntries(solved),
    mistakes: Object.fromEntries(mistakes.map(([slug, { count, gap, due }]) => [slug, { count, gap, due }])),
  };
};

const store = {
  progress: empty(),

  /** Takes what is stored; what cannot be read is set aside under another name, not thrown away. */
  load() {
    let text = null;
    try {
      text = localStorage.getItem(KEY);
      if (text !== null && !readProgress(text)) localStorage.setItem(`${KEY}-unreadable`, text);
    } catch {
      /* no storage on this page: progress lasts as long as the page */
    }
    this.progress = (text !== null && readProgress(text)) || empty();
  },

  /** Changes the progress as it is now, in whichever tab it changed last. */
  change(how) {
    this.load();
    how(this.progress);
    this.replace(this.progress);
  },

  replace(progress) {
    this.progress = progress;
    try {
      localStorage.setItem(KEY, JSON.stringify(progress));
    } catch {
      /* full or forbidden */
    }
    dispatchEvent(new Event("practice-change"));
  },

  solve(label, part, parts) {
    this.change(({ solved }) => {
      const known = solved[label]?.length === parts ? solved[label] : Array(parts).fill(false);
      known[part] = true;
      solved[label] = known;
    });
  },

  isSolved(label, parts) {
    const known = Object.hasOwn(this.progress.solved, label) ? this.progress.solved[label] : [];
    return known.length === parts && known.every(Boolean);
  },

  /** A mistake was made, the likeliest of the verdict's: it comes back after two drills. Returns what is `booked`: in one
   * question a mistake is counted once. */
  mistake({ mistakes: [slug] }, booked = []) {
    if (!slug || booked.includes(slug)) return booked;
    this.change(({ mistakes, done }) => {
      mistakes[slug] = { count: (mistakes[slug]?.count ?? 0) + 1, gap: 2, due: done + 2 };
    });
    return [...booked, slug];
  },

  /** A drill that was aimed at a mistake went well: the mistake comes back after twice as many drills. */
  mastered(slug) {
    this.change(({ mistakes, done }) => {
      if (mistakes[slug]) mistakes[slug] = { ...mistakes[slug], gap: mistakes[slug].gap * 2, due: done + mistakes[slug].gap * 2 };
    });
  },

  finish(atOnce) {
    this.change((progress) => {
      progress.done += 1;
      progress.streak = atOnce ? progress.streak + 1 : 0;
      progress.best = Math.max(progress.best, progress.streak);
    });
  },
};
store.load();
addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  store.load();
  dispatchEvent(new Event("practice-change"));
});
