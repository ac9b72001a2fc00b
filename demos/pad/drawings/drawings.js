// Shows {question, finding, groups, empty}; every text is written as text.
const SVG = 'http://www.w3.org/2000/svg';
const find = (selector) => element.querySelector(selector);

function child(parent, name, text) {
  const made = parent.appendChild(document.createElement(name));
  if (text !== undefined) made.textContent = text;
  return made;
}

function picture(strokes, said) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '-16 -16 287 287');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', said);
  for (const points of strokes) {
    const path = svg.appendChild(document.createElementNS(SVG, 'path'));
    path.setAttribute('d', 'M' + points.map((point) => point.join(' ')).join('L') + (points.length < 2 ? 'h.01' : ''));
  }
  return svg;
}

function figure(row, drawing) {
  const made = child(row, 'figure'), { strokes, beside, name, detail } = drawing;
  made.appendChild(picture(strokes, detail ? name + ', ' + detail : name));
  if (beside) made.appendChild(picture(beside, name + ', redrawn'));
  const caption = child(made, 'figcaption', name);
  if (detail) child(caption, 'span', detail);
}

function group(parent, { name, side, drawings }) {
  const made = child(parent, 'section');
  made.className = 'dr-group';
  if (name) child(made, 'h3', name);
  const row = child(made, 'div');
  row.className = 'dr-row';
  row.style.setProperty('--side', side + 'px');
  drawings.forEach((drawing) => figure(row, drawing));
}

function show() {
  const { question = '', finding = '', groups = [], empty = '' } = props.value || {};
  find('.dr-question').textContent = question;
  find('.dr-finding').textContent = finding;
  find('.dr-empty').textContent = empty;
  find('.dr-empty').hidden = groups.length > 0;
  find('.dr-groups').replaceChildren();
  groups.forEach((each) => group(find('.dr-groups'), each));
}

watch('value', show);
show();
