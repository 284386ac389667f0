// Draws the charts of costs from the data beside them; the tables stay for those who read them.
// Each chart can be read by the arrow keys.
document.addEventListener("DOMContentLoaded", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const value = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const short = (number) => new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(number);
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  // Exact digits, thousands apart, without a float in between.
  function exact(text) {
    const [whole, part] = text.split(".");
    const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return part ? `${apart}.${part}` : apart;
  }

  function dataset(data, series, index) {
    const colour = series.name === "others" ? value("--series-others") : value(`--series-${(index % 8) + 1}`);
    const bars = data.labels.map((label) => (label === "others" ? value("--series-others") : value("--series-1")));
    return {
      label: series.name || data.measure,
      data: series.values.map((each) => (each === null ? null : Number(each))),
      backgroundColor: data.kind === "bars" ? bars : colour,
      borderColor: value("--page"),
      borderWidth: data.kind === "bars" ? 0 : 1,
      borderSkipped: false,
      maxBarThickness: data.kind === "bars" ? 22 : 48,
    };
  }

  function told(data, set, index) {
    const amount = data.series[set].values[index];
    const name = data.series[set].name;
    return `${name ? `${name}: ` : ""}${amount === null ? "nothing" : `${exact(amount)} ${data.unit}`}`;
  }

  function options(data) {
    const across = data.kind === "bars";
    const text = value("--soft");
    const line = value("--line");
    const phone = matchMedia("(max-width: 40rem)").matches;
    const amounts = {
      stacked: !across,
      beginAtZero: true,
      grid: { color: line },
      ticks: { color: text, maxTicksLimit: 6, callback: (each) => short(each) },
      title: { display: true, text: data.unit, color: text },
    };
    const names = {
      stacked: !across,
      grid: { display: false },
      ticks: {
        color: text,
        autoSkip: !across,
        maxTicksLimit: phone ? 5 : 12,
        maxRotation: 0,
        callback(each) { return cut(this.getLabelForValue(each), across ? (this.chart.width < 460 ? 18 : 30) : 10); },
      },
    };
    return {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: across ? "y" : "x",
      interaction: { mode: "index", axis: across ? "y" : "x", intersect: false },
      plugins: {
        legend: {
          display: data.series.length > 1,
          position: "bottom",
          labels: { color: value("--text"), boxWidth: 12, generateLabels: (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((each) => ({ ...each, text: cut(each.text, 40), lineWidth: 0 })) },
        },
        tooltip: {
          callbacks: {
            title: ([item]) => cut(data.labels[item.dataIndex], 80),
            label: (item) => cut(told(data, item.datasetIndex, item.dataIndex), 100),
          },
        },
      },
      scales: across ? { x: amounts, y: names } : { x: names, y: amounts },
    };
  }

  function draw(canvas) {
    const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    if (data.kind === "bars") canvas.parentElement.dataset.bars = Math.min(9, data.labels.length);
    const datasets = data.series.map((series, index) => dataset(data, series, index));
    Chart.getChart(canvas)?.destroy();
    new Chart(canvas, { type: "bar", data: { labels: data.labels, datasets }, options: options(data) });
    return data;
  }

  function readable(canvas, data) {
    const line = document.getElementById(`${canvas.id}-told`);
    let at = -1;
    const point = (active) => {
      const chart = Chart.getChart(canvas);
      chart.setActiveElements(active);
      chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
      chart.update();
    };
    const show = (index) => {
      at = Math.max(0, Math.min(data.labels.length - 1, index));
      const active = data.series.map((_, set) => ({ datasetIndex: set, index: at })).filter((each) => data.series[each.datasetIndex].values[at] !== null);
      point(active);
      line.textContent = `${data.labels[at]}: ${active.map((each) => told(data, each.datasetIndex, at)).join("; ") || "nothing"}`;
    };
    canvas.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
      if (event.key === "Home") show(0);
      else if (event.key === "End") show(data.labels.length - 1);
      else if (steps[event.key]) show(at + steps[event.key]);
      else return;
      event.preventDefault();
    });
    canvas.addEventListener("blur", () => {
      line.textContent = "";
      point([]);
    });
  }

  let canvases = [];
  function drawAll() {
    canvases.filter((canvas) => !canvas.isConnected).forEach((canvas) => Chart.getChart(canvas)?.destroy());
    canvases = [...document.querySelectorAll("canvas[data-chart]")];
    canvases.forEach((canvas) => readable(canvas, draw(canvas)));
  }
  drawAll();
  document.addEventListener("charts:replaced", drawAll);
  dark.addEventListener("change", () => canvases.forEach(draw));
});
