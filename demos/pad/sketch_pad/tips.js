// The number of a stroke: where the mouse rests, where a finger taps, which the keyboard chose, which the page points at.
const TAP_MS = 250, TAP_REACH = 6, TAP_SPAN = 4, HOVER_REACH = 5;
const tip = find('.sp-tip');

const toldAt = (x, y, reach) => { const hit = strokeAt(x, y, reach); return hit && markOf(hit).title ? hit : null; };

function isTap(event) {                 // a dot on a coloured stroke asks for its number
  const [x, y] = pen.pts[0], still = pen.pts.every((point) => Math.hypot(point[0] - x, point[1] - y) < TAP_SPAN);
  return still && event.timeStamp - pen.began < TAP_MS && toldAt(x, y, TAP_REACH) !== null;
}

function showTip(stroke, x, y) {
  hideTip();
  const words = stroke && markOf(stroke).title;
  if (!words) return;
  const paths = pathsOf(stroke), box = paths[0].getBBox();
  const place = x === undefined ? [box.x + box.width / 2, box.y] : [x, y];
  tip.textContent = words;
  tip.style.left = Math.min(70, Math.max(30, place[0] / SIZE * 100)) + '%';
  tip.style.top = place[1] / SIZE * 100 + '%';
  tip.classList.toggle('below', place[1] < 24);
  tip.hidden = false;
  paths.forEach((path) => path.classList.add('pointed'));
}

function hideTip() {
  tip.hidden = true;
  element.querySelectorAll('path.pointed').forEach((path) => path.classList.remove('pointed'));
}

paper.addEventListener('pointermove', (event) => {
  if (event.pointerType !== 'mouse') return;
  if (pen || eraser || erasing) { hideTip(); return; }
  const [x, y] = place(event);
  showTip(toldAt(x, y, HOVER_REACH), x, y);
});
paper.addEventListener('pointerdown', hideTip);
paper.addEventListener('pointerleave', hideTip);
paper.addEventListener('blur', hideTip);
document.addEventListener('sketch-point', ({ detail }) => {
  if (detail.pad === props.name) showTip(strokesNow().find((stroke) => stroke.id === detail.id));
});
document.addEventListener('sketch-options', ({ detail }) => {
  if (detail.pad !== props.name) return;
  options = Object.assign({}, options, detail.options);   // several parts of a page may ask for something
  if (strokesNow().length) publish();
});
