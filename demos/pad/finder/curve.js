// The target's rank after every stroke, on a logarithmic axis with 1 at the top.
const NS = 'http://www.w3.org/2000/svg';
const EDGE = { left: 34, right: 84, top: 14, bottom: 22 }, TALL = 136, LEAST = 8;
const plot = find('.fi-curve svg');
let ranks = [];                         // [strokes, rank], strokes ascending

function draw(name, attributes, text) {
  const made = plot.appendChild(document.createElementNS(NS, name));
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) made.textContent = text;
}

function ticksOf(photos) {              // 1, 10, 100 ... and the last, without crowding it
  const tens = [1, 10, 100, 1000, 10000, 100000].filter((number) => number * 1.8 < photos);
  return [...tens, photos];
}

function drawCurve(photos) {
  const wide = Math.max(240, find('.fi-curve').clientWidth), last = Math.max(LEAST, ...ranks.map(([strokes]) => strokes));
  const x = (strokes) => EDGE.left + (strokes - 1) / (last - 1) * (wide - EDGE.left - EDGE.right);
  const y = (rank) => EDGE.top + Math.log(rank) / Math.log(Math.max(photos, 2)) * (TALL - EDGE.top - EDGE.bottom);
  const ends = (rank) => 'M' + EDGE.left + ' ' + y(rank) + 'H' + (wide - EDGE.right);
  plot.setAttribute('viewBox', '0 0 ' + wide + ' ' + TALL);
  plot.setAttribute('aria-label', ranks.length ? 'Rank of the target after each stroke: ' + ranks.map(([, rank]) => rank).join(', ') : 'Rank of the target, no strokes yet');
  plot.replaceChildren();
  for (const tick of ticksOf(photos)) {
    draw('path', { class: 'grid', d: ends(tick) });
    draw('text', { x: EDGE.left - 6, y: y(tick) + 4, 'text-anchor': 'end' }, tick);
  }
  const even = (photos + 1) / 2;
  draw('path', { class: 'chance', d: ends(even) });
  if (photos > 5) draw('text', { x: wide - EDGE.right + 6, y: y(even) + 2 }, 'chance');
  const step = Math.ceil(last / 12);
  for (let strokes = 1; strokes <= last; strokes += step) draw('text', { x: x(strokes), y: TALL - 4, 'text-anchor': 'middle' }, strokes);
  draw('text', { x: wide - EDGE.right + 22, y: TALL - 4 }, 'strokes');
  if (ranks.length) marks(x, y);
}

function marks(x, y) {
  const places = ranks.map(([strokes, rank]) => x(strokes).toFixed(1) + ' ' + y(rank).toFixed(1));
  draw('path', { class: 'line', d: 'M' + places.join('L') + (places.length < 2 ? 'h.1' : '') });
  ranks.forEach(([strokes, rank]) => draw('circle', { cx: x(strokes), cy: y(rank), r: ranks.length > 24 ? 2 : 3.5 }));
  const [strokes, rank] = ranks[ranks.length - 1];
  draw('text', { class: 'now', x: x(strokes) + 9, y: y(rank) + 4 }, 'rank ' + rank);
}
