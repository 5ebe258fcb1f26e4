/** What the page does: choose light or dark, search, filter and sort the table. It reads and shows what is there, and writes no HTML. */
export const SCRIPT = `
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  const table = document.getElementById("findings");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const search = document.getElementById("search");
  const count = document.getElementById("count");
  const buttons = [...document.querySelectorAll("[data-filter]")];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const show = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const on = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.filter);
    const severities = on.filter((f) => f.startsWith("s:")).map((f) => f.slice(2));
    const flags = on.filter((f) => f.startsWith("f:")).map((f) => f.slice(2));
    let shown = 0;
    for (const row of rows) {
      const fits = (severities.length === 0 || severities.includes(row.dataset.s)) &&
        flags.every((f) => row.dataset.f.split(" ").includes(f)) &&
        words.every((w) => texts.get(row).includes(w));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    count.textContent = shown === rows.length ? rows.length + " rows" : shown + " of " + rows.length + " rows";
  };
  search.addEventListener("input", show);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      show();
    });
  }
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[at].dataset.v ?? row.cells[at].textContent;
      const order = (a, b) => {
        const x = value(a), y = value(b);
        const both = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
        return both ? x - y : x.localeCompare(y, "en", { numeric: true });
      };
      rows.sort((a, b) => (down ? order(b, a) : order(a, b)));
      body.append(...rows);
    });
  });
  show();
})();
`;
