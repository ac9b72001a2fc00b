// The drawing with what went as ghosts, the probabilities beside it, and the slider through the deletions.
const stage = find('.de-attack .de-paper'), bars = find('.de-bars'), seek = find('.de-seek'), curve = find('.de-curve');
const WIDE = 300, TALL = 120, EDGE = { left: 40, right: 12, top: 8, bottom: 20 };
const KINDS = ['seen', 'then', 'other', 'other', 'other'];

function buildStage() {
  stage.setAttribute('viewBox', viewOf(film.steps[0].kept));
  bars.replaceChildren(...film.names.map((name, i) => {
    const item = html('li', KINDS[i]);
    html('span', '', item, name);
    html('i', '', html('b', '', item));
    html('strong', '', item);
    return item;
  }));
  seek.max = film.steps.length - 1;
  seek.disabled = film.steps.length < 2;
  buildCurve();
}

function drawStage() {
  const step = film.steps[at];
  stage.replaceChildren(
    ...step.gone.map((pts) => svg('path', { class: 'de-ghost', d: outline(pts) })),
    ...step.kept.map((pts) => svg('path', { class: 'de-ink', d: outline(pts) })));
  const told = at ? counted(at, 'deletion') + ', ' + percent(step.ink) + ' of the ink gone' : 'As drawn';
  stage.setAttribute('aria-label', told + ', the model sees ' + step.top);
  find('.de-when').replaceChildren(told + ': the model sees ', html('strong', '', null, step.top));
  Array.from(bars.children).forEach((item, i) => {
    item.querySelector('i').style.setProperty('--share', step.chances[i]);
    item.lastChild.textContent = percent(step.chances[i]);
  });
  seek.value = at;
  seek.setAttribute('aria-valuetext', told + ', ' + step.top);
  for (const [act, end] of [['back', 0], ['forth', film.steps.length - 1]]) find('[data-act=' + act + ']').setAttribute('aria-disabled', String(at === end));
  find('.de-cursor').setAttribute('d', 'M' + curveX(at) + ' ' + EDGE.top + 'V' + (TALL - EDGE.bottom));
}

const curveX = (step) => EDGE.left + step / Math.max(film.steps.length - 1, 1) * (WIDE - EDGE.left - EDGE.right);
const curveY = (share) => EDGE.top + (1 - share) * (TALL - EDGE.top - EDGE.bottom);

function buildCurve() {
  curve.setAttribute('viewBox', '0 0 ' + WIDE + ' ' + TALL);
  curve.setAttribute('aria-label', 'Probability of ' + film.names.join(', ') + ' after each deletion');
  curve.replaceChildren();
  for (const share of [0, 0.5, 1]) {
    svg('path', { class: 'de-grid', d: 'M' + EDGE.left + ' ' + curveY(share) + 'H' + (WIDE - EDGE.right) }, curve);
    svg('text', { x: EDGE.left - 6, y: curveY(share) + 4, 'text-anchor': 'end' }, curve).textContent = 100 * share + ' %';
  }
  const every = Math.ceil(film.steps.length / 10);
  film.steps.forEach((_, i) => { if (i % every === 0) svg('text', { x: curveX(i), y: TALL - 5, 'text-anchor': 'middle' }, curve).textContent = i; });
  svg('path', { class: 'de-cursor' }, curve);
  film.names.map((_, i) => i).reverse().forEach((i) => {
    const points = film.steps.map((step, k) => curveX(k) + ' ' + curveY(step.chances[i]));
    svg('path', { class: 'de-line ' + KINDS[i], d: 'M' + points.join('L') + (points.length < 2 ? 'h.1' : '') }, curve);
  });
}

function go(step) {
  at = Math.min(film.steps.length - 1, Math.max(0, step));
  drawStage();
}
seek.addEventListener('input', () => go(Number(seek.value)));
