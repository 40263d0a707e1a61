// Each address gets its button here, so that without scripts there is none that does nothing.
async function copied(field) {
  field.select();
  if (navigator.clipboard) {
    try { await navigator.clipboard.writeText(field.value); return true; } catch { /* the older way may be allowed */ }
  }
  return document.execCommand("copy"); // over plain HTTP in the home network, browsers offer only this clipboard
}
for (const field of document.querySelectorAll(".addresses input")) {
  const button = make("button", "", "Copy");
  button.type = "button";
  button.setAttribute("aria-label", `Copy the address ${field.labels[0].textContent} of ${field.dataset.of}`);
  button.addEventListener("click", async () => {
    const done = await copied(field);
    button.textContent = done ? "Copied" : "Press Ctrl-C";
    $("status").textContent = done ? "The address is copied." : "The address is selected: copy it by keyboard.";
    setTimeout(() => { button.textContent = "Copy"; $("status").textContent = ""; }, 2500);
  });
  field.after(button);
}
