// On every page: says that scripts run, and "/" goes to the search box.
document.documentElement.classList.add("js");
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .CodeMirror")) return;
  event.preventDefault();
  (document.getElementById("q") || document.getElementById("quick")).focus();
});
// A map wider than its frame begins at a drug of the case.
for (const roll of document.querySelectorAll(".map.roll")) {
  const drug = roll.querySelector(".thing.drug")?.getBoundingClientRect();
  if (drug) roll.scrollLeft = drug.left + drug.width / 2 - roll.getBoundingClientRect().left - roll.clientWidth / 2;
}
