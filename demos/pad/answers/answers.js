// Shows {rev, top: [[label, probability], ...], note}, from the pad's fast call or from a queued event, whichever is newer.
const find = (selector) => element.querySelector(selector);
const rows = find('.an-rows');
let shown = -1;
let seen = { top: [], note: '' };

const percent = (share) => (share >= 0.9995 || share === 0 ? Math.round(share * 100) : (share * 100).toFixed(1)) + ' %';

function newRow() {
  const row = document.createElement('li'), bar = document.createElement('span');
  for (const name of ['an-name', 'an-share']) row.appendChild(document.createElement('span')).className = name;
  bar.className = 'an-bar';
  bar.appendChild(document.createElement('i'));
  row.insertBefore(bar, row.lastChild);
  return row;
}

function fill(row, [label, share]) {
  row.firstChild.textContent = label;
  row.firstChild.title = label;
  row.lastChild.textContent = percent(share);
  row.querySelector('i').style.setProperty('--share', share);
}

function draw({ top, note }) {
  while (rows.childNodes.length > top.length) rows.lastChild.remove();
  while (rows.childNodes.length < top.length) rows.appendChild(newRow());
  top.forEach((guess, i) => fill(rows.childNodes[i], guess));
  find('.an-lead').hidden = !top.length;
  find('.an-empty').hidden = top.length > 0;
  const lead = top.length ? top[0][0] : '';
  if (find('.an-label').textContent !== lead) find('.an-label').textContent = lead;   // read aloud when it changes
  find('.an-note').textContent = top.length ? note : '';
}

function painted(rev) {                 // after the frame that holds the new bars
  requestAnimationFrame(() => setTimeout(() => document.dispatchEvent(
    new CustomEvent('sketch-painted', { detail: { pad: props.pad, rev, at: performance.now() } }))));
}

function show(answer) {
  if (!answer || !(answer.rev >= shown)) return;
  shown = answer.rev;
  seen = { top: Array.from(answer.top || []), note: answer.note || seen.note };
  draw(seen);
  painted(answer.rev);
}

document.addEventListener('sketch-answer', (event) => { if (event.detail.pad === props.pad) show(event.detail); });
watch('value', () => show(props.value));
draw(seen);
show(props.value);
