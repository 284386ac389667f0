// Draws how long each sync took, coloured by its status; the table stays for those who read it.
document.addEventListener("DOMContentLoaded", () => {
  const canvas = document.getElementById("runs");
  if (!canvas) return;
  const rows = [...document.querySelectorAll("table[data-runs] tbody tr")].reverse();
  const style = getComputedStyle(document.body);
  const value = (name) => style.getPropertyValue(name);
  const colors = { completed: value("--accent"), partial: value("--partial"), failed: value("--failed"), running: value("--soft") };
  const datasets = Object.keys(colors)
    .filter((status) => rows.some((row) => row.dataset.status === status))
    .map((status) => ({
      label: status,
      backgroundColor: colors[status],
      minBarLength: 3,
      data: rows.map((row) => (row.dataset.status === status ? Number(row.dataset.seconds) : null)),
    }));
  const axis = { stacked: true, ticks: { color: value("--soft"), maxTicksLimit: 6, maxRotation: 0 }, grid: { color: value("--line") } };
  new Chart(canvas, {
    type: "bar",
    data: { labels: rows.map((row) => row.dataset.started), datasets },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: { legend: { labels: { color: value("--text") } } },
      scales: {
        x: axis,
        y: { ...axis, beginAtZero: true, title: { display: true, text: "seconds", color: value("--soft") } },
      },
    },
  });
});
