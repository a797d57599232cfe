//<![CDATA[
"use strict";
(() => {
  // Light or dark by choice; without this script the reader's own setting holds.
  const root = document.documentElement;
  const button = document.getElementById("theme");
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // Folded tables are printed open.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach(part => { part.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach(part => { part.open = false; }));

  // Read-out of lines: the pixels of the drawn path are mapped back to values by the axes' domains.
  const axis = text => {
    const [low, high, start, end, kind] = text.split(" ");
    const [a, b, p, q] = [low, high, start, end].map(Number);
    return pixel => {
      const part = (pixel - p) / (q - p);
      return kind === "log" ? a * Math.pow(b / a, part) : a + (b - a) * part;
    };
  };
  const number = value => String(Number(value.toPrecision(4)));
  const nearest = (points, x) => {
    let low = 0;
    let high = points.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle][0] > x) { high = middle; } else { low = middle; }
    }
    return Math.abs(points[high][0] - x) < Math.abs(points[low][0] - x) ? points[high] : points[low];
  };
  for (const svg of document.querySelectorAll("svg.chart")) {
    const plot = svg.querySelector("g.plot");
    const paths = plot ? [...plot.querySelectorAll("path.data")] : [];
    if (paths.length === 0) { continue; }
    const readout = svg.parentElement.querySelector(".readout");
    const x = axis(plot.dataset.x);
    const y = axis(plot.dataset.y);
    const lines = paths.map(path => ({
      name: path.dataset.name,
      points: path.getAttribute("d").split(/[ML]/).filter(Boolean).map(pair => pair.split(" ").map(Number))
    }));
    const cursor = document.createElementNS(svg.namespaceURI, "line");
    cursor.setAttribute("class", "cursor");
    cursor.setAttribute("y1", plot.dataset.top);
    cursor.setAttribute("y2", plot.dataset.bottom);
    cursor.style.display = "none";
    plot.append(cursor);
    readout.hidden = false;
    readout.textContent = "Point at a line to read its values.";
    const show = event => {
      const matrix = svg.getScreenCTM();
      if (!matrix) { return; }
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      const found = lines.map(line => ({ name: line.name, point: nearest(line.points, at.x) }));
      const pixel = found[0].point[0];
      cursor.setAttribute("x1", pixel);
      cursor.setAttribute("x2", pixel);
      cursor.style.display = "";
      const where = x(pixel);
      const label = plot.dataset.kind === "time" ? new Date(where).toISOString().replace(/\.\d+Z$/, "Z") : number(where);
      readout.textContent = label + ": " + found.map(f => f.name + " " + number(y(f.point[1]))).join(", ");
    };
    svg.addEventListener("pointermove", show);
    svg.addEventListener("pointerdown", show);
    svg.addEventListener("pointerleave", () => { cursor.style.display = "none"; });
  }
})();
//]]>
