// Mouse, finger and pen.
const PALM_MS = 5000, MIN_STEP = 0.7, PEN_ERASER = 32;
const tenth = (value) => Math.round(value * 10) / 10;
const inside = (value) => tenth(Math.min(SIZE, Math.max(0, value)));
let pen = null;                         // the stroke being drawn: {id, pointer, began, pts}
let eraser = null;                      // strokes hit since the eraser went down: {pointer, hit: Set}
let erasing = false, penSeen = -Infinity, frame = 0;

function place(event) {                 // right under page zoom, CSS transforms and any device pixel ratio
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(paper.getScreenCTM().inverse());
  return [inside(at.x), inside(at.y)];
}

function addPoint(event) {
  const [x, y] = place(event), last = pen.pts[pen.pts.length - 1];
  if (last && Math.hypot(last[0] - x, last[1] - y) < MIN_STEP) return;
  pen.pts.push([x, y, Math.max(0, Math.round(event.timeStamp - pen.began)), Math.round((event.pressure || 0.5) * 100) / 100]);
}

const drawLive = () => {
  frame = 0;
  livePath.setAttribute('d', pen ? outline(pen.pts) : '');
  if (pen && pen.pts.length) livePath.style.strokeWidth = widthOf(pen.pts);
};

function penDown(pointer, began) {
  pen = { id: nextId++, pointer, began, pts: [] };
  find('.sp-hint').hidden = true;
}

function penUp() {
  const { id, pts } = pen;
  pen = null;
  drawLive();
  const strokes = strokesNow().concat([{ id, pts }]), no = refusal(strokes);
  if (no || !pts.length) { if (no) toast('warning', no); render(); return; }
  commit(strokes, 'Stroke ' + strokes.length);
}

function dropPen() {
  pen = null;
  drawLive();
  render();
}

function rub(event) {
  const [x, y] = place(event), hit = strokeAt(x, y, event.pointerType === 'touch' ? 12 : 6);
  if (!hit || eraser.hit.has(hit)) return;
  eraser.hit.add(hit);
  pathsOf(hit).forEach((path) => path.classList.add('doomed'));
}

function rubbed() {                     // everything one sweep touched is one step of the history
  const { hit } = eraser;
  eraser = null;
  if (hit.size) commit(strokesNow().filter((stroke) => !hit.has(stroke)), counted(hit.size) + ' erased');
}

function ignored(event) {
  const palm = event.pointerType === 'touch' && event.timeStamp - penSeen < PALM_MS;
  return palm || pen || eraser || (event.pointerType === 'mouse' && event.button !== 0);
}

paper.addEventListener('pointerdown', (event) => {
  if (event.pointerType === 'pen') penSeen = event.timeStamp;
  if (ignored(event)) return;
  event.preventDefault();
  paper.classList.add('pointed');
  paper.focus({ preventScroll: true });
  paper.setPointerCapture(event.pointerId);
  if (erasing || event.buttons & PEN_ERASER) { eraser = { pointer: event.pointerId, hit: new Set() }; rub(event); return; }
  penDown(event.pointerId, event.timeStamp);
  addPoint(event);
  drawLive();
});
paper.addEventListener('pointermove', (event) => {
  if (eraser && event.pointerId === eraser.pointer) rub(event);
  if (!pen || event.pointerId !== pen.pointer) return;
  const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  (between.length ? between : [event]).forEach(addPoint);
  if (!frame) frame = requestAnimationFrame(drawLive);
  askWhileDrawing();
});
function lifted(event) {                // a cancelled touch keeps what was drawn
  if (eraser && event.pointerId === eraser.pointer) rubbed();
  if (!pen || event.pointerId !== pen.pointer) return;
  if (event.type === 'pointerup') addPoint(event);
  if (event.pointerType === 'touch' && isTap(event)) { const [x, y] = pen.pts[0]; dropPen(); showTip(toldAt(x, y, TAP_REACH), x, y); return; }
  penUp();
}
paper.addEventListener('pointerup', lifted);
paper.addEventListener('pointercancel', lifted);
