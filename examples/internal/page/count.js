(() => {
  const button = document.getElementById("many");
  const result = document.getElementById("result");
  const presses = 50;
  let stored = button.dataset.stored !== "";

  const press = async () => {
    const answer = await fetch("/count", { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("the server answered " + answer.status);
    return answer.json();
  };

  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    result.textContent = "Pressing…";
    try {
      if (!stored) await press(); // the first press begins the session
      stored = true;
      const answers = await Promise.all(Array.from({ length: presses }, press));
      const workers = new Set(answers.map((a) => a.pid)).size;
      const counts = new Set(answers.map((a) => a.count));
      const last = Math.max(...counts);
      document.getElementById("count").textContent = last;
      const lost = presses - counts.size;
      result.textContent =
        `${presses} presses, answered by ${workers} ${workers === 1 ? "worker" : "workers"}. ` +
        `The counter is at ${last}, ${lost === 0 ? "none was lost" : lost + " were lost"}.`;
    } catch (err) {
      result.textContent = "That did not work: " + err.message + ".";
    } finally {
      button.disabled = false;
    }
  });
})();
