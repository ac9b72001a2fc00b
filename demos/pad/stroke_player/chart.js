// Curves of the chosen run in step with the drawings; the slider under them has the same axis.
const TICKS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500], EDGE = { left: 46, right: 14, top: 8, bottom: 26 }, TALL = 172;
const chart = { width: 0, marks: [] };
const plot = find('.pl-chart svg');
const curveX = (moment) => EDGE.left + warp(moment, film) * (chart.width - EDGE.left - EDGE.right);
const curveY = (share) => EDGE.top + (1 - share) * (TALL - EDGE.top - EDGE.bottom);

function curve(index, column, kind) {
  const points = film.runs[index].frames.map((frame, i) => curveX(i).toFixed(1) + ' ' + curveY(frame[column]).toFixed(1));
  svg('path', { class: 'pl-curve ' + kind, d: 'M' + (points.length > 1 ? points.join('L') : points[0] + 'h.1') }, plot);
}

function axes() {
  for (const share of [0, 0.5, 1]) {
    svg('path', { class: 'pl-grid', d: 'M' + EDGE.left + ' ' + curveY(share) + 'H' + (chart.width - EDGE.right) }, plot);
    svg('text', { x: EDGE.left - 7, y: curveY(share) + 4, 'text-anchor': 'end' }, plot).textContent = 100 * share + ' %';
  }
  for (const tick of TICKS.filter((number) => number <= film.iterations)) {
    svg('text', { x: curveX(tick), y: TALL - 8, 'text-anchor': 'middle' }, plot).textContent = tick;
  }
}

function buildChart() {                 // after new rows, another run, another width
  chart.width = Math.max(240, find('.pl-chart').clientWidth);
  plot.setAttribute('viewBox', '0 0 ' + chart.width + ' ' + TALL);
  plot.replaceChildren();
  axes();
  film.runs.forEach((_, index) => { if (index !== run) curve(index, TARGET, 'other'); });
  curve(run, TOP_CHANCE, 'top');
  if (isTransfer(film)) curve(run, ORIGIN, 'origin');
  curve(run, TARGET, 'target');
  chart.cursor = svg('path', { class: 'pl-cursor' }, plot);
  chart.marks = ['top', ...(isTransfer(film) ? ['origin'] : []), 'target'].map((kind) => svg('circle', { class: 'pl-dot ' + kind, r: 4 }, plot));
  buildKey();
}

function buildKey() {
  const kinds = [['target', 'target ' + film.runs[run].target], ...(isTransfer(film) ? [['origin', 'origin ' + film.origin]] : []), ['top', 'top-1']];
  chart.key = kinds.map(([kind, words]) => {
    const item = html('li', kind);
    html('i', '', item);
    return { item, kind, words, name: html('span', '', item, words), value: html('b', '', item) };
  });
  find('.pl-key').replaceChildren(...chart.key.map(({ item }) => item));
}

function drawChart() {
  const frame = row(film, run, at), column = { target: TARGET, origin: ORIGIN, top: TOP_CHANCE };
  chart.cursor.setAttribute('d', 'M' + curveX(at) + ' ' + EDGE.top + 'V' + (TALL - EDGE.bottom));
  chart.marks.forEach((mark) => {
    mark.setAttribute('cx', curveX(Math.floor(at + 1e-6)));
    mark.setAttribute('cy', curveY(frame[column[mark.classList[1]]]));
  });
  chart.key.forEach(({ kind, words, name, value }) => {
    if (kind === 'top') name.textContent = words + ' ' + frame[TOP];
    value.textContent = percent(frame[column[kind]]);
  });
}
