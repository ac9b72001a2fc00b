// The film: {text, state, ...head, runs: [{..., frames: rows by iteration}]}, and what stands between two rows.
const TARGET = 0, ORIGIN = 1, TOP = 2, TOP_CHANCE = 3, POSES = 5;
let film = null;                        // what is shown: the value, or an earlier one
let run = 0;                            // the run whose curves are shown
let at = 0;                             // the iteration shown, fractions allowed

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const percent = (share) => (100 * share).toFixed(share > 0.9995 && share < 1 ? 2 : 1) + ' %';

const known = (of) => of.runs[0].frames.length - 1;              // the newest iteration
const row = (of, index, moment) => of.runs[index].frames[clamp(Math.floor(moment + 1e-6), 0, known(of))];

function readFilm(text) {               // lines of JSON; the last may be the state in which it ended
  const [head, ...lines] = text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const rows = lines.filter(Array.isArray), last = lines[lines.length - 1];
  const runs = head.runs.map((run, index) => ({ ...run, frames: rows.map((row) => row[index]) }));
  return { ...head, text, runs, state: Array.isArray(last) ? 'running' : last.state };
}

const isTransfer = (of) => of.mode === 'transfer';

// Time runs evenly in log(1 + iteration), on the axis and while playing: most happens in the first ten iterations.
const warp = (iteration, of) => Math.log1p(iteration) / Math.log1p(Math.max(of.iterations, 1));
const unwarp = (share, of) => Math.expm1(share * Math.log1p(Math.max(of.iterations, 1)));

function poseIn(of, frame, k) {         // of stroke k; its shape is the head's where strokes only move
  const [x, y, a = 1, b = 0, c = 0, d = 1, place = k] = frame.slice(POSES + of.entries * k, POSES + of.entries * (k + 1));
  return { x, y, a, b, c, d, place };
}

const isFree = (of) => of.entries > 2;
const turnOf = ({ a, b, c, d }) => Math.atan2(c - b, a + d);     // of the rotation nearest to a matrix

function turned({ a, b, c, d }, turn) {
  const cosine = Math.cos(turn), sine = Math.sin(turn);
  return { a: cosine * a - sine * c, b: cosine * b - sine * d, c: sine * a + cosine * c, d: sine * b + cosine * d };
}

function between(here, next, share) {   // matrices: turning the shorter way round, the rest on the straight way
  const from = turnOf(here), way = turnOf(next) - from, begin = turned(here, -from), end = turned(next, -from - way);
  const rest = Object.fromEntries(Object.keys(begin).map((name) => [name, begin[name] + share * (end[name] - begin[name])]));
  return turned(rest, from + share * Math.atan2(Math.sin(way), Math.cos(way)));
}

function poseAt(of, index, moment, k) { // between two rows: on the straight way
  const { frames } = of.runs[index], before = clamp(Math.floor(moment + 1e-6), 0, known(of));
  const here = poseIn(of, frames[before], k), next = poseIn(of, frames[Math.min(before + 1, known(of))], k);
  const share = clamp(moment - before, 0, 1), x = here.x + share * (next.x - here.x), y = here.y + share * (next.y - here.y);
  return { ...here, x, y, ...(isFree(of) ? between(here, next, share) : {}) };
}

const shaped = (pts, { a, b, c, d }) => pts.map(([dx, dy]) => [a * dx + b * dy, c * dx + d * dy]);

function boxOf(pts) {                   // of points about (0, 0), it included: least x, y, most x, y
  return pts.reduce(([left, top, right, bottom], [x, y]) => [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)], [0, 0, 0, 0]);
}

function viewOf(of) {                   // the smallest square around the canvas and all that was ever drawn, and a margin
  const low = [0, 0], high = [1, 1], plain = of.strokes.map(({ pts }) => boxOf(pts));
  for (const { frames } of of.runs) for (const frame of frames) of.strokes.forEach(({ pts }, k) => {
    const pose = poseIn(of, frame, k), box = isFree(of) ? boxOf(shaped(pts, pose)) : plain[k];
    [pose.x, pose.y].forEach((place, axis) => {
      low[axis] = Math.min(low[axis], place + box[axis]);
      high[axis] = Math.max(high[axis], place + box[axis + 2]);
    });
  });
  const side = 1.08 * Math.max(high[0] - low[0], high[1] - low[1]);
  return [...low.map((value, axis) => (value + high[axis] - side) / 2), side, side].join(' ');
}

const nameOf = (of, index) => {
  const { target, seed } = of.runs[index], many = new Set(of.runs.map((each) => each.target)).size > 1;
  const seeds = new Set(of.runs.map((each) => each.seed)).size > 1;
  return [many || !seeds ? target : '', seeds ? 'seed ' + seed : ''].filter(Boolean).join(', ');
};
