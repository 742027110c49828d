/* The first screen is there: now the rest of the page is laid out, so that all places on it are where they stay. A formula
   wider than the page scrolls inside itself; let the keyboard reach it then, and only then. */
(() => {
  const update = () => {
    for (const formula of document.querySelectorAll(".katex-display")) {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  };
  addEventListener("load", () => {
    document.documentElement.classList.add("drawn");
    update();
  });
  addEventListener("resize", update);
})();

/* A page is printed in its light colours; browsers tell of it in either way. */
(() => {
  const page = document.documentElement, print = matchMedia("print");
  let theme;
  const set = (printing) => {
    if (printing) theme ??= page.dataset.theme;
    if (theme) page.dataset.theme = printing ? "light" : theme;
    if (!printing) theme = undefined;
  };
  addEventListener("beforeprint", () => set(true));
  addEventListener("afterprint", () => set(false));
  print.addEventListener("change", () => set(print.matches));
})();

/* On a phone the contents are a drawer: a link to a place on the page closes it, so that the place is seen. */
addEventListener("click", ({ target }) => target.closest('dialog a[href^="#"]')?.closest("dialog").close());

/* What a search finds is shown with each formula once. */
document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const { htmlToText } = Search;
  Search.htmlToText = (html, ...place) =>
    htmlToText(html.replace(/<span class="katex-mathml">.*?<\/math><\/span>/gs, ""), ...place);
});
