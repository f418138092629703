// Instant search: the hits change as one types; without it the form does the same.
const field = document.getElementById("q");
const hits = document.getElementById("hits");
let latest = 0;
let waiting;
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const mine = ++latest;
    const answer = await fetch(`/search.html?q=${encodeURIComponent(field.value)}`);
    const text = await answer.text();
    if (mine !== latest || !answer.ok) return;
    hits.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    history.replaceState(null, "", `/search?q=${encodeURIComponent(field.value)}`);
  }, 80);
});
