// What the parts share.
let film = null;                        // the attack that is shown
let at = 0;                             // deletions shown
let drawing = { rev: 0, strokes: [], top: [] };   // what the pad said last
let ticket = '';                        // of the attack that was asked for and has not ended

const percent = (share) => (share === null ? '–' : (100 * share).toFixed(1) + ' %');
const counted = (number, what) => number + ' ' + what + (number === 1 ? '' : 's');
const finding = (text) => { find('.de-finding').textContent = text; };
const outline = (pts) => (pts.length === 1 ? 'M' + pts[0][0] + ' ' + pts[0][1] + 'h.0001' : 'M' + pts.map((point) => point[0] + ' ' + point[1]).join('L'));

function viewOf(strokes) {              // the smallest square around them and the canvas
  const points = strokes.flat(), low = [0, 1].map((axis) => Math.min(0, ...points.map((point) => point[axis])));
  const side = Math.max(1, ...points.flatMap((point) => [point[0] - low[0], point[1] - low[1]])) * 1.04;
  return (low[0] - 0.02 * side) + ' ' + (low[1] - 0.02 * side) + ' ' + side + ' ' + side;
}

function warn(sentence) {               // Gradio renders a toast as HTML
  trigger('error', html('span', '', null, sentence).innerHTML);
}
