// The table in the paper's form: key iterations across, one row a run; a column's head goes there.
const KEYS = [0, 1, 2, 3, 4, 5, 10, 50, 100];
const table = { keys: [], heads: [] };

function buildTable() {
  table.keys = KEYS.filter((key) => key < film.iterations).concat([film.iterations]);
  const head = html('tr', '');
  html('th', '', head, 'iteration').scope = 'row';
  table.heads = table.keys.map((key) => {
    const cell = html('th', '', head), button = html('button', '', cell, key);
    cell.scope = 'col';
    button.type = 'button';
    button.addEventListener('click', () => seek(key));
    return cell;
  });
  find('.pl-table thead').replaceChildren(head);
  find('.pl-table tbody').replaceChildren(...film.runs.map(tableRow));
  const words = isTransfer(film) ? 'Probability of the target (%), and of ' + film.origin : 'Probability of the target (%)';
  find('.pl-table caption span').textContent = words + '; in brackets the top-1 where it is another';
}

function tableRow(of, index) {
  const line = html('tr', '');
  html('th', '', line, nameOf(film, index)).scope = 'row';
  for (const key of table.keys) {
    const cell = html('td', '', line), frame = of.frames[key];
    if (!frame) { cell.textContent = '·'; continue; }
    html('b', '', cell, (100 * frame[TARGET]).toFixed(2));
    if (isTransfer(film)) html('span', '', cell, (100 * frame[ORIGIN]).toFixed(2));
    if (frame[TOP] !== of.target) html('em', '', cell, '(' + frame[TOP] + ')').title = frame[TOP];
  }
  return line;
}

function drawTable() {
  const reached = table.keys.filter((key) => key <= at + 1e-6).length - 1;
  table.heads.forEach((cell, index) => cell.toggleAttribute('data-now', index === reached));
}
