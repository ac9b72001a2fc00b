// Examples, files in, files out, and a link to give away.
const MAX_FILE_BYTES = 2 * 1024 * 1024, PNG_SIDE = 1024;
const INK = '#111111', PAPER = '#ffffff';
const escapeText = (text) => String(text).replace(/[&<>"']/g, (sign) => '&#' + sign.charCodeAt(0) + ';');

function pathText(path) {               // only attributes we wrote, so that the file holds nothing else
  const { stroke, style, piece } = path, { title, ghost } = piece ? {} : markOf(stroke);
  const inner = title ? '<title>' + escapeText(title) + '</title>' : '';
  const colour = style.getPropertyValue('--told') || INK;
  return '<path d="' + outline((piece || stroke).pts) + '" stroke="' + escapeText(colour) + '" stroke-width="' +
    widthOf(stroke.pts) + '"' + (ghost ? ' stroke-dasharray="2 5" opacity="0.3"' : '') + '>' + inner + '</path>';
}

function svgText(side) {
  const paths = [...ink.childNodes, ...parts.childNodes].map(pathText).join('\n');
  return '<svg xmlns="' + NS + '" viewBox="0 0 256 256" width="' + side + '" height="' + side + '" fill="none" ' +
    'stroke-linecap="round" stroke-linejoin="round">\n' + paths + '\n</svg>\n';
}

function savePng() {
  const picture = new Image(), canvas = document.createElement('canvas');
  canvas.width = canvas.height = PNG_SIDE;
  picture.onload = () => {
    const context = canvas.getContext('2d');
    context.fillStyle = PAPER;
    context.fillRect(0, 0, PNG_SIDE, PNG_SIDE);
    context.drawImage(picture, 0, 0, PNG_SIDE, PNG_SIDE);
    canvas.toBlob((blob) => keepFile(blob, 'sketch.png'), 'image/png');
  };
  picture.src = 'data:image/svg+xml,' + encodeURIComponent(svgText(PNG_SIDE));
}

function asBase64(file) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
}

async function openFile(file) {
  if (!file || !props.open) return;
  if (file.size > MAX_FILE_BYTES) { toast('error', 'A sketch file has at most 2 MB, ' + file.name + ' has ' + (file.size / 1048576).toFixed(1) + ' MB.'); return; }
  try {
    const answer = await server[props.open]({ name: file.name, data: await asBase64(file) });
    if (answer.error) toast('error', answer.error);
    else commit(withFreshIds(answer.sketch.strokes), 'Opened ' + file.name);
  } catch (problem) {
    toast('error', 'The file could not be sent: check the connection, the drawing is still here.');
  }
}

const usual = { ...props.options };

function withLink() {                   // what the visitor chose, where it is not as the page comes
  const shared = ([name, value]) => !['aim', 'gallery'].includes(name) && JSON.stringify(value) !== JSON.stringify(usual[name]);
  const chosen = Object.entries({ ...options }).filter(shared);
  return chosen.length ? JSON.stringify({ pad: props.name, ...Object.fromEntries(chosen) }) : '';
}

const aimOfLink = () => (options && !options.gallery && options.aim) || '';   // nobody else has the visitor's own photos

async function prepareLink() {
  const box = find('.sp-link');
  box.value = '';
  if (!strokesNow().length) { toast('warning', 'Draw something first: the link holds the drawing itself.'); return; }
  const answer = await server[props.share](valueOf(strokesNow()));
  if (answer.error) { toast('error', answer.error); return; }
  const link = new URL(location.href);
  for (const [name, value] of [['s', answer.token], ['aim', aimOfLink()], ['with', withLink()], ['tab', places().tab]]) {
    link.searchParams.delete(name);     // last, whatever the page was opened with
    if (value) link.searchParams.set(name, value);
  }
  box.value = link.href;
  box.select();
}

async function copyLink() {
  const box = find('.sp-link'), button = find('[data-act=copy]');
  if (!box.value) return;
  box.select();
  try { await navigator.clipboard.writeText(box.value); } catch (refused) { document.execCommand('copy'); }
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy link'; }, 1500);
}

function exampleButton(example) {
  const button = document.createElement('button'), picture = document.createElementNS(NS, 'svg');
  picture.setAttribute('viewBox', '-8 -8 272 272');
  picture.setAttribute('aria-hidden', 'true');
  example.strokes.forEach((stroke) => picture.appendChild(newPath(stroke)).removeAttribute('style'));
  button.type = 'button';
  button.title = [example.name, example.says].filter(Boolean).join(': ');
  button.dataset.name = example.name;
  button.setAttribute('aria-label', 'Load the example ' + example.name);
  button.appendChild(picture);
  button.addEventListener('click', () => {
    commit(withFreshIds(example.strokes), ['Example ' + example.name + ' loaded', example.says].filter(Boolean).join('. '));
    find('.sp-says').textContent = example.says || '';
  });
  return button;
}
