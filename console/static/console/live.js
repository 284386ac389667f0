// Renews the figures of the live page: the server says when there are new ones, else it is asked each minute.
// A stream has no figures; they are fetched as the page is, so only by who may see it.
document.addEventListener("DOMContentLoaded", () => {
  const bar = document.getElementById("renewing");
  if (!bar) return;
  const says = document.getElementById("renewed");
  const button = document.getElementById("pause");
  const MINUTE = 60_000;
  let stream = null;
  let poll = 0;
  let isPaused = false;
  let isBusy = false;

  const say = (text) => { if (says.textContent !== text) says.textContent = text; };
  const time = (element) => element.dataset.at.slice(11, 16);

  function show(fresh) {
    const old = document.getElementById("live");
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.adoptNode(fresh));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("charts:replaced"));
  }

  async function renew() {
    if (isBusy || isPaused) return;
    isBusy = true;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("live");
      if (response.ok && fresh) {
        show(fresh);
        say("");
      } else {
        say(`Not renewed since ${time(document.getElementById("live"))} UTC: load the page again.`);
      }
    } catch {
      say(`Not renewed since ${time(document.getElementById("live"))} UTC: the server does not answer.`);
    } finally {
      isBusy = false;
    }
  }

  // Asks a little more rarely than a stream tells: it would be in vain beside one that works.
  function pollInstead() {
    if (!poll) poll = setInterval(renew, MINUTE);
  }

  function stop() {
    stream?.close();
    stream = null;
    clearInterval(poll);
    poll = 0;
  }

  function start() {
    if (isPaused || document.hidden || stream || poll) return;
    if (!bar.dataset.stream) return pollInstead();
    stream = new EventSource(bar.dataset.stream);
    stream.addEventListener("figures", renew);
    stream.onerror = () => {
      // A stream that ended is opened again by the browser; one that was refused is not.
      if (stream && stream.readyState === EventSource.CLOSED) {
        stream = null;
        pollInstead();
      }
    };
  }

  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", `${isPaused}`);
    if (isPaused) {
      stop();
      say(`Paused. Figures of ${time(document.getElementById("live"))} UTC.`);
    } else {
      say("");
      renew();
      start();
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return stop();
    renew();
    start();
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) { renew(); start(); } });
  bar.hidden = false;
  document.getElementById("unscripted").hidden = true;
  start();
});
