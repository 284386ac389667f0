// Asks without loading the page anew, with a button that stops waiting, and copies answers. Without it, forms do the same.
document.addEventListener("DOMContentLoaded", () => {
  const says = document.getElementById("ask-says");
  const stop = document.getElementById("ask-stop");

  function ended(text) {
    if (stop) stop.hidden = true;
    if (says) says.textContent = text;
  }

  function prepare() {
    for (const button of document.querySelectorAll("[data-copies]")) {
      button.hidden = false;
      button.onclick = () => copy(button);
    }
  }

  async function copy(button) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(JSON.parse(document.getElementById(button.dataset.copies).textContent));
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.closest("article"));
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { button.textContent = label; }, 3000);
  }

  const isQuestion = (event) => event.target.closest?.("#ask form") && !event.target.closest(".feedback");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isQuestion(event)) return;
    says.textContent = "Looking it up…";
    stop.hidden = false;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseText.includes('id="ask"')) return;
    // A fault, or somebody who is not signed in any more: the question stays in its box.
    event.detail.shouldSwap = false;
    const status = event.detail.xhr.status;
    ended(status >= 400 ? `There is no answer: the server says ${status}. Ask again.` : "There is no answer: load the page again, to sign in.");
  });
  document.addEventListener("htmx:sendError", () => ended("There is no answer: the server cannot be reached. Ask again."));
  document.addEventListener("htmx:sendAbort", () => ended("Stopped. If it was answered meanwhile, it is among your conversations."));
  document.addEventListener("htmx:afterSettle", (event) => {
    prepare();
    document.dispatchEvent(new Event("copy:replaced"));
    if (event.target.classList.contains("feedback")) return event.target.focus({ preventScroll: true });
    if (event.target.id !== "ask") return;
    document.dispatchEvent(new Event("charts:replaced"));
    ended("");
    const newest = event.target.querySelector("[data-newest]");
    if (newest) {
      newest.focus({ preventScroll: true });
      newest.scrollIntoView({ block: "start" });
    } else {
      document.getElementById("q")?.focus();
    }
  });
  // hx-sync is of the whole, which the request therefore belongs to.
  stop?.addEventListener("click", () => htmx.trigger("#ask", "htmx:abort"));
  prepare();
});
