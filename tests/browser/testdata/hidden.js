// What of the page reaches out of the window to the side, or is only to be seen by
// scrolling inside of the page. Looks into what is folded too.
(() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  for (const details of folded) details.open = true;
  const width = document.documentElement.clientWidth;
  const found = [];
  if (innerWidth > screen.width) found.push(`the page is ${innerWidth}px wide, on a screen of ${screen.width}px`);
  for (const e of document.querySelectorAll("body, body *")) {
    const box = e.getBoundingClientRect();
    if (!e.checkVisibility() || box.width <= 1 || box.height <= 1 || box.right <= 0) continue; // not there, or only for who hears the page or has no mouse
    if (e.matches("input, textarea, select")) continue; // which scroll as one types
    const style = getComputedStyle(e);
    const name = e.outerHTML.slice(0, e.outerHTML.indexOf(">") + 1) + " " + (e.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    if (box.right > width + 1 || box.left < -1) found.push(`reaches out of the window, from ${box.left} to ${box.right}: ${name}`);
    if (style.display !== "inline" && e.scrollWidth > e.clientWidth + 1) found.push(`${e.scrollWidth}px in a width of ${e.clientWidth}px: ${name}`);
    if (e !== document.body && style.overflowY !== "visible" && e.scrollHeight > e.clientHeight + 1) found.push(`${e.scrollHeight}px in a height of ${e.clientHeight}px: ${name}`);
  }
  for (const details of folded) details.open = false;
  return found;
})()
