// Completion of a question's fields from the graph: labels, synonyms and ids. Without it the fields take the same by hand.
const question = location.pathname.split("/").pop();
for (const field of document.querySelectorAll("[data-complete]")) {
  const list = document.getElementById(field.getAttribute("list"));
  let latest = 0;
  const offer = async () => {
    const mine = ++latest;
    const asked = new URLSearchParams({ q: field.value, type: field.dataset.complete, question, parameter: field.name });
    const answer = await fetch(`/complete?${asked}`);
    if (!answer.ok || mine !== latest) return;
    list.replaceChildren(...(await answer.json()).map((item) => {
      const option = document.createElement("option");
      option.value = item.value;
      // What was typed has to be in the label, or the browser hides a hit by synonym.
      option.label = item.more ? `${item.value} — ${item.more}` : item.value;
      return option;
    }));
  };
  field.addEventListener("input", offer);
  field.addEventListener("focus", offer, { once: true });
}
for (const form of document.querySelectorAll("form[action^='/library/']"))
  form.addEventListener("submit", () => { for (const field of form.elements) field.disabled = field.name && !field.value; });
