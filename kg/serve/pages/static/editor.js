// The SPARQL editor over the plain form: completes prefixes, classes and properties from this endpoint alone.
const area = document.getElementById("query");
const form = document.getElementById("sparql-form");
const known = (id) => [...document.getElementById(id).options].map((option) => option.value);
const prefixes = [...document.getElementById("prefixes").textContent.matchAll(/PREFIX (\S+): <(.+)>/g)].map((m) => `${m[1]}: <${m[2]}>`);
let editor = null;

if (typeof Yasqe !== "undefined") {
  const ours = { prefixes: () => prefixes, property: () => known("known-properties"), class: () => known("known-classes") };
  Yasqe.defaults.autocompleters = Yasqe.defaults.autocompleters.filter((name) => !(name in ours));
  for (const [name, get] of Object.entries(ours)) Yasqe.forkAutocompleter(name, { name: `our-${name}`, get, bulk: true, persistenceId: null });
  const holder = document.createElement("div");
  area.after(holder);
  editor = new Yasqe(holder, {
    value: area.value,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: true,
    pluginButtons: () => null,
  });
  editor.getInputField().setAttribute("aria-label", "SPARQL query");
  area.hidden = true;
  document.querySelector("label[for=query]").hidden = true;
  editor.setSize(null, "20rem");
}
const set = (text) => { if (editor) editor.setValue(text); else area.value = text; };
form.addEventListener("submit", () => { if (editor) area.value = editor.getValue(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
}, true);
for (const link of document.querySelectorAll("[data-query]"))
  link.addEventListener("click", (event) => { event.preventDefault(); set(link.dataset.query); scrollTo({ top: 0 }); });
