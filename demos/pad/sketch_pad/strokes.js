// Runs once per mount inside gr.HTML; element, trigger, props, server and watch are in scope.
// Strokes and their history: every change is a new frozen list, so undo and redo only move an index.
const SIZE = 256;
const MAX_HISTORY = 500;
const EMPTY = Object.freeze([]);
const past = { lists: [EMPTY], at: 0 };
let nextId = 1;

const strokesNow = () => past.lists[past.at];
const canUndo = () => past.at > 0;
const canRedo = () => past.at < past.lists.length - 1;
const pointCount = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.pts.length, 0);

function record(strokes) {
  past.lists = past.lists.slice(0, past.at + 1).concat([Object.freeze(strokes)]).slice(-MAX_HISTORY);
  past.at = past.lists.length - 1;
}

function withFreshIds(strokes) {
  return strokes.map((stroke) => ({ id: nextId++, pts: stroke.pts.map((point) => Array.from(point)) }));
}

function adopted(strokes) {             // strokes set from Python keep their ids: results are matched by id
  const list = strokes.map((stroke) => ({ id: stroke.id, pts: Array.from(stroke.pts, (point) => Array.from(point)) }));
  nextId = list.reduce((next, stroke) => Math.max(next, stroke.id + 1), nextId);
  return list;
}

function refusal(strokes) {             // what sketchlib would refuse anyway, said before the stroke is lost
  const { strokes: most, points } = props.limits;
  if (strokes.length > most) return 'A sketch has at most ' + most + ' strokes: erase some first.';
  if (pointCount(strokes) > points) return 'A sketch has at most ' + points + ' points: erase some first.';
  return '';
}

function distanceTo(stroke, x, y) {
  const pts = stroke.pts;
  let best = Math.hypot(pts[0][0] - x, pts[0][1] - y);
  for (let i = 1; i < pts.length; i++) best = Math.min(best, distanceToSegment(pts[i - 1], pts[i], x, y));
  return best;
}

function distanceToSegment(a, b, x, y) {
  const dx = b[0] - a[0], dy = b[1] - a[1], square = dx * dx + dy * dy;
  const t = square ? Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / square)) : 0;
  return Math.hypot(a[0] + t * dx - x, a[1] + t * dy - y);
}

function strokeAt(x, y, reach) {
  const hits = strokesNow().map((stroke) => [distanceTo(stroke, x, y), stroke]).filter((hit) => hit[0] <= reach);
  return hits.sort((a, b) => a[0] - b[0]).map((hit) => hit[1])[0];
}
