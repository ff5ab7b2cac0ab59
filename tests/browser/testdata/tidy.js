// Puts names that say nothing in the place of what is different on each machine and at
// each start: process ids, the machine's name, ports and folders.
(host) => {
  const pids = new Map();
  const pid = (id) => pids.get(id) ?? pids.set(id, 2101 + pids.size).get(id);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    text.data = text.data
      .replaceAll(/\b(pid|worker) (\d{1,7})\b/g, (_, word, id) => `${word} ${pid(id)}`)
      .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:6379")
      .replaceAll(/\/\S*\/\.cache\//g, "~/.cache/")
      .split(new RegExp(`\\b${host}\\b`)).join("web-1");
  }
  for (const name of document.querySelectorAll(".worker strong")) name.textContent = pid(name.textContent);
  for (const name of document.querySelectorAll("#self b:nth-of-type(2)")) name.textContent = "web-1";
}
