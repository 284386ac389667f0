// Draws the table of price changes as steps; the table stays for those who read it.
document.addEventListener("DOMContentLoaded", () => {
  const canvas = document.getElementById("history");
  if (!canvas) return;
  const rows = [...document.querySelectorAll("table[data-history] tbody tr")].reverse();
  const points = rows.map((row) => ({
    x: Date.parse(row.dataset.time),
    y: row.dataset.amount === "None" ? null : Number(row.dataset.amount),
  }));
  points.push({ x: Date.now(), y: points[points.length - 1].y });
  const style = getComputedStyle(document.body);
  const [text, line, accent] = ["--soft", "--line", "--accent"].map((name) => style.getPropertyValue(name));
  const day = (time) => new Date(time).toISOString().slice(0, 10);
  new Chart(canvas, {
    type: "line",
    data: { datasets: [{ data: points, stepped: true, borderColor: accent, backgroundColor: accent, pointRadius: 2 }] },
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { title: ([item]) => day(item.parsed.x), label: (item) => `$${item.parsed.y}` } },
      },
      scales: {
        x: { type: "linear", ticks: { color: text, maxTicksLimit: 6, callback: day }, grid: { color: line } },
        y: { beginAtZero: true, ticks: { color: text }, grid: { color: line } },
      },
    },
  });
});
