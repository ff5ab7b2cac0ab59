// Refreshes the page by itself, and copies fixes. Without it the page says the same.
"use strict";
{
  const every = 5000, patience = 15000, chartsKept = 60000;
  const byId = (id) => document.getElementById(id);
  const clock = (at) => at.toLocaleTimeString([], { hour12: false });
  let charted = Date.now(); // when the charts were drawn
  let timer, underWay;

  document.documentElement.classList.add("scripted");

  // morph makes one element what another is, and leaves alone what is the same: so
  // focus, selection, scrolling and open details stay.
  function morph(was, is) {
    if (was.isEqualNode(is)) return;
    if (was.nodeType !== 1 || was.nodeName !== is.nodeName || was.id !== is.id) return was.replaceWith(is);
    const kept = (name) => name === "open" && was.nodeName === "DETAILS";
    for (const { name } of [...was.attributes]) if (!is.hasAttribute(name) && !kept(name)) was.removeAttribute(name);
    for (const { name, value } of is.attributes) if (!kept(name)) was.setAttribute(name, value);
    const before = [...was.childNodes], after = [...is.childNodes];
    after.forEach((node, i) => (before[i] ? morph(before[i], node) : was.append(node)));
    before.slice(after.length).forEach((node) => node.remove());
  }

  async function refresh() {
    if (underWay) return;
    underWay = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(patience) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("main")) throw new Error(answer.status === 403 ? "the token is asked for again: open the page anew" : `the answer is ${answer.status} ${answer.statusText}`);
      show(page);
      byId("trouble").textContent = "";
    } catch (e) {
      byId("trouble").textContent = `Not refreshed at ${clock(new Date())}: ${e.name === "TimeoutError" ? "no answer" : e.message}. What is here is older. `;
    }
    underWay = false;
    schedule();
  }

  // show takes over a new page. Behind a proxy another worker may answer: the charts
  // stay those of one worker then, while they are fresh.
  function show(page) {
    const charts = byId("charts"), next = page.getElementById("charts");
    if (charts && next && charts.dataset.worker !== next.dataset.worker && Date.now() - charted < chartsKept) next.replaceWith(charts.cloneNode(true));
    else charted = Date.now();
    document.title = page.title;
    morph(byId("self"), page.getElementById("self"));
    morph(byId("main"), page.getElementById("main"));
    byId("refreshed").textContent = clock(new Date());
  }

  function schedule() {
    clearTimeout(timer);
    if (isOn() && !document.hidden) timer = setTimeout(refresh, every);
  }

  const isOn = () => byId("refresh")?.getAttribute("aria-pressed") === "true";

  function turn(on) {
    byId("refresh").setAttribute("aria-pressed", on);
    try { sessionStorage.setItem("sessionkit-refresh", on); } catch { /* not allowed to keep anything */ }
    on ? refresh() : schedule();
  }

  async function copy(button) {
    const text = byId(button.dataset.copy);
    getSelection().selectAllChildren(text);
    let done = true;
    try { await navigator.clipboard.writeText(text.textContent); } catch { done = document.execCommand("copy"); } // as without https
    button.textContent = done ? "Copied" : "Selected";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }

  document.addEventListener("click", ({ target }) => {
    const copier = target.closest("[data-copy]");
    if (copier) copy(copier);
    else if (target.closest("#refresh")) turn(!isOn());
  });

  if (location.protocol === "file:") byId("refresh")?.parentElement.remove(); // the page was saved
  if (byId("refresh")) {
    let on = "true";
    try { on = sessionStorage.getItem("sessionkit-refresh") ?? on; } catch { /* the same */ }
    byId("refresh").setAttribute("aria-pressed", on);
    byId("refreshed").textContent = clock(new Date());
    document.addEventListener("visibilitychange", () => (document.hidden || !isOn() ? schedule() : refresh()));
    schedule();
  }
}
