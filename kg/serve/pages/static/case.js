// The case page: a fact lights its sentence, a sentence shows its facts. Without this script the plain anchors do the same.
const pane = document.querySelector(".paper");
const sheet = document.querySelector(".sheet");
const narrow = window.matchMedia("(max-width: 68rem)");
const pieces = (id) => document.querySelectorAll(`#${CSS.escape(id)}, [data-of="${CSS.escape(id)}"]`);
const facts = () => document.querySelectorAll(".facts li [data-text], .facts h3 [data-text], .facts th [data-text], .glance [data-text]");

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  Object.assign(element, attributes);
  element.append(...children);
  return element;
}

function clear() {
  for (const element of document.querySelectorAll(".said.lit")) element.classList.remove("lit");
  for (const element of document.querySelectorAll(".now")) element.classList.remove("now");
}

function light(ids) {
  clear();
  for (const id of ids) for (const piece of pieces(id)) piece.classList.add("lit");
  for (const fact of document.querySelectorAll("[data-text]"))
    if (fact.dataset.text.split(" ").some((id) => ids.includes(id))) fact.classList.add("now");
}

function scrollTo(id, behavior = "auto") {
  const target = document.getElementById(id);
  if (!target || !sheet.contains(target)) return;
  const top = target.getBoundingClientRect().top - sheet.getBoundingClientRect().top + sheet.scrollTop;
  sheet.scrollTo({ top: Math.max(top - sheet.clientHeight / 4, 0), behavior });
}

// 1) fact → sentence
function show(link) {
  const ids = link.dataset.text.split(" ");
  light(ids);
  hideTaken();
  if (narrow.matches) pane.classList.add("open");
  scrollTo(ids[0]);
  history.replaceState(null, "", `#${ids[0]}`);
  const box = pane.getBoundingClientRect();
  const seen = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  if (narrow.matches || seen > 200) removeBar();
  else quoteBar(ids, link.dataset.fact || link.getAttribute("aria-label") || link.textContent);
}

// Where the paper is out of sight, the sentence comes to the reader.
function quoteBar(ids, fact) {
  removeBar();
  const words = ids.map((id) => [...pieces(id)].map((p) => p.innerText).join(" ")).join(" […] ");
  const go = make("a", { href: `#${ids[0]}`, className: "button", textContent: "In the paper" });
  go.addEventListener("click", (event) => {
    event.preventDefault();
    pane.scrollIntoView({ block: "start" });
    scrollTo(ids[0]);
    removeBar();
    sheet.focus({ preventScroll: true });
  });
  const close = make("button", { className: "quiet", type: "button", textContent: "Close" });
  close.addEventListener("click", removeBar);
  const bar = make("aside", { className: "quote-bar" }, make("p", { className: "detail", textContent: fact }), make("blockquote", { textContent: words }), make("div", {}, go, close));
  bar.setAttribute("role", "status");
  document.body.append(bar);
}

function removeBar() {
  document.querySelector(".quote-bar")?.remove();
}

// 2) sentence → facts
function taken(ids) {
  hideTaken();
  const seen = new Set();
  const list = make("ul");
  for (const fact of facts()) {
    const holder = fact.closest("[id]");
    if (!fact.dataset.text.split(" ").some((id) => ids.includes(id)) || seen.has(holder.id + fact.textContent)) continue;
    seen.add(holder.id + fact.textContent);
    const section = fact.closest("section")?.querySelector("h2")?.textContent || "";
    const link = make("a", { href: `#${holder.id}`, textContent: fact.textContent });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (let box = holder.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      if (narrow.matches) pane.classList.remove("open");
      holder.scrollIntoView({ block: "center" });
      fact.focus({ preventScroll: true });
    });
    list.append(make("li", {}, make("span", { className: "kind", textContent: section }), " ", link));
  }
  const close = make("button", { className: "quiet", type: "button", textContent: "Close" });
  close.addEventListener("click", () => { hideTaken(); clear(); });
  const count = seen.size === 1 ? "1 fact" : `${seen.size} facts`;
  const box = make("section", { className: "taken", id: "taken" }, make("h3", {}, make("span", { textContent: `${count} from here` }), close), list);
  box.setAttribute("aria-live", "polite");
  pane.append(box);
}

function hideTaken() {
  document.getElementById("taken")?.remove();
}

function around(element) {
  const ids = [];
  for (let span = element.closest(".said"); span; span = span.parentElement.closest(".said")) ids.push(span.id || span.dataset.of);
  const sentence = ids.find((id) => id.startsWith("at-"));
  if (sentence)
    for (const piece of pieces(sentence)) for (const span of piece.querySelectorAll(".said")) ids.push(span.id || span.dataset.of);
  return [...new Set(ids)];
}

function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return [];
  const range = selection.getRangeAt(0);
  if (!sheet.contains(range.commonAncestorContainer)) return [];
  return [...sheet.querySelectorAll(".said")].filter((s) => range.intersectsNode(s)).map((s) => s.id || s.dataset.of);
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (link?.dataset.text) {
    event.preventDefault();
    show(link);
  } else if (link?.classList.contains("pill")) {
    event.preventDefault();
    const ids = [`at-${link.hash.slice("#says-".length)}`];
    const all = [...new Set(ids.flatMap((id) => [...pieces(id)].flatMap((p) => around(p))))];
    light(all);
    taken(all);
  } else if (link?.closest(".paper-head")) {
    event.preventDefault();
    pane.classList.toggle("open", link.textContent === "open");
  } else if (!link && event.target.closest(".said") && getSelection().isCollapsed) {
    const ids = around(event.target);
    light(ids.filter((id) => id.startsWith("text-")).length ? ids : []);
    taken(ids);
  }
});
sheet?.addEventListener("mouseup", () => {
  const ids = selected();
  if (ids.length) { light(ids.filter((id) => id.startsWith("text-"))); taken(ids); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { removeBar(); hideTaken(); clear(); pane?.classList.remove("open"); }
});
function arrive() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!/^(text|at)-/.test(id)) return;
  light([id]);
  if (narrow.matches) pane.classList.add("open");
  else pane.scrollIntoView({ block: "start" });
  scrollTo(id, "instant");
}
if (pane) { addEventListener("hashchange", arrive); arrive(); }
