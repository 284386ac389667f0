// Adds a button that copies to each <pre data-copy>. Without scripts, a click into the text selects all of it.
function addCopyButtons() {
  for (const source of document.querySelectorAll("pre[data-copy]")) {
    if (source.nextElementSibling?.classList.contains("copy")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = source.dataset.copy;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = "Selected: press Ctrl+C";
      }
      setTimeout(() => { button.textContent = source.dataset.copy; }, 3000);
    });
    button.setAttribute("aria-live", "polite");
    source.after(button);
  }
}
addCopyButtons();
document.addEventListener("copy:replaced", addCopyButtons);
