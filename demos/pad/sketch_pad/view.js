// What is on screen: one SVG path per stroke, the tools, the evidence colours.
const NS = 'http://www.w3.org/2000/svg';
const find = (selector) => element.querySelector(selector);
const paper = find('.sp-paper'), ink = find('.sp-ink'), livePath = find('.sp-live'), parts = find('.sp-parts'), cursor = find('.sp-cursor');
let chosen = -1;                        // the stroke picked with [ and ]
let heat = null;                        // as in component.py

const say = (text) => { find('.sp-quiet').textContent = text; };
const counted = (n) => n + (n === 1 ? ' stroke' : ' strokes');

function outline(pts) {                 // straight segments: exactly what the model gets
  if (!pts.length) return '';
  if (pts.length === 1) return 'M' + pts[0][0] + ' ' + pts[0][1] + 'h.01';
  return 'M' + pts.map((point) => point[0] + ' ' + point[1]).join('L');
}

function widthOf(pts) {                 // a mouse reports pressure 0.5, which draws 3 units wide
  const mean = pts.reduce((sum, point) => sum + (point[3] === undefined ? 0.5 : point[3]), 0) / pts.length;
  return (1.5 + 3 * mean).toFixed(2);
}

function newPath(stroke) {
  const path = document.createElementNS(NS, 'path');
  path.setAttribute('d', outline(stroke.pts));
  path.style.strokeWidth = widthOf(stroke.pts);
  path.dataset.id = stroke.id;
  path.stroke = stroke;
  return path;
}

function render() {
  const strokes = strokesNow(), have = new Map(Array.from(ink.childNodes, (path) => [path.stroke, path]));
  ink.replaceChildren(...strokes.map((stroke) => have.get(stroke) || newPath(stroke)));
  ink.childNodes.forEach((path, i) => path.classList.toggle('chosen', i === chosen));
  find('.sp-hint').hidden = strokes.length > 0 || pen !== null;
  find('.sp-count').textContent = strokes.length ? counted(strokes.length) : '';
  for (const [act, can] of [['undo', canUndo()], ['redo', canRedo()], ['clear', strokes.length > 0]]) {
    find('[data-act=' + act + ']').setAttribute('aria-disabled', String(!can));   // "disabled" would drop the focus
  }
  paintHeat();
}

const markOf = (stroke) => ((heat && heat.strokes) || []).find((mark) => mark.id === stroke.id) || {};
const pathsOf = (stroke) => [...ink.childNodes, ...parts.childNodes].filter((path) => path.stroke === stroke);

function paintHeat() {                  // matched by stroke id, so an answer about an older sketch is harmless
  const told = new Map(((heat && heat.strokes) || []).map((mark) => [mark.id, mark]));
  const strokes = strokesNow(), markFor = (stroke) => told.get(stroke.id) || {};
  ink.childNodes.forEach((path) => paintOne(path, markFor(path.stroke)));
  parts.replaceChildren(...strokes.flatMap((stroke) => (markFor(stroke).pieces || []).map((piece) => newPiece(stroke, piece))));
  const badge = find('.sp-badge'), words = heat && heat.legend && heat.legend.badge;
  badge.hidden = !words || !strokes.length;
  badge.textContent = words || '';
}

function paintOne(path, mark) {
  tint(path, mark);
  path.classList.toggle('ghost', Boolean(mark.ghost));
  path.classList.toggle('parted', Boolean(mark.pieces && mark.pieces.length));
}

function tint(path, { color, dark }) {  // the theme may change at any time, so the style sheet picks between the two
  for (const [name, value] of [['--told', color], ['--told-dark', dark]]) {
    if (value) path.style.setProperty(name, value); else path.style.removeProperty(name);
  }
}

function newPiece(stroke, piece) {
  const path = newPath({ id: stroke.id, pts: piece.pts });
  path.style.strokeWidth = widthOf(stroke.pts);
  path.stroke = stroke;
  path.piece = piece;
  tint(path, piece);
  return path;
}

function setHeat(next) {                // colours of an older drawing than the one on the pad come too late
  const late = next && next.rev < published || heat && next && (next.rev < heat.rev || (next.rev === heat.rev && next.pending && !heat.pending));
  if (late) return;
  heat = next;
  paintHeat();
  if (heat && heat.say) say(heat.say);
  tell('sketch-heat', { heat });
  if (next) afterPaint(() => tell('sketch-coloured', { rev: next.rev, at: performance.now() }));
}

const afterPaint = (then) => requestAnimationFrame(() => setTimeout(then));

function toast(kind, sentence) {        // Gradio renders a toast as HTML
  const plain = document.createElement('span');
  plain.textContent = sentence;
  trigger(kind, plain.innerHTML);
  say(sentence);
}
