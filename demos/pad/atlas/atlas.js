// Runs once per mount inside gr.HTML; element, trigger, props, server and watch are in scope.
const find = (selector) => element.querySelector(selector);
const cards = new Map();                // name -> the parts of its card
const KINDS = { svg: 'SVG', pdf: 'PDF' };
const UNANSWERED = 'The server did not answer: check the connection.';

const html = (name, className, parent, text) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return parent ? parent.appendChild(node) : node;
};

function button(parent, act, text, run) {
  const node = html('button', '', parent, text);
  node.type = 'button';
  node.dataset.act = act;
  node.addEventListener('click', () => { if (node.getAttribute('aria-disabled') !== 'true') run(node); });
  return node;
}

function link(parent, href, text) {
  const node = html('a', '', parent, text);
  node.href = href;
  return node;
}

function newCard(figure) {
  const root = html('section', 'at-card', find('.at-cards')), id = 'figure-' + figure.name;
  root.id = id;
  root.setAttribute('aria-labelledby', id + '-title');
  html('h2', '', root, figure.title).id = id + '-title';
  const paper = link(html('p', 'at-paper-of', root, 'After '), figure.link, figure.paper);
  Object.assign(paper, { target: '_blank', rel: 'noopener' });
  const sheet = html('div', 'at-sheet', root);
  sheet.tabIndex = 0;
  sheet.setAttribute('role', 'region');
  sheet.setAttribute('aria-label', 'Picture: ' + figure.title);
  const card = { figure, root, sheet, asked: 0 };
  card.sentence = html('p', 'at-sentence', root);
  card.source = html('p', 'at-source', root);
  addActs(card);
  card.note = html('p', 'at-note', root);
  card.note.setAttribute('role', 'status');
  addCommand(card);
  link(html('li', '', find('.at-list ul')), '#' + id, figure.title);
  return card;
}

function addActs(card) {
  const acts = html('div', 'at-acts', card.root);
  card.make = button(acts, 'make', 'Make it now', () => make(card));
  Object.entries(KINDS).forEach(([kind, label]) => {
    const node = button(acts, kind, label, () => save(card, kind));
    node.setAttribute('aria-label', 'Download ' + label + ': ' + card.figure.title);
  });
}

function addCommand(card) {
  const line = html('div', 'at-command', card.root), code = html('code', '', line, card.figure.command);
  code.tabIndex = 0;
  button(line, 'copy', 'Copy', (node) => navigator.clipboard.writeText(card.figure.command).then(
    () => { node.textContent = 'Copied'; setTimeout(() => { node.textContent = 'Copy'; }, 1500); },
    () => { card.note.textContent = 'The browser does not let a page copy: mark the command and copy it by hand.'; },
  ));
}

function show(card, { svg, note }) {    // the picture alone; its words stand beside it as text of the page
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const [top, bottom] = root.dataset.body.split(' ').map(Number), width = root.getAttribute('width');
  const said = (tag) => root.getElementsByTagName(tag)[0].textContent;
  root.setAttribute('viewBox', [0, top, width, bottom - top].join(' '));
  root.setAttribute('height', bottom - top);
  const picture = document.createElement('img');
  picture.alt = said('desc');
  picture.width = width;
  picture.height = Math.round(bottom - top);
  picture.src = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(root)], { type: 'image/svg+xml' }));
  picture.onload = () => URL.revokeObjectURL(picture.src);
  card.sheet.replaceChildren(picture);
  card.sentence.textContent = said('desc');
  card.source.textContent = said('metadata');
  card.note.textContent = note;
}

function load(card) {
  server[props.show]({ name: card.figure.name })
    .then((answer) => { if (answer.error) card.note.textContent = answer.error; else show(card, answer); })
    .catch(() => { card.note.textContent = UNANSWERED; });
}

function wait(card) {                   // says how long, for as long as it takes
  if (!card.asked) return;
  card.note.textContent = 'Making it … ' + Math.round((Date.now() - card.asked) / 1000) + ' s';
  setTimeout(() => wait(card), 1000);
}

function rest(card) {
  card.asked = 0;
  card.make.removeAttribute('aria-disabled');
}

function make(card) {
  card.asked = Date.now();
  card.make.setAttribute('aria-disabled', 'true');
  wait(card);
  props.value = { name: card.figure.name };
  trigger('input', { name: card.figure.name });
}

async function save(card, kind) {
  try {
    const file = await server[props.save]({ name: card.figure.name, kind });
    if (file.error) card.note.textContent = file.error; else keepMade(file);
  } catch { card.note.textContent = UNANSWERED; }
}

watch('made', () => {
  const card = props.made && cards.get(props.made.name);
  if (!card) return;
  rest(card);
  show(card, props.made);
});
document.addEventListener('figures-failed', () => cards.forEach((card) => {
  if (card.asked) card.note.textContent = 'It could not be made; the copy that ships is still here.';
  rest(card);
}));

Array.from(props.figures, (figure) => cards.set(figure.name, newCard({ ...figure })));
const near = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
  near.unobserve(target);
  cards.forEach((card) => { if (card.root === target) load(card); });
}), { rootMargin: '600px' });
cards.forEach((card) => near.observe(card.root));
